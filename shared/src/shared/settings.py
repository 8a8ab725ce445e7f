"""Settings every service has. A service adds its own in its config.py, under its own prefix."""

from typing import Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Issuer(BaseModel):
    """Who may sign internal tokens: its public key, and the most its tokens may do here."""

    public_key: str = Field(description="Ed25519 public key, 32 bytes, base64url")
    scopes: list[str] = Field(default=["*"], description="what its tokens may carry at most; `*` is everything")


class ServiceSettings(BaseSettings):
    """Read from the environment (`CONTACTS_DATABASE_URL`, …). A wrong value stops the start, by name."""

    model_config = SettingsConfigDict(extra="ignore", nested_model_default_partial_update=True)

    environment: Literal["development", "production"] = Field(
        default="development", description="`production` refuses development secrets"
    )
    host: str = Field(default="127.0.0.1", description="address the HTTP door listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="port the HTTP door listens on; 0 takes a free one")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="least level logged")

    database_url: SecretStr = Field(description="postgresql+asyncpg URL of the role that owns nothing")
    migrate_url: SecretStr | None = Field(default=None, description="URL of the owning role; only `migrate` needs it")
    backup_url: SecretStr | None = Field(
        default=None, description="URL of a role that reads past row-level security; only `backup` needs it"
    )
    database_pool: int = Field(default=10, ge=1, description="connections kept open")

    amqp_url: SecretStr | None = Field(
        default=None, description="RabbitMQ; the nodes of a cluster separated by commas; the worker needs it"
    )
    amqp_prefetch: int = Field(default=200, ge=1, description="messages on their way here at once")

    amqp_reconcile_seconds: float = Field(
        default=60, gt=0, description="an event this old that never came is fetched from the log (s)"
    )

    identity_issuers: dict[str, Issuer] = Field(
        default_factory=dict, description="who may sign internal tokens, by issuer name (JSON)"
    )
    identity_private_key: SecretStr | None = Field(
        default=None,
        description="Ed25519 private key, 32 bytes, base64url; signs what this service asks others",
    )
    owners: dict[str, str] = Field(
        default_factory=dict,
        description="base URL by service of those whose facts are copied here (JSON); only `rebuild` needs it",
    )
