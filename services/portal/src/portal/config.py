"""Settings of this service: PORTAL_…"""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


def _without_slash(url: str) -> str:
    return url.rstrip("/")


Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+/?$"), AfterValidator(_without_slash)]


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="PORTAL_")

    identity_private_key: SecretStr = Field(
        description="Ed25519 private key, 32 bytes, base64url; signs what portal asks contacts and documents"
    )
    contacts_url: str = Field(description="where contacts answers, e.g. http://contacts:8000")
    documents_url: str = Field(description="where documents answers, e.g. http://documents:8000")
    public_url: Url = Field(description="where browsers find Ficha, e.g. https://ficha.example.com")

    @property
    def secure_cookie(self) -> bool:
        return self.public_url.startswith("https://")
