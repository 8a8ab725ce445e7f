"""What files does when contacts says something."""

from uuid import UUID

from files.handlers import SUBSCRIPTIONS
from shared.bus.consumer import Consumer, Done
from shared.db.session import Database
from shared.events.contacts import ContactDeleted, ContactRestored
from shared.identifiers import new_id
from tests.files.support import contact_event, rows


async def test_the_newest_word_on_a_contact_stands_whatever_the_order(database: Database, org_id: UUID) -> None:
    consumer = Consumer("files", database, SUBSCRIPTIONS)
    contact_id = new_id()
    deleted = contact_event(org_id, contact_id, event=ContactDeleted, version=2, deleted=True)
    for message in (deleted, deleted, contact_event(org_id, contact_id)):
        assert await consumer.handle(message) == Done()
    assert await rows(database, org_id, "SELECT version, deleted FROM contact") == [(2, True)]
    restored = contact_event(org_id, contact_id, event=ContactRestored, version=3)
    assert await consumer.handle(restored) == Done()
    assert await rows(database, org_id, "SELECT version, deleted FROM contact") == [(3, False)]
