"""Settings of this service: GATEWAY_…"""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.accounts.sessions.service import Lifetimes
from gateway.security_txt import SecurityContact
from shared.settings import BaseUrl, BaseUrls, Days, Hours, Milliseconds, PrivateKey, Seconds, ServiceSettings, Unit


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    identity_private_key: PrivateKey = Field(description="Ed25519 private key, 32 bytes, base64url; signs for callers")
    public_url: BaseUrl = Field(
        default="http://127.0.0.1:8000",
        description="where browsers find Ficha; with https the session's cookie is Secure",
    )
    other_urls: BaseUrls = Field(
        default_factory=list,
        description="where browsers find it as well, separated by commas: no other host is answered, and pages of no "
        "other origin may write",
    )

    security_contact: SecurityContact | None = Field(
        default=None, description="whom to tell of a hole, an e-mail or a page: said at /.well-known/security.txt"
    )
    hsts_days: Days = Field(
        default=365, ge=0, description="with https, browsers come by nothing else for so long; 0 lets them again"
    )
    hsts_subdomains: bool = Field(default=False, description="nor to any host below it, whoever serves that")

    contacts_url: BaseUrl = Field(description="base URL of contacts")
    documents_url: BaseUrl = Field(description="base URL of documents")
    crm_url: BaseUrl = Field(description="base URL of crm")
    files_url: BaseUrl = Field(description="base URL of files")
    portal_url: BaseUrl = Field(description="base URL of portal")
    notifications_url: BaseUrl = Field(description="base URL of notifications")

    bootstrap_organization: str | None = Field(default=None, description="organisation to create when missing")
    bootstrap_email: str | None = Field(default=None, description="e-mail of its first administrator")
    bootstrap_password: SecretStr | None = Field(default=None, description="password of that administrator")

    session_idle_hours: Hours = Field(default=12, gt=0, description="a session unused for so long is over")
    session_days: Days = Field(default=14, gt=0, description="a session is over after so long in any case")
    confirmation_minutes: Annotated[float, Unit("min")] = Field(
        default=15, gt=0, description="who gave the password so lately is not asked for it before what is sensitive"
    )
    panel_deadline_ms: Milliseconds = Field(
        default=450, ge=10, description="what a service may take for its part of the panel"
    )
    panel_last_known_seconds: Seconds = Field(
        default=3600, gt=0, description="what a service gave for a panel is shown for so long while it is away"
    )
    panel_last_known_mib: Annotated[int, Unit("MiB")] = Field(
        default=32, ge=1, description="memory each process has for that; what was not used for longest goes first"
    )
    service_timeout_seconds: Seconds = Field(
        default=30, gt=0, description="a forwarded request whose service is silent for so long is given up"
    )
    stream_heartbeat_seconds: Seconds = Field(
        default=15, gt=0, description="an open event stream says so often that it is there, and is checked"
    )
    events_kept_days: Days = Field(
        default=90, gt=0, description="the feed of events forgets what it has had for so long"
    )

    audit_kept_days: Days = Field(
        default=1095, ge=365, description="what was done to accounts is written down for so long; the least is a year"
    )

    @property
    def https(self) -> bool:
        """Whether browsers find us so."""
        return self.public_url.startswith("https://")

    @property
    def hsts(self) -> str | None:
        """What Strict-Transport-Security says (RFC 6797); nothing over http, where anybody could say it."""
        below = "; includeSubDomains" if self.hsts_subdomains else ""
        return f"max-age={round(self.hsts_days * 86_400)}{below}" if self.https else None

    @property
    def services(self) -> dict[str, str]:
        """Base URL by service."""
        return {
            "contacts": self.contacts_url,
            "documents": self.documents_url,
            "crm": self.crm_url,
            "files": self.files_url,
            "portal": self.portal_url,
            "notifications": self.notifications_url,
        }

    @property
    def lifetimes(self) -> Lifetimes:
        return Lifetimes(idle=timedelta(hours=self.session_idle_hours), absolute=timedelta(days=self.session_days))

    @property
    def confirmation_lasts(self) -> timedelta:
        return timedelta(minutes=self.confirmation_minutes)

    @property
    def events_kept(self) -> timedelta:
        return timedelta(days=self.events_kept_days)

    @property
    def audit_kept(self) -> timedelta:
        return timedelta(days=self.audit_kept_days)
