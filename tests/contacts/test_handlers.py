"""What contacts does when others say something."""

from uuid import UUID

import httpx

from contacts.handlers import SUBSCRIPTIONS
from shared.bus.consumer import Consumer, Done
from shared.bus.message import Message
from shared.clock import utc_now
from shared.db.session import Database
from shared.events.contacts import AddressState
from shared.events.gateway import OrganizationCreated, OrganizationState
from shared.identifiers import new_id


def organization(org_id: UUID, *, country: str, version: int) -> Message:
    data = OrganizationState(
        id=org_id,
        name="Acme",
        slug="acme",
        currency="EUR",
        language="es",
        address=AddressState(street="a", city="b", country=country),
    )
    event = OrganizationCreated(
        id=new_id(), occurred_at=utc_now(), org_id=org_id, subject=org_id, version=version, data=data
    )
    return Message(event.id, event.name, event.to_bytes())


async def test_phones_are_read_in_the_organisations_country_whatever_the_order_of_its_events(
    client: httpx.AsyncClient, database: Database, org_id: UUID
) -> None:
    consumer = Consumer("contacts", database, SUBSCRIPTIONS)
    newer, older = organization(org_id, country="FR", version=2), organization(org_id, country="DE", version=1)
    for message in (newer, newer, older):
        assert await consumer.handle(message) == Done()
    answer = await client.post("/api/v1/contacts", json={"kind": "person", "name": "A", "phones": ["01 42 68 53 00"]})
    assert answer.json()["phones"] == ["+33142685300"]
