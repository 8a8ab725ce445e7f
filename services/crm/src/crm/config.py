"""Settings of this service: CRM_…"""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import BaseUrl, PrivateKey, ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="CRM_")

    identity_private_key: PrivateKey = Field(
        description="Ed25519 private key, 32 bytes, base64url; signs what crm asks contacts"
    )
    contacts_url: BaseUrl = Field(description="where contacts answers, e.g. http://contacts:8000")
