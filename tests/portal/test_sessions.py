"""How a client's session begins, renews and ends."""

import httpx
from sqlalchemy import text

from shared.db.tenancy import Scope
from shared.events.contacts import ContactDeleted
from shared.events.portal import AccessChanged
from tests.portal.world import PASSWORD, World, log_in, new_email, visitor_of
from tests.support.outbox import recorded

NEW = "an altogether new one"


async def alive(client: httpx.AsyncClient) -> bool:
    answer = await client.get("/portal/api/me")
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200


async def test_without_a_session_there_is_nothing(world: World) -> None:
    async with visitor_of(world.app) as visitor:
        answer = await visitor.get("/portal/api/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "portal.not_logged_in")
        visitor.cookies.set("ficha_portal", "made-up")
        assert not await alive(visitor)


async def test_logging_in_again_ends_the_session_before(world: World) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    async with visitor_of(world.app) as visitor, visitor_of(world.app) as thief:
        await log_in(visitor, email)
        first = visitor.cookies["ficha_portal"]
        await log_in(visitor, email)
        assert visitor.cookies["ficha_portal"] != first
        thief.cookies.set("ficha_portal", first)
        assert (await alive(visitor), await alive(thief)) == (True, False)


async def test_logging_out_ends_it_and_can_be_repeated(world: World) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    async with visitor_of(world.app) as visitor, visitor_of(world.app) as thief:
        await log_in(visitor, email)
        thief.cookies.set("ficha_portal", visitor.cookies["ficha_portal"])
        for _ in range(2):
            assert (await visitor.delete("/portal/api/session")).status_code == 204
        assert "ficha_portal" not in visitor.cookies
        assert not await alive(thief)


async def test_a_new_password_from_staff_ends_every_session(world: World) -> None:
    email = new_email()
    contact_id = await world.contact(email)
    await world.open_portal(contact_id)
    path = f"/api/v1/contacts/{contact_id}/portal"
    async with visitor_of(world.app) as one, visitor_of(world.app) as other, world.staff() as staff:
        await log_in(one, email)
        await log_in(other, email)
        await staff.put(f"{path}/password", json={"password": NEW})
        assert (await alive(one), await alive(other)) == (False, False)
        assert (await log_in(one, email)).status_code == 401
        assert (await log_in(one, email, NEW)).status_code == 201
        await staff.delete(f"{path}/password")
        assert not await alive(one)
        assert (await log_in(one, email, NEW)).status_code == 401


async def test_closing_the_portal_ends_every_session(world: World) -> None:
    email = new_email()
    contact_id = await world.contact(email)
    await world.open_portal(contact_id)
    async with visitor_of(world.app) as visitor:
        await log_in(visitor, email)
        await world.open_portal(contact_id, password=None, enabled=False)
        assert not await alive(visitor)
        await world.open_portal(contact_id, password=None)
        assert not await alive(visitor)
        assert (await log_in(visitor, email)).status_code == 201
        await world.open_portal(contact_id, password=None, catalogue=False)
        assert await alive(visitor)


async def test_deleting_the_contact_ends_every_session(world: World) -> None:
    email = new_email()
    contact_id = await world.contact(email)
    await world.open_portal(contact_id)
    async with visitor_of(world.app) as visitor:
        await log_in(visitor, email)
        await world.tell(ContactDeleted, world.contact_state(contact_id, emails=[email], deleted=True), version=2)
        assert not await alive(visitor)


async def test_a_client_changes_its_password_and_stays_only_here(world: World) -> None:
    email = new_email()
    contact_id = await world.contact(email)
    await world.open_portal(contact_id)
    async with visitor_of(world.app) as here, visitor_of(world.app) as there:
        await log_in(here, email)
        await log_in(there, email)
        token = here.cookies["ficha_portal"]
        changed = await here.put("/portal/api/password", json={"current": PASSWORD, "new": NEW})
        assert changed.status_code == 204, changed.text
        assert here.cookies["ficha_portal"] != token
        assert (await alive(here), await alive(there)) == (True, False)
        there.cookies.set("ficha_portal", token)
        assert not await alive(there)
        assert (await log_in(there, email)).status_code == 401
        assert (await log_in(there, email, NEW)).status_code == 201
    last = [e for e in await recorded(world.database, world.org_id) if isinstance(e, AccessChanged)][-1]
    assert (last.name, last.changed, last.actor) == (
        "ficha.portal.access.changed.v1",
        ("password",),
        f"client:{contact_id}",
    )


async def test_the_present_password_is_asked_for_and_guessing_it_is_slowed(world: World) -> None:
    async with world.client() as client:
        short = await client.put("/portal/api/password", json={"current": PASSWORD, "new": "short"})
        assert (short.status_code, short.json()["errors"][0]["field"]) == (422, "new")
        statuses = [
            (await client.put("/portal/api/password", json={"current": f"guess {number}", "new": NEW})).status_code
            for number in range(11)
        ]
        assert statuses == [403] * 10 + [429]
        assert await alive(client)


async def test_a_session_ends_after_its_hours(world: World) -> None:
    async with world.client() as client:
        assert await alive(client)
        async with world.database.transaction(Scope(world.org_id)) as session:
            await session.execute(text("UPDATE client_session SET expires_at = now()"))
        assert not await alive(client)


async def test_answers_are_not_kept_by_browsers(world: World) -> None:
    async with world.client() as client:
        assert (await client.get("/portal/api/me")).headers["cache-control"] == "private, no-store"
