"""`ficha openapi`: the whole API's document, from the code: nothing runs, and nothing is asked."""

import tempfile
from pathlib import Path
from typing import Any

from gateway.openapi import merge
from local.home import Home
from local.programs import program_of
from local.wiring import SERVICES, Endpoints
from shared.db.provision import Provisioned
from shared.db.session import Database

_NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:9/nothing"


def api_document() -> dict[str, Any]:
    """The same as a gateway answers at /api/v1/openapi.json once it has seen every service."""
    with tempfile.TemporaryDirectory() as folder, Home(Path(folder)) as home:
        return merge({service: _said_by(service, home) for service in ("gateway", *SERVICES[:-1])})


def _said_by(service: str, home: Home) -> dict[str, Any]:
    endpoints = Endpoints(
        databases=dict.fromkeys(SERVICES, Provisioned(_NOWHERE, _NOWHERE)),
        ports=dict.fromkeys(SERVICES, 9),
        s3_endpoint="127.0.0.1:9",
        s3_access_key="none",
        s3_secret_key="none",  # noqa: S106 (nobody is asked with it)
    )
    program, settings = program_of(service, home, endpoints)
    return program.create_app(settings, Database.from_settings(service, settings)).openapi()
