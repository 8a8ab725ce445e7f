"""Events for tests of the feed, and the way they get into it."""

from typing import Any
from uuid import UUID

import httpx
import orjson
from sqlalchemy import text

from gateway.handlers import on_any_event
from shared.clock import utc_now
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import AnyEvent
from shared.identifiers import new_id

CONTACT = "ficha.contacts.contact.updated.v1"
LINK = "ficha.contacts.person_link.linked.v1"
NOTE = "ficha.crm.note.deleted.v1"
ORGANIZATION = "ficha.gateway.organization.updated.v1"


def body_of(org_id: UUID, name: str = CONTACT) -> bytes:
    """As it is published: keys in no order of the alphabet, and a number with a zero behind the point."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": str(new_id()),
            "type": name,
            "source": f"/services/{name.split('.')[1]}",
            "subject": str(new_id()),
            "time": utc_now().isoformat(),
            "datacontenttype": "application/json",
            "orgid": str(org_id),
            "aggregateversion": 3,
            "actor": "user:test",
            "data": {"zeta": 1.0, "name": "Añil\u0000 & «Cía»", "alpha": [None, 10**15], "changed": ["name"]},
        }
    )


def event_of(body: bytes) -> AnyEvent:
    return AnyEvent.from_envelope(orjson.loads(body))


async def append(database: Database, org_id: UUID, *names: str) -> list[str]:
    """One event of each type, in one transaction. Their ids."""
    events = [event_of(body_of(org_id, name)) for name in names]
    async with database.transaction(Scope(org_id=org_id)) as session:
        for event in events:
            await on_any_event(session, event)
    return [str(event.id) for event in events]


async def fill(database: Database, org_id: UUID, count: int) -> None:
    """A feed that has so many events already. They have no bodies worth reading."""
    values = {"org_id": org_id, "name": CONTACT, "count": count}
    async with database.transaction(Scope(org_id=org_id)) as session:
        await session.execute(
            text(
                "INSERT INTO event_log (org_id, position, event_id, name, recorded_at, body)"
                " SELECT :org_id, p, gen_random_uuid(), :name, now(), '{}' FROM generate_series(1, :count) AS p"
            ),
            values,
        )
        await session.execute(text("INSERT INTO feed_head (org_id, last_position) VALUES (:org_id, :count)"), values)


async def read(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await client.get("/api/v1/events", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(page: dict[str, Any]) -> list[str]:
    return [item["event"]["id"] for item in page["items"]]


def positions(page: dict[str, Any]) -> list[int]:
    return [item["position"] for item in page["items"]]
