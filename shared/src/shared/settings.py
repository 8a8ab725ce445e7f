"""Settings every service has, and the kinds of value they are made of. A service adds its own in its config.py,
under its own prefix.
"""

import json
import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from yarl import URL

from shared.keys import decode_key

COMMON_PREFIX: Final = "FICHA_"
COMMON: Final = ("environment", "host", "log_level")
"""Settings that may be given once for all services, as FICHA_…; a service's own name wins."""

_FROM_FILE: Final = "_FILE"
_PLACEHOLDERS: Final = ("change-me", "changeme", "example", "password", "ficha-demo")
_SHORTEST_SECRET: Final = 12
_FEWEST_CHARACTERS: Final = 6


class Unit(str):
    """Metadata of a setting: what its number counts."""

    __slots__ = ()


Milliseconds = Annotated[int, Unit("ms")]
Seconds = Annotated[float, Unit("s")]
Hours = Annotated[float, Unit("h")]
Days = Annotated[float, Unit("days")]


def _is_database_url(value: SecretStr) -> SecretStr:
    try:
        url = make_url(value.get_secret_value())
    except (ArgumentError, ValueError):
        raise ValueError("is not a URL") from None
    if url.drivername != "postgresql+asyncpg":
        raise ValueError("does not start with postgresql+asyncpg://")
    if not url.database:
        raise ValueError("names no database")
    if url.port is not None and not 0 < url.port < 65536:
        raise ValueError("has a port that is none")
    return value


def _is_amqp_url(value: SecretStr) -> SecretStr:
    for address in value.get_secret_value().split(","):
        try:
            url = URL(address.strip())
        except ValueError:
            raise ValueError("is not a URL, or several separated by commas") from None
        if url.scheme not in ("amqp", "amqps") or not url.host:
            raise ValueError("does not start with amqp:// or amqps:// and the name of a server")
    return value


def _is_base_url(value: str) -> str:
    try:
        url = URL(value)
    except ValueError:
        raise ValueError("is not a URL") from None
    if url.scheme not in ("http", "https") or not url.host or url.path_qs != "/" or url.fragment:
        raise ValueError("is not http:// or https:// and the name of a server, without a path")
    return value.rstrip("/")


def _is_key(value: str) -> str:
    decode_key(value)
    return value


def _is_secret_key(value: SecretStr) -> SecretStr:
    decode_key(value.get_secret_value())
    return value


