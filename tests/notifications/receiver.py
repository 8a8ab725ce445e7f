"""Another system's endpoint: a real HTTP server on loopback, in the test's own loop. And what it is told of."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from aiohttp import web
from standardwebhooks import Webhook

from notifications.handlers import SUBSCRIPTIONS
from shared.bus.consumer import Consumer, Done
from shared.bus.message import Message
from shared.clock import utc_now
from shared.db.session import Database
from shared.events.base import Event
from shared.events.contacts import ContactState, ContactUpdated, DefaultsState
from shared.events.gateway import OrganizationState, OrganizationUpdated
from shared.identifiers import new_id
from tests.support.waiting import until

WEBHOOKS = "/api/v1/webhooks"
CONTACTS = "ficha.contacts.*"
UPDATED = "ficha.contacts.contact.updated.v1"


@dataclass(frozen=True, slots=True)
class Seen:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> dict[str, Any]:
        """The envelope, by the public package. Raises WebhookVerificationError."""
        found: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return found


async def _fine(_: web.Request) -> web.StreamResponse:
    return web.Response(status=204)


@dataclass
class Receiver:
    """Says 204 to everything, unless told otherwise."""

    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """What to answer with, one after another."""
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]] = _fine
    open: int = 0
    most_open: int = 0
    """Requests under way at once."""
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def hang(self, _: web.Request) -> web.StreamResponse:
        """No answer, until `released`."""
        await self.released.wait()
        return web.Response()

    @asynccontextmanager
    async def running(self, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator["Receiver"]:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._take)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, host, 0, ssl_context=tls).start()
        self.url = f"{'https' if tls else 'http'}://{host}:{runner.addresses[0][1]}/hook"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.seen.append(Seen(request.path_qs, headers, await request.read()))
            if self.statuses:
                return web.Response(status=self.statuses.pop(0), text="so be it")
            return await self.answer(request)
        finally:
            self.open -= 1

    async def got(self, count: int, *, within: float = 10) -> list[Seen]:
        async def enough() -> list[Seen] | None:
            return self.seen if len(self.seen) >= count else None

        return await until(enough, within=within, what=f"{count} deliveries")


def contact_updated(org_id: UUID, *, subject: UUID | None = None, version: int = 1, **values: Any) -> Event[Any]:
    contact_id, now = subject or new_id(), utc_now()
    state = ContactState(
        id=contact_id,
        kind="company",
        name="Peñalver & Hijos",
        roles=["client"],
        emails=[],
        phones=[],
        defaults=DefaultsState(),
        tags=[],
        created_at=now,
        updated_at=now,
    )
    fields: dict[str, Any] = {
        "id": new_id(),
        "occurred_at": now,
        "org_id": org_id,
        "subject": contact_id,
        "version": version,
        "data": state,
        "changed": ("name",),
    }
    return ContactUpdated(**{**fields, **values})


def organization_updated(org_id: UUID) -> Event[Any]:
    state = OrganizationState(id=org_id, name="Acme", slug="acme", currency="EUR", language="es")
    return OrganizationUpdated(id=new_id(), occurred_at=utc_now(), org_id=org_id, subject=org_id, version=1, data=state)


def message_of(event: Event[Any]) -> Message:
    return Message(event.id, event.name, event.to_bytes())


async def happen(database: Database, *events: Event[Any]) -> None:
    """As the bus brings them."""
    consumer = Consumer("notifications", database, SUBSCRIPTIONS)
    assert await consumer.handle_all([message_of(event) for event in events]) == [Done()] * len(events)


async def made(client: httpx.AsyncClient, url: str, *types: str, **values: Any) -> dict[str, Any]:
    """A new webhook, with its secret."""
    answer = await client.post(WEBHOOKS, json={"url": url, "types": list(types), **values})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def logged(client: httpx.AsyncClient, webhook: dict[str, Any], **filters: str) -> list[dict[str, Any]]:
    """Newest first."""
    answer = await client.get(f"{WEBHOOKS}/{webhook['id']}/deliveries", params=filters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def delivery_of(client: httpx.AsyncClient, webhook: dict[str, Any], event_id: UUID | str) -> dict[str, Any]:
    answer = await client.get(f"{WEBHOOKS}/{webhook['id']}/deliveries/{event_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def settled(
    client: httpx.AsyncClient, webhook: dict[str, Any], event_id: UUID | str, status: str
) -> dict[str, Any]:
    """The delivery, with its log, once it is in this state."""
    last: dict[str, Any] = {}

    async def there() -> dict[str, Any] | None:
        last.update(await delivery_of(client, webhook, event_id))
        return last if last["status"] == status else None

    return await until(there, what=f"{event_id} {status}: {last}")


async def tried(
    client: httpx.AsyncClient, webhook: dict[str, Any], event_id: UUID | str, *, times: int = 1
) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        delivery = await delivery_of(client, webhook, event_id)
        return delivery if delivery["attempts"] >= times else None

    return await until(there, what=f"{event_id} tried {times} times")
