"""An owner of things, answering on loopback, and a listener that keeps replicas of them; each has its database."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import SecretStr
from sqlalchemy import Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.middleware.base import RequestResponseEndpoint

from shared.bus import outbox
from shared.bus.consumer import Consumer, Subscription
from shared.bus.message import Message
from shared.clock import utc_now
from shared.db.base import Tenanted, new_metadata
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import Event
from shared.identifiers import new_id
from shared.rebuild.command import rebuild
from shared.rebuild.rebuilder import Report, Source
from shared.rebuild.replicas import Replicas
from shared.settings import Issuer, ServiceSettings
from shared.web.app import create_app
from shared.web.identity import demand_sibling, generate_keys
from shared.web.snapshot import Owned, snapshot_router
from tests.gateway.peers import serving
from tests.support.identity import ISSUERS
from tests.support.probe import ThingChanged, ThingState

PRIVATE_KEY, _PUBLIC_KEY = generate_keys()
LISTENER = Issuer(public_key=_PUBLIC_KEY, scopes=["probe:snapshot", "gateway:snapshot"])

Row = tuple[UUID, UUID, int, str | None, bool]
"""A copy: organisation, id, version, name, deleted."""


class Base(DeclarativeBase):
    metadata = new_metadata()


class Thing(Tenanted, Base):
    __tablename__ = "thing"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)


class Copy(Tenanted, Base):
    __tablename__ = "copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    deleted: Mapped[bool]


def restate_thing(thing: Thing) -> Event[ThingState]:
    return ThingChanged.restated(
        org_id=thing.org_id,
        subject=thing.id,
        version=thing.version,
        as_of=utc_now(),
        data=ThingState(id=thing.id, name=thing.name),
    )


async def keep(session: AsyncSession, event: Event[ThingState]) -> None:
    """A handler that keeps a copy. What is called `private` is none of its business."""
    if event.data.name == "private":
        return
    values = {
        "org_id": event.org_id,
        "id": event.subject,
        "version": event.version,
        "name": event.data.name,
        "deleted": event.data.deleted,
    }
    statement = insert(Copy).values(values)
    newer = {name: statement.excluded[name] for name in ("version", "name", "deleted")}
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["org_id", "id"], set_=newer, where=statement.excluded.version > Copy.version
        )
    )


KEEPS = Subscription(ThingChanged, keep, keeps_replica=True)
REPLICAS = Replicas((KEEPS,), {"probe.thing": Copy})


@dataclass(slots=True)
class World:
    """`gate`, when there is one, holds back until it opens what the owner next says of its things."""

    owner: Database
    listener: Database
    listener_url: str
    url: str = ""
    amqp_url: str | None = None
    organizations: list[UUID] = field(default_factory=list)
    gate: "Gate | None" = None

    async def organization(self) -> UUID:
        self.organizations = sorted([*self.organizations, new_id()])
        return self.organizations[-1]

    async def thing(self, org_id: UUID, name: str = "thing", *, told: bool = True) -> UUID:
        """A new one, its event in the outbox; `told`: the listener has heard of it."""
        return (await self.change(org_id, new_id(), name, version=1, told=told)).subject

    async def change(
        self, org_id: UUID, thing_id: UUID, name: str, *, version: int, told: bool = True, gone: bool = False
    ) -> Event[ThingState]:
        """`gone`: the owner removes the row, and says so."""
        async with self.owner.transaction(Scope(org_id)) as session:
            if gone:
                await session.execute(text("DELETE FROM thing WHERE id = :id"), {"id": thing_id})
            else:
                await session.merge(Thing(org_id=org_id, id=thing_id, version=version, name=name))
                await session.flush()
            data = ThingState(id=thing_id, name=name, deleted=gone)
            event = await outbox.record(session, ThingChanged, subject=thing_id, version=version, data=data)
        if told:
            await self.tell(event)
        return event

    async def tell(self, *events: Event[ThingState]) -> None:
        await self.consumer().handle_all([message_of(event) for event in events])

    def consumer(self) -> Consumer:
        return Consumer("listener", self.listener, (KEEPS,))

    async def copies(self) -> list[Row]:
        async with self.listener.engine.connect() as connection:
            rows = await connection.execute(text("SELECT org_id, id, version, name, deleted FROM copy ORDER BY 1, 2"))
            return [(row.org_id, row.id, row.version, row.name, row.deleted) for row in rows]

    async def is_copied(self) -> bool:
        """Every copy is as its owner says now."""
        async with self.owner.transaction(Scope(self.organizations[0])) as session:
            rows = (await session.execute(text("SELECT org_id, id, version, name FROM thing ORDER BY 1, 2"))).all()
        return await self.copies() == [(*row, False) for row in rows]

    async def spoil(self, statement: str, **values: object) -> None:
        async with self.listener.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def forget_unsent(self) -> None:
        """As if the log had been shortened: what was recorded until now is in no log."""
        async with self.owner.engine.begin() as connection:
            await connection.execute(text("DELETE FROM outbox"))

    async def rebuild(
        self, source: Source = "auto", *, replicas: Replicas = REPLICAS, said: list[str] | None = None
    ) -> Report:
        settings = ServiceSettings(
            database_url=SecretStr(self.listener_url),
            amqp_url=SecretStr(self.amqp_url) if self.amqp_url else None,
            identity_private_key=SecretStr(PRIVATE_KEY),
            owners={"probe": self.url, "gateway": self.url},
        )
        told = said if said is not None else []
        return await rebuild("listener", settings, replicas, source=source, say=told.append)


class Gate:
    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()


@asynccontextmanager
async def standing(world: World) -> AsyncIterator[World]:
    async with serving(owner_app(world)) as world.url:
        yield world


def owner_app(world: World) -> FastAPI:
    """The owner of things; behind it one that knows the organisations, as the gateway does."""
    listing = APIRouter()

    @listing.get("/organizations")
    async def list_organizations(request: Request, after: UUID | None = None) -> dict[str, Sequence[UUID]]:
        await demand_sibling(request, "gateway:snapshot")
        return {"items": [org_id for org_id in world.organizations if after is None or org_id > after][:2]}

    settings = ServiceSettings(
        database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=ISSUERS | {"listener": LISTENER}
    )
    app = create_app("probe", settings, world.owner, [snapshot_router("probe", Owned("thing", Thing, restate_thing))])
    app.mount("/internal", create_app("gateway", settings, world.owner, [listing]))

    @app.middleware("http")
    async def hold(request: Request, answer: RequestResponseEndpoint) -> Response:
        given = await answer(request)
        if request.url.path.startswith("/internal/snapshot/") and (gate := world.gate):
            world.gate = None
            gate.reached.set()
            await gate.opened.wait()
        return given

    return app


def message_of(event: Event[ThingState]) -> Message:
    return Message(event.id, event.name, event.to_bytes())