def _from_json(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("is not JSON") from None


def _separated(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _network(value: object) -> object:
    try:
        return ip_network(str(value))
    except ValueError as error:
        raise ValueError(f"is not a range of addresses: {error}") from None


DatabaseUrl = Annotated[SecretStr, AfterValidator(_is_database_url)]
AmqpUrl = Annotated[SecretStr, AfterValidator(_is_amqp_url)]
BaseUrl = Annotated[str, AfterValidator(_is_base_url)]
"""Of a server; no slash at its end."""
BaseUrls = Annotated[list[BaseUrl], NoDecode, BeforeValidator(_separated)]
"""Separated by commas."""
PrivateKey = Annotated[SecretStr, AfterValidator(_is_secret_key)]
Networks = Annotated[
    list[Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]], NoDecode, BeforeValidator(_separated)
]
"""Ranges of addresses, `10.0.0.0/8`, or single ones, separated by commas."""
Json = (NoDecode, BeforeValidator(_from_json))


class Issuer(BaseModel):
    """Who may sign internal tokens: its public key, and the most its tokens may do here."""

    public_key: Annotated[str, AfterValidator(_is_key)] = Field(description="Ed25519 public key, 32 bytes, base64url")
    scopes: list[str] = Field(default=["*"], description="what its tokens may carry at most; `*` is everything")


class ServiceSettings(BaseSettings):
    """Read from the environment (`CONTACTS_DATABASE_URL`, …), or from the file that `CONTACTS_DATABASE_URL_FILE` names.

    A wrong value stops the start, by name.
    """

    model_config = SettingsConfigDict(extra="ignore")

    # First: what others may be depends on it.
    environment: Literal["development", "production"] = Field(
        default="development", description="`production` refuses secrets that are placeholders or easily guessed"
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="address the HTTP door listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="port the HTTP door listens on; 0 takes a free one")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="least level logged")

    trusted_proxies: Networks = Field(
        default_factory=list,
        description="address ranges of the proxies in front, separated by commas: believed what they say in "
        "X-Forwarded-For and X-Forwarded-Proto",
    )
    http_patience_seconds: Seconds = Field(
        default=30, gt=0, description="a request's head is whole by then, or refused; what moves is judged over it"
    )
    http_least_rate: Annotated[int, Unit("bytes/s")] = Field(
        default=1024, ge=1, description="bodies that come, and answers that are read, more slowly are given up"
    )
    http_connections_per_address: Annotated[int, Unit("connections")] = Field(
        default=500, ge=1, description="one address may have open here; trusted proxies any number"
    )

    database_url: DatabaseUrl = Field(description="postgresql+asyncpg URL of the role that owns nothing")
    migrate_url: DatabaseUrl | None = Field(
        default=None, description="the same of the owning role; only `migrate` and `restore` take it"
    )
    backup_url: DatabaseUrl | None = Field(
        default=None, description="the same of a role that reads past row-level security; only `backup` takes it"
    )
    database_pool: Annotated[int, Unit("connections")] = Field(
        default=10, ge=1, description="connections kept open by each process"
    )

    amqp_url: AmqpUrl | None = Field(
        default=None, description="RabbitMQ; the nodes of a cluster separated by commas; the worker needs it"
    )
    amqp_prefetch: Annotated[int, Unit("messages")] = Field(
        default=200, ge=1, description="messages on their way here at once"
    )
    amqp_reconcile_seconds: Seconds = Field(
        default=60, gt=0, description="an event this old that never came is fetched from the log"
    )

    identity_issuers: Annotated[dict[str, Issuer], *Json] = Field(
        default_factory=dict,
        description="who may sign internal tokens, by issuer name: JSON of `public_key` and, unless all, `scopes`",
    )
    identity_former_audience: bool = Field(
        default=False,
        description="takes internal tokens for all services alike, too: only while those who sign such are replaced",
    )
    identity_private_key: PrivateKey | None = Field(
        default=None,
        description="Ed25519 private key, 32 bytes, base64url; signs what this service asks others",
    )
    owners: Annotated[dict[str, BaseUrl], *Json] = Field(
        default_factory=dict,
        description="base URL by service of those whose facts are copied here (JSON); `rebuild` asks them",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings names them in its call
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _Files(settings_cls), _Common(settings_cls, env_prefix=COMMON_PREFIX)

    @classmethod
    def name_of(cls, field: str) -> str:
        """The variable that sets a field."""
        return (cls.model_config["env_prefix"] + field).upper()

    @classmethod
    def given_as(cls, field: str) -> str:
        """The variable that a field has its value from."""
        name = cls.name_of(field)
        common = COMMON_PREFIX + field.upper()
        others = (name + _FROM_FILE, *([common] if field in COMMON else []))
        return name if name in os.environ else next((other for other in others if other in os.environ), name)

    @field_validator("*")
    @classmethod
    def _no_demonstration(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, SecretStr) and info.data.get("environment") == "production":
            for secret in _secrets_in(value.get_secret_value()):
                _demand_strong(secret)
        return value


class _Files(EnvSettingsSource):
    """`<NAME>_FILE`: the path of a file that holds the value, as container platforms hand out secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - overrides
        assert issubclass(self.settings_cls, ServiceSettings)
        name = self.settings_cls.name_of(field_name)
        path = os.environ.get(name + _FROM_FILE)
        if path is None:
            return None, field_name, False
        if name in os.environ:
            raise ValueError(f"{name} and {name}{_FROM_FILE} are both set; only one of them may be.")
        try:
            return Path(path).read_text().strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise ValueError(f"{name}{_FROM_FILE}: {path} cannot be read: {reason}.") from None


class _Common(EnvSettingsSource):
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        if field_name in COMMON:
            return super().get_field_value(field, field_name)
        return None, field_name, False


def _secrets_in(text: str) -> list[str]:
    """The passwords, of URLs; else the text itself. One that is not set is none."""
    if "://" not in text:
        found: list[str | None] = [text]
    elif text.startswith("postgresql"):
        found = [make_url(text).password]
    else:
        found = [URL(address.strip()).password for address in text.split(",")]
    return [secret for secret in found if secret]


def _demand_strong(secret: str) -> None:
    if any(word in secret.lower() for word in _PLACEHOLDERS):
        raise ValueError("is a placeholder or holds one, which production refuses")
    if len(secret) < _SHORTEST_SECRET or len(set(secret)) < _FEWEST_CHARACTERS:
        raise ValueError(
            f"is or holds a secret that is easily guessed, which production refuses: "
            f"it takes {_SHORTEST_SECRET} characters, {_FEWEST_CHARACTERS} of them different"
        )
