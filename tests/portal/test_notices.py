"""What a client is told by mail of its own portal: at the addresses that open it, and at those that did."""

import pytest

from shared.events.portal import ClientNoticeRaised
from tests.portal.test_resets import redeem, token_for
from tests.portal.world import PASSWORD, World, log_in, new_email, visitor_of
from tests.support.outbox import recorded

NEW = "an altogether new one"


async def told(world: World, *, since: int = 0) -> list[tuple[str, str]]:
    found = [event for event in await recorded(world.database, world.org_id) if isinstance(event, ClientNoticeRaised)]
    return [(notice.data.kind, notice.data.email) for notice in found[since:]]


@pytest.mark.parametrize("who", ["staff", "staff take it away", "the client", "by mail"])
async def test_a_changed_password_is_told_to_every_address_that_opens_the_portal(world: World, who: str) -> None:
    mine, other, waiting = new_email(), new_email(), new_email()
    contact_id = await world.contact(mine, other)
    await world.open_portal(contact_id)
    assert await told(world) == [("portal_password_changed", mine), ("portal_password_changed", other)]
    await world.contact(mine, other, waiting, contact_id=contact_id, version=2)
    path = f"/api/v1/contacts/{contact_id}/portal/password"
    async with visitor_of(world.app) as client, world.staff() as staff:
        match who:
            case "staff":
                assert (await staff.put(path, json={"password": NEW})).status_code == 204
            case "staff take it away":
                assert (await staff.delete(path)).status_code == 204
            case "the client":
                await log_in(client, mine)
                changed = await client.put("/portal/api/password", json={"current": PASSWORD, "new": NEW})
                assert changed.status_code == 204
            case "by mail":
                assert (await redeem(client, await token_for(world, mine))).status_code == 201
    assert await told(world, since=2) == [("portal_password_changed", mine), ("portal_password_changed", other)]


async def test_the_addresses_that_opened_a_portal_are_told_when_others_do(world: World) -> None:
    old, new = new_email(), new_email()
    contact_id = await world.contact(old)
    await world.open_portal(contact_id)
    await world.contact(old, new, contact_id=contact_id, version=2)
    assert await told(world, since=1) == [], "nothing opens more than before"
    async with world.staff() as staff:
        await staff.put(f"/api/v1/contacts/{contact_id}/portal/emails", json={"emails": [old, new]})
    assert await told(world, since=1) == [("portal_emails_changed", old), ("portal_emails_changed", new)]
    await world.contact(new, contact_id=contact_id, version=3)
    assert await told(world, since=3) == [("portal_emails_changed", old), ("portal_emails_changed", new)]


async def test_a_notice_is_in_the_clients_language_and_the_companys_name(world: World) -> None:
    await world.open_portal(await world.contact(new_email(), name="Ana"))
    [notice] = [e for e in await recorded(world.database, world.org_id) if isinstance(e, ClientNoticeRaised)]
    assert (notice.data.name, notice.data.language, notice.data.organization_name) == ("Ana", "ca", "Acme, S.L.")
