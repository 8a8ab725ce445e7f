"""An HTTP door like every service's, over the probe's one table."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime
from sqlalchemy import text

from shared.db.session import Database
from shared.db.tenancy import org_of, scope_of
from shared.errors import NotFound
from shared.identifiers import new_id
from shared.versions import check_version
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize, IdentityDep
from shared.web.pagination import BY_ID, CursorParam, LimitParam, Page, page_of
from shared.web.reading import ReadingDep, json_answer
from shared.web.session import SessionDep
from shared.web.shapes import Line, Shape, View
from shared.web.versions import ExpectedVersion, set_etag
from tests.support.probe import change_thing

router = APIRouter(
    prefix="/api/v1/things", route_class=IdempotentRoute, dependencies=[Depends(Authorize("things"))], tags=["things"]
)


class ThingIn(Shape):
    name: Line
    parts: list[int] = []
    made_at: AwareDatetime | None = None
    needs: UUID | None = None


class ThingOut(View):
    id: UUID
    name: str
    version: int


class Gate:
    """Holds requests until it opens, for tests of what happens meanwhile."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.open = asyncio.Event()


@router.post("", status_code=201)
async def create(session: SessionDep, request: Request, response: Response, body: ThingIn) -> ThingOut:
    if gate := getattr(request.app.state, "gate", None):
        gate.entered.set()
        await gate.open.wait()
    thing_id = new_id()
    await change_thing(session, thing_id, version=1)
    await session.execute(
        text("UPDATE thing SET name = :name, needs = :needs WHERE id = :id"),
        {"name": body.name, "needs": body.needs, "id": thing_id},
    )
    set_etag(response, 1)
    response.headers["Location"] = f"/api/v1/things/{thing_id}"
    return ThingOut(id=thing_id, name=body.name, version=1)


@router.get("")
async def list_things(session: SessionDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[ThingOut]:
    after = BY_ID.decode(cursor) or UUID(int=0)
    rows = (
        await session.execute(
            text("SELECT id, name, version FROM thing WHERE id > :after ORDER BY id LIMIT :limit"),
            {"after": after, "limit": limit + 1},
        )
    ).all()
    return page_of(rows, limit, ThingOut.model_validate, cursor=BY_ID, key=lambda row: row.id)


@router.get("/{thing_id}")
async def get(session: SessionDep, response: Response, thing_id: UUID) -> ThingOut:
    row = (
        await session.execute(text("SELECT id, name, version FROM thing WHERE id = :id"), {"id": thing_id})
    ).one_or_none()
    if row is None:
        raise NotFound("No such thing.")
    set_etag(response, row.version)
    return ThingOut.model_validate(row)


@router.delete("/{thing_id}", status_code=204)
async def delete(session: SessionDep, thing_id: UUID, expected: ExpectedVersion) -> None:
    actual = await session.scalar(text("SELECT version FROM thing WHERE id = :id FOR UPDATE"), {"id": thing_id})
    check_version(expected, actual or 0)
    await session.execute(text("DELETE FROM thing WHERE id = :id"), {"id": thing_id})


@router.post("/asked/{kind}", status_code=201)
async def ask(session: SessionDep, kind: str, value: Annotated[str, Query()] = "") -> None:
    """What only the database refuses, by kind."""
    statements = {
        "text": "SELECT CAST(:value AS text)",
        "number": "SELECT CAST('99999999999' AS integer)",
        "slow": "SELECT pg_sleep(1)",
        "dead": "SELECT pg_terminate_backend(pg_backend_pid())",
        "bug": "SELECT nonsense",
    }
    await session.execute(text("SET LOCAL statement_timeout = 100"))
    await session.execute(text(statements[kind]), {"value": value} if kind == "text" else {})


whoami = APIRouter(prefix="/api/v1/whoami")


@whoami.get("")
async def who(identity: IdentityDep, session: SessionDep) -> dict[str, object]:
    return {
        "org_id": str(identity.org_id),
        "actor": identity.actor,
        "scopes": sorted(identity.scopes),
        "correlation_id": scope_of(session).correlation_id,
        "held_to": str(org_of(session)) if identity.org_id else None,
    }


@whoami.get("/{how}")
async def read(reading: ReadingDep, how: str) -> Response:
    reader, scope = reading
    dead = "SELECT pg_terminate_backend(pg_backend_pid())::text"
    return json_answer(await reader.read(scope, dead if how == "hung-up" else "SELECT '{\"fine\": true}'") or b"")


async def things(database: Database, org_id: UUID) -> int:
    """How many there are."""
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(org_id)})
        return await connection.scalar(text("SELECT count(*) FROM thing")) or 0
