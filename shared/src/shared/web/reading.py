"""ReadingDep: what a route needs to answer with finished JSON, held to the caller's organisation."""

from typing import Annotated

from fastapi import Depends, Request, Response

from shared.db.reading import JsonReader
from shared.db.tenancy import Scope
from shared.web.correlation import scope_for
from shared.web.identity import IdentityDep
from shared.web.session import database_of


async def _get_reading(request: Request, identity: IdentityDep) -> tuple[JsonReader, Scope]:
    return database_of(request).reader, scope_for(request, identity)


ReadingDep = Annotated[tuple[JsonReader, Scope], Depends(_get_reading)]


def json_answer(body: bytes) -> Response:
    """Returns an answer of finished JSON."""
    return Response(body, media_type="application/json")
