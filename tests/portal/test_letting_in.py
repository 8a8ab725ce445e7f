"""Which e-mails open a portal: staff say so, who may (`portal:write`); adding one to a contact does not."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.db.tenancy import Scope
from shared.events.contacts import ContactDeleted, ContactRestored
from shared.events.portal import AccessChanged
from tests.portal.test_resets import ask, wishes
from tests.portal.world import World, log_in, new_email, visitor_of
from tests.support.outbox import recorded


async def entering(world: World, email: str) -> int:
    async with visitor_of(world.app) as visitor:
        return (await log_in(visitor, email)).status_code


async def let_in(
    world: World, contact_id: object, *emails: str, scope: str = "portal:write"
) -> tuple[int, dict[str, Any]]:
    async with world.staff(scope, "portal:read") as staff:
        answer = await staff.put(f"/api/v1/contacts/{contact_id}/portal/emails", json={"emails": list(emails)})
    return answer.status_code, answer.json()


async def test_an_email_added_to_a_contact_opens_nothing_and_is_mailed_nothing(world: World) -> None:
    mine, added = new_email(), new_email()
    contact_id = await world.contact(mine)
    await world.open_portal(contact_id)
    for version, emails in ((2, [mine, added]), (3, [added, mine])):
        await world.contact(*emails, contact_id=contact_id, version=version)
        assert (await entering(world, mine), await entering(world, added)) == (201, 401)
        await ask(world, added)
        assert await wishes(world) == []
    status, access = await let_in(world, contact_id, mine, added.upper())
    assert (status, access["emails"], access["waiting"]) == (200, [mine, added], [])
    assert (await entering(world, mine), await entering(world, added)) == (201, 201)


@pytest.mark.parametrize("scope", ["contacts:write", "portal:read", "documents:write"])
async def test_letting_in_needs_portal_write(world: World, scope: str) -> None:
    mine, added = new_email(), new_email()
    contact_id = await world.contact(mine)
    await world.open_portal(contact_id)
    await world.contact(mine, added, contact_id=contact_id, version=2)
    assert (await let_in(world, contact_id, mine, added, scope=scope))[0] == 403
    assert await entering(world, added) == 401


@pytest.mark.parametrize("what", ["catalogue", "closed and opened", "new password", "deleted and restored"])
async def test_nothing_else_lets_a_waiting_email_in(world: World, what: str) -> None:
    mine, added = new_email(), new_email()
    contact_id = await world.contact(mine)
    await world.open_portal(contact_id)
    await world.contact(mine, added, contact_id=contact_id, version=2)
    match what:
        case "catalogue":
            await world.open_portal(contact_id, password=None, catalogue=False)
        case "closed and opened":
            await world.open_portal(contact_id, password=None, enabled=False)
            await world.open_portal(contact_id, password=None)
        case "new password":
            await world.open_portal(contact_id)
        case "deleted and restored":
            for version, event, gone in ((3, ContactDeleted, True), (4, ContactRestored, False)):
                state = world.contact_state(contact_id, emails=[mine, added], deleted=gone)
                await world.tell(event, state, version=version)
    assert (await entering(world, mine), await entering(world, added)) == (201, 401)


async def test_an_email_that_left_the_contact_has_to_be_let_in_again(world: World) -> None:
    mine, left = new_email(), new_email()
    contact_id = await world.contact(mine, left)
    await world.open_portal(contact_id)
    await world.contact(mine, contact_id=contact_id, version=2)
    found = await recorded(world.database, world.org_id)
    assert [event for event in found if isinstance(event, AccessChanged)][-1].changed == ("emails",)
    await world.contact(mine, left, contact_id=contact_id, version=3)
    assert (await entering(world, mine), await entering(world, left)) == (201, 401)


async def test_staff_shut_an_email_out_and_its_sessions_end(world: World) -> None:
    mine, other = new_email(), new_email()
    contact_id = await world.contact(mine, other)
    await world.open_portal(contact_id)
    async with visitor_of(world.app) as out, visitor_of(world.app) as stays:
        await log_in(out, other)
        await log_in(stays, mine)
        status, access = await let_in(world, contact_id, mine)
        assert (status, access["emails"], access["waiting"]) == (200, [mine], [other])
        assert (await out.get("/portal/api/me")).status_code == 401
        assert (await stays.get("/portal/api/me")).status_code == 200


async def test_only_emails_of_the_contact_are_let_in(world: World) -> None:
    mine = new_email()
    contact_id = await world.contact(mine)
    await world.open_portal(contact_id)
    status, problem = await let_in(world, contact_id, mine, new_email())
    assert (status, problem["errors"][0]["field"], problem["errors"][0]["code"]) == (
        422,
        "emails.1",
        "email_not_of_contact",
    )


async def test_a_portal_opened_before_its_emails_were_listed_keeps_those_it_had(world: World) -> None:
    mine, added = new_email(), new_email()
    contact_id = await world.contact(mine)
    await world.open_portal(contact_id)
    async with world.database.transaction(Scope(world.org_id)) as session:
        await session.execute(text("UPDATE access SET emails = NULL"))
    await world.contact(mine, added, contact_id=contact_id, version=2)
    assert (await entering(world, mine), await entering(world, added)) == (201, 401)


async def test_the_emails_let_in_at_the_opening_are_those_that_contacts_has_then(world: World) -> None:
    """Its event may still be on the way."""
    old, new = new_email(), new_email()
    contact_id = await world.contact(old)
    state = world.contact_state(contact_id, emails=[new]).model_dump(mode="json")
    world.contacts.serve(f"{world.org_id} /api/v1/contacts/{contact_id}", {**state, "version": 2})
    await world.open_portal(contact_id)
    assert (await entering(world, old), await entering(world, new)) == (401, 201)
