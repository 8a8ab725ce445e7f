"""Settings of this service: PORTAL_…"""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import BaseUrl, PrivateKey, ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="PORTAL_")

    identity_private_key: PrivateKey = Field(
        description="Ed25519 private key, 32 bytes, base64url; signs what portal asks contacts and documents"
    )
    contacts_url: BaseUrl = Field(description="where contacts answers, e.g. http://contacts:8000")
    documents_url: BaseUrl = Field(description="where documents answers, e.g. http://documents:8000")
    public_url: BaseUrl = Field(description="where browsers find Ficha, e.g. https://ficha.example.com")

    @property
    def secure_cookie(self) -> bool:
        return self.public_url.startswith("https://")
