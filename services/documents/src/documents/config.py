"""Settings of this service: DOCUMENTS_…"""

from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import BaseUrl, PrivateKey, Seconds, ServiceSettings, Unit


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="DOCUMENTS_")

    identity_private_key: PrivateKey = Field(
        description="Ed25519 private key, 32 bytes, base64url; signs what documents asks contacts"
    )
    contacts_url: BaseUrl = Field(description="where contacts answers, e.g. http://contacts:8000")
    print_processes: Annotated[int, Unit("processes")] = Field(
        default=2,
        ge=1,
        description="draw PDFs, beside the one that answers; each holds 70 to 144 MiB, at most 768",
    )
    print_waiting: Annotated[int, Unit("documents")] = Field(
        default=32, ge=0, description="wait for one of these; who comes after is told to try again"
    )
    print_seconds: Seconds = Field(
        default=25, gt=0, description="a PDF is made within this time, its turn awaited, or is given up"
    )
