"""Settings of this service: FILES_…"""

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import BaseUrl, PrivateKey, ServiceSettings, Unit


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="FILES_")

    identity_private_key: PrivateKey = Field(
        description="Ed25519 private key, 32 bytes, base64url; signs what files asks contacts"
    )
    contacts_url: BaseUrl = Field(description="where contacts answers, e.g. http://contacts:8000")

    s3_endpoint: str = Field(pattern=r"^[^\s/@]+$", description="object storage: its host, or host:port")
    s3_access_key: SecretStr = Field(description="access key of the object storage")
    s3_secret_key: SecretStr = Field(description="secret key of the object storage")
    s3_bucket: str = Field(default="ficha-files", description="bucket of the bytes; made at start when missing")
    s3_region: str = Field(default="us-east-1", description="region that requests are signed for")
    s3_secure: bool = Field(default=True, description="speak TLS with the object storage")

    max_bytes: Annotated[int, Unit("bytes")] = Field(
        default=100 * 1024 * 1024, ge=1, le=40 * 1024**3, description="largest file"
    )
    uploads_at_once: Annotated[int, Unit("uploads")] = Field(
        default=16, ge=1, le=256, description="uploads sent to the object storage at once; each takes up to 20 MiB"
    )
    retention_days: Annotated[int, Unit("days")] = Field(
        default=30, ge=0, description="so long a deleted file can be restored"
    )
