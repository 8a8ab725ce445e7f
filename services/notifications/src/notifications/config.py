"""Settings of this service: NOTIFICATIONS_…"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from notifications.webhooks.sealing import Sealer
from shared.addresses import mailable
from shared.settings import BaseUrl, PrivateKey, Seconds, ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_")

    identity_private_key: PrivateKey = Field(
        description="Ed25519 private key, 32 bytes, base64url; signs what this service asks documents and portal"
    )
    documents_url: BaseUrl = Field(description="where documents answers, e.g. http://documents:8000")
    portal_url: BaseUrl = Field(description="where portal answers, e.g. http://portal:8000")

    mail_from: str = Field(description="the address that every mail comes from, shown with the organisation's name")
    smtp_host: str = Field(default="", description="SMTP server; empty writes each mail into MAIL_FOLDER instead")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="its port")
    smtp_user: str = Field(default="", description="login; empty sends without one")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="the login's password")
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        default="starttls", description="encryption: none, STARTTLS (refused without it), or TLS from the first byte"
    )
    smtp_ca_file: Path | None = Field(default=None, description="PEM file of the authorities trusted instead of usual")
    smtp_timeout: Seconds = Field(
        default=30,
        gt=0,
        le=300,
        description="what each SMTP command may take; handing the mail over, ten times that",
    )
    mail_folder: Path | None = Field(
        default=None, validate_default=True, description="where mails are kept as .eml files without an SMTP server"
    )

    webhook_keys: SecretStr = Field(
        description="Fernet keys (urlsafe base64 of 32 random bytes), comma-separated; they encrypt the secrets of "
        "webhooks at rest: the first new ones, all of them may be needed to read"
    )
    webhook_private_hosts: str = Field(
        default="",
        description="hosts, comma-separated, to which webhooks may go though they are on this machine or in a private "
        "network, also over http, e.g. localhost, 192.168.1.20; for development only",
    )

    @field_validator("webhook_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr) -> SecretStr:
        Sealer(value.get_secret_value())
        return value

    @field_validator("webhook_private_hosts")
    @classmethod
    def _never_in_production(cls, value: str, info: ValidationInfo) -> str:
        if value and info.data.get("environment") == "production":
            raise ValueError("would let anybody who makes webhooks reach what only this network may")
        return value

    @property
    def private_hosts(self) -> frozenset[str]:
        return frozenset(host.strip().lower() for host in self.webhook_private_hosts.split(",") if host.strip())

    @field_validator("mail_from")
    @classmethod
    def _is_address(cls, value: str) -> str:
        address = mailable(value)
        if address is None:
            raise ValueError("is not an e-mail address")
        return address

    @field_validator("mail_folder")
    @classmethod
    def _somewhere_to_go(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is None and not info.data.get("smtp_host"):
            raise ValueError("is not set, nor is NOTIFICATIONS_SMTP_HOST: mails need a server or a folder")
        return value
