"""An owner's facts as they are now, for siblings that rebuild their copies of them, and for nobody else.

Asked for one organisation at a time, under its row-level security like every other request.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BeforeValidator
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from shared.db.base import Tenanted
from shared.db.snapshot import fingerprint_of, list_rows, only_read
from shared.errors import Forbidden, NotFound
from shared.events.base import Event
from shared.web.correlation import scope_for
from shared.web.identity import demand_sibling
from shared.web.numbers import plain
from shared.web.session import database_of

MOST = 1000
_BATCH = "application/cloudevents-batch+json"

LimitParam = Annotated[int, BeforeValidator(plain), Query(ge=1, le=MOST)]


@dataclass(frozen=True, slots=True)
class Owned:
    """An aggregate that others keep copies of: where its rows are, and how one is told.

    `without`: columns that the telling does not need and that are costly to read.
    """

    aggregate: str
    model: type[Tenanted]
    tell: Callable[[Any], Event[Any]]
    without: Sequence[InstrumentedAttribute[Any]] = ()


def snapshot_router(service: str, *owned: Owned) -> APIRouter:
    """`/internal/snapshot/<aggregate>`, by id from `after` on, as a CloudEvents batch; and `…/fingerprint`."""
    router = APIRouter(prefix="/internal/snapshot", include_in_schema=False)
    parts = {part.aggregate: part for part in owned}

    async def find_part(aggregate: str) -> Owned:
        if aggregate not in parts:
            raise NotFound()
        return parts[aggregate]

    async def read(request: Request) -> AsyncIterator[AsyncSession]:
        identity = await demand_sibling(request, f"{service}:snapshot")
        if identity.org_id is None:
            raise Forbidden("This needs to be asked on behalf of an organisation.")
        async with database_of(request).transaction(scope_for(request, identity)) as session:
            await only_read(session)
            yield session

    reading = Annotated[AsyncSession, Depends(read, scope="function")]
    asked = Annotated[Owned, Depends(find_part)]

    @router.get("/{aggregate}")
    async def get_facts(session: reading, part: asked, limit: LimitParam = 200, after: UUID | None = None) -> Response:
        rows = await list_rows(session, part.model, after=after, limit=limit, without=part.without)
        return Response(b"[%b]" % b",".join(part.tell(row).to_bytes() for row in rows), media_type=_BATCH)

    @router.get("/{aggregate}/fingerprint")
    async def get_fingerprint(
        session: reading, part: asked, limit: LimitParam = MOST, after: UUID | None = None, until: UUID | None = None
    ) -> dict[str, str]:
        """Of the first `limit` rows of that range; `until` is its last id."""
        return {"fingerprint": await fingerprint_of(session, part.model, after=after, until=until, limit=limit)}

    return router
