"""What the tests of crm say: events of contacts, users and organisations, and requests that must succeed."""

from typing import Any, TypeVar
from uuid import UUID

import httpx

from crm.handlers import SUBSCRIPTIONS
from shared.bus.consumer import Consumer, Done
from shared.bus.message import Message
from shared.clock import utc_now
from shared.db.session import Database
from shared.events.base import Event, State
from shared.events.contacts import ContactCreated, ContactState, DefaultsState
from shared.events.gateway import OrganizationCreated, OrganizationState, UserCreated, UserState
from shared.identifiers import new_id

StateT = TypeVar("StateT", bound=State)


def message(event: type[Event[StateT]], org_id: UUID, subject: UUID, version: int, data: StateT) -> Message:
    made = event(id=new_id(), occurred_at=utc_now(), org_id=org_id, subject=subject, version=version, data=data)
    return Message(made.id, made.name, made.to_bytes())


def contact_event(
    org_id: UUID,
    contact_id: UUID,
    *,
    event: type[Event[ContactState]] = ContactCreated,
    version: int = 1,
    name: str = "Acme",
    deleted: bool = False,
) -> Message:
    now = utc_now()
    data = ContactState(
        id=contact_id,
        kind="company",
        name=name,
        roles=["client"],
        emails=[],
        phones=[],
        defaults=DefaultsState(),
        tags=[],
        deleted=deleted,
        created_at=now,
        updated_at=now,
    )
    return message(event, org_id, contact_id, version, data)


def organization_event(org_id: UUID, *, currency: str, version: int = 1) -> Message:
    data = OrganizationState(id=org_id, name="Acme", slug="acme", currency=currency, language="es")
    return message(OrganizationCreated, org_id, org_id, version, data)


def user_event(org_id: UUID, user_id: UUID, name: str) -> Message:
    data = UserState(id=user_id, name=name, email="ana@acme.example", is_admin=False, active=True)
    return message(UserCreated, org_id, user_id, 1, data)


async def hear(database: Database, *messages: Message) -> None:
    consumer = Consumer("crm", database, SUBSCRIPTIONS)
    for one in messages:
        assert await consumer.handle(one) == Done()


async def ok(client: httpx.AsyncClient, method: str, path: str, json: Any = None, *, status: int = 200) -> Any:
    """The answer's body. Anything but `status` fails the test."""
    answer = await client.request(method, path, json=json)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def pages(client: httpx.AsyncClient, path: str, **query: str) -> list[dict[str, Any]]:
    """Every item, two a page."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await client.get(path, params={**query, **cursor, "limit": 2})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = {"cursor": page["next_cursor"]}
