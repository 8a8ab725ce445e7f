"""What portal does when others say something: once, and in the right order, whatever the order of arrival."""

import asyncio
from uuid import UUID

from sqlalchemy import text

from portal.handlers import SUBSCRIPTIONS
from shared.bus.consumer import Consumer, Done
from shared.db.tenancy import Scope
from shared.events.contacts import ContactDeleted
from shared.events.documents import DocumentApproved
from tests.portal.world import World, new_email, visitor_of


async def logins(world: World, contact_id: UUID) -> list[str]:
    async with world.database.transaction(Scope(world.org_id)) as session:
        statement = text("SELECT email FROM login WHERE contact_id = :id ORDER BY email")
        return list((await session.execute(statement, {"id": contact_id})).scalars())


async def test_an_event_delivered_twice_has_one_effect(world: World) -> None:
    contact_id = await world.contact(new_email())
    message = world.message(DocumentApproved, world.document_state(contact_id))
    consumer = Consumer("portal", world.database, SUBSCRIPTIONS)
    assert [await consumer.handle(message) for _ in range(2)] == [Done(), Done()]
    async with world.client(contact_id) as client:
        assert len((await client.get("/portal/api/documents")).json()["items"]) == 1


async def test_a_deleted_contact_stays_deleted_when_older_events_arrive(world: World) -> None:
    email = new_email()
    contact_id = await world.contact(email)
    await world.open_portal(contact_id)
    await world.tell(ContactDeleted, world.contact_state(contact_id, emails=[email], deleted=True), version=3)
    await world.contact(email, contact_id=contact_id, version=2)
    assert await logins(world, contact_id) == []


async def test_the_newest_organisation_counts(world: World) -> None:
    await world.organization(version=3, name="Nueva")
    await world.organization(version=2, name="Vieja")
    async with world.client() as client:
        assert (await client.get("/portal/api/me")).json()["organization"]["name"] == "Nueva"


async def test_a_portal_works_before_its_organisation_is_known(world: World) -> None:
    unknown = World(world.app, world.database, world.documents, world.contacts)
    contact_id = await unknown.contact(new_email())
    async with unknown.client(contact_id) as client, unknown.staff() as staff:
        me = (await client.get("/portal/api/me")).json()
        assert (me["organization"], me["totals"]["currency"]) == (None, "EUR")
        settings = (await staff.get(f"/api/v1/contacts/{contact_id}/portal")).json()
        assert settings["url"].endswith("/portal")


async def test_logins_follow_contact_and_access_also_when_both_change_at_once(world: World) -> None:
    for _ in range(5):
        old, new = new_email(), new_email()
        contact_id = await world.contact(old)
        await asyncio.gather(
            world.open_portal(contact_id),
            world.contact(new, contact_id=contact_id, version=2),
        )
        # The new e-mail opens the portal if it was there before the portal was; the old one in no case.
        async with world.staff() as staff:
            access = (await staff.get(f"/api/v1/contacts/{contact_id}/portal")).json()
            assert await logins(world, contact_id) == access["emails"]
            assert access["emails"] + access["waiting"] == [new]


async def test_a_double_click_answers_opens_and_sets_once(world: World) -> None:
    contact_id = await world.contact(new_email())
    estimate = await world.document(contact_id, type="estimate")
    invoice = await world.document(contact_id)
    fresh = await world.contact(new_email())
    async with world.client(contact_id) as client, world.staff() as staff:
        answers = await asyncio.gather(*(client.post(f"/portal/api/documents/{estimate}/accept") for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        pay = {"method": "transfer"}
        paid = await asyncio.gather(
            *(client.post(f"/portal/api/documents/{invoice}/payments", json=pay) for _ in range(4))
        )
        assert {answer.status_code for answer in paid} == {201}
        seen = await asyncio.gather(*(client.get(f"/portal/api/documents/{invoice}") for _ in range(4)))
        assert {answer.status_code for answer in seen} == {200}
        body = {"enabled": True, "payment_methods": [], "catalogue": False}
        put = await asyncio.gather(*(staff.put(f"/api/v1/contacts/{fresh}/portal", json=body) for _ in range(4)))
        assert {(answer.status_code, answer.json()["version"]) for answer in put} == {(200, 1)}
        preview = (await staff.post(f"/api/v1/contacts/{fresh}/portal/preview")).json()["url"]
    async with visitor_of(world.app) as browser:
        token = {"token": preview.partition("#")[2]}
        opened = await asyncio.gather(*(browser.post("/portal/api/preview", json=token) for _ in range(4)))
    assert sorted(answer.status_code for answer in opened) == [201, 404, 404, 404]
