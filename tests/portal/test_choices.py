"""Several portals behind one e-mail: each is reached, and nothing tells from outside how many there are."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from shared.clock import utc_now
from shared.db.tenancy import Scope
from shared.events.contacts import ContactDeleted
from shared.passwords.throttle import STRANGERS
from tests.portal.test_logins import Watched, watched  # noqa: F401 - a fixture
from tests.portal.test_resets import ask, mail, redeem, token_for, wishes
from tests.portal.world import PASSWORD, World, log_in, new_email, visitor_of

OTHER = "a different one for each"
NEW = "an altogether new one"


async def portals(world: World, email: str, *passwords: str) -> list[UUID]:
    """One contact for each password, all with this e-mail."""
    made = []
    for number, password in enumerate(passwords):
        made.append(await world.contact(email, name=f"Cliente {number}"))
        await world.open_portal(made[-1], password=password)
    return made


async def inside(visitor: httpx.AsyncClient) -> str:
    answer = await visitor.get("/portal/api/me")
    return str(answer.json()["contact"]["id"] if answer.status_code == 200 else answer.json()["code"])


def offered(answer: httpx.Response) -> list[str]:
    return [choice["contact"]["id"] for choice in answer.json()["choices"]]


async def choose(visitor: httpx.AsyncClient, contact_id: UUID) -> httpx.Response:
    return await visitor.put("/portal/api/session", json={"contact_id": str(contact_id)})


async def test_each_of_seven_passwords_enters_its_own_portal(world: World) -> None:
    email = new_email()
    passwords = [f"{OTHER}, number {number}" for number in range(7)]
    for contact_id, password in zip(await portals(world, email, *passwords), passwords, strict=True):
        async with visitor_of(world.app) as visitor:
            answer = await log_in(visitor, email, password)
            assert (answer.status_code, answer.json()["contact"]["id"]) == (201, str(contact_id))
            assert await inside(visitor) == str(contact_id)


async def test_one_password_of_several_offers_them_and_lets_switch_without_a_login(
    world: World, other_world: World
) -> None:
    email = new_email()
    ours = await portals(world, email, PASSWORD, PASSWORD, OTHER)
    [theirs] = await portals(other_world, email, PASSWORD)
    async with visitor_of(world.app) as visitor:
        answer = await log_in(visitor, email)
        assert (answer.status_code, set(offered(answer))) == (201, {str(one) for one in (*ours[:2], theirs)})
        assert {choice["organization"]["slug"] for choice in answer.json()["choices"]} == {world.slug, other_world.slug}
        assert await inside(visitor) == "portal.not_chosen"
        assert (await choose(visitor, ours[2])).status_code == 404, "another password's"
        for contact_id in (ours[1], theirs, ours[0]):
            before = visitor.cookies["ficha_portal"]
            entered = await choose(visitor, contact_id)
            assert (entered.status_code, entered.json()["contact"]["id"]) == (200, str(contact_id))
            assert await inside(visitor) == str(contact_id)
            state = (await visitor.get("/portal/api/session")).json()
            assert (state["chosen"], len(state["choices"])) == (str(contact_id), 3)
            async with visitor_of(world.app) as thief:
                thief.cookies.set("ficha_portal", before, path="/portal")
                assert await inside(thief) in ("portal.not_logged_in", "portal.not_chosen")
        cookie = visitor.cookies["ficha_portal"]
        await visitor.delete("/portal/api/session")
        visitor.cookies.set("ficha_portal", cookie, path="/portal")
        assert (await choose(visitor, ours[0])).status_code == 401


async def test_a_company_named_by_the_link_offers_its_own_only(world: World, other_world: World) -> None:
    email = new_email()
    [ours] = await portals(world, email, PASSWORD)
    await portals(other_world, email, PASSWORD)
    async with visitor_of(world.app) as visitor:
        answer = await log_in(visitor, email, organization=world.slug)
        assert answer.json()["contact"]["id"] == str(ours)
        assert offered(await visitor.get("/portal/api/session")) == [str(ours)]


@pytest.mark.parametrize("what", ["closed", "deleted", "a new password", "no longer its e-mail"])
async def test_what_is_no_longer_open_is_no_longer_offered(world: World, what: str) -> None:
    email = new_email()
    first, second = await portals(world, email, PASSWORD, PASSWORD)
    async with visitor_of(world.app) as visitor:
        await log_in(visitor, email)
        await choose(visitor, first)
        match what:
            case "closed":
                await world.open_portal(second, password=None, enabled=False)
            case "deleted":
                gone = world.contact_state(second, emails=[email], deleted=True)
                await world.tell(ContactDeleted, gone, version=2)
            case "a new password":
                await world.open_portal(second, password=OTHER)
            case "no longer its e-mail":
                await world.contact(new_email(), contact_id=second, version=2)
        assert (await choose(visitor, second)).status_code == 404
        assert await inside(visitor) == str(first)
        assert (await choose(visitor, first)).status_code == 200


async def test_a_client_who_may_choose_changes_the_password_of_the_portal_it_is_in(world: World) -> None:
    email = new_email()
    first, second = await portals(world, email, PASSWORD, PASSWORD)
    async with visitor_of(world.app) as here, visitor_of(world.app) as there:
        await log_in(here, email)
        await log_in(there, email)
        await choose(here, first)
        changed = await here.put("/portal/api/password", json={"current": PASSWORD, "new": NEW})
        assert changed.status_code == 204, changed.text
        assert await inside(here) == str(first)
        assert (await choose(here, second)).status_code == 200
        assert (await choose(there, first)).status_code == 404, "the password that opened it is no more"
    async with visitor_of(world.app) as visitor:
        assert (await log_in(visitor, email)).json()["contact"]["id"] == str(second)
        assert (await log_in(visitor, email, NEW)).json()["contact"]["id"] == str(first)


@pytest.mark.parametrize("count", [0, 1, 2, 5, 12])
@pytest.mark.parametrize("same", [True, False])
async def test_a_login_hashes_once_however_many_portals_there_are(
    world: World,
    watched: Watched,  # noqa: F811 - the fixture
    count: int,
    same: bool,
) -> None:
    email = new_email()
    await portals(world, email, *(PASSWORD if same else f"{OTHER}, number {number}" for number in range(count)))
    for password in ("not the password", PASSWORD, f"{OTHER}, number {count - 1}"):
        watched.hashed = 0
        async with visitor_of(world.app) as visitor:
            await log_in(visitor, email, password)
        assert watched.hashed == 1, password


async def test_it_hashes_once_whatever_other_emails_the_contacts_have(
    world: World,
    watched: Watched,  # noqa: F811 - the fixture
) -> None:
    """Salts that were settled apart come together in one contact, by its password and by letting an e-mail in."""
    one, two, three = (new_email() for _ in range(3))
    await portals(world, one, PASSWORD)
    await portals(world, two, OTHER)
    both = await world.contact(one, two)
    await world.open_portal(both, password=NEW)
    await world.contact(one, two, three, contact_id=both, version=2)
    async with world.staff() as staff:
        path = f"/api/v1/contacts/{both}/portal/emails"
        assert (await staff.put(path, json={"emails": [one, two, three]})).status_code == 200
    for email in (one, two, three):
        watched.hashed = 0
        async with visitor_of(world.app) as visitor:
            answer = await log_in(visitor, email, NEW)
            assert (answer.status_code, answer.json()["contact"]["id"]) == (201, str(both))
        assert watched.hashed == 1


async def test_an_email_let_in_with_a_salt_of_its_own_chooses_a_password_by_mail(
    world: World,
    watched: Watched,  # noqa: F811 - the fixture
) -> None:
    known, added = new_email(), new_email()
    await portals(world, added, OTHER)
    [contact_id] = await portals(world, known, PASSWORD)
    await world.contact(known, added, contact_id=contact_id, version=2)
    async with world.staff() as staff:
        await staff.put(f"/api/v1/contacts/{contact_id}/portal/emails", json={"emails": [known, added]})
    async with visitor_of(world.app) as visitor:
        watched.hashed = 0
        assert (await log_in(visitor, added)).status_code == 401
        assert watched.hashed == 1
        answer = await redeem(visitor, await token_for(world, added), NEW)
        assert answer.status_code == 201, answer.text
        assert len(offered(answer)) == 2
        for email in (known, added):
            assert (await log_in(visitor, email, NEW)).status_code == 201


async def test_passwords_from_before_go_on_working_and_come_under_one_salt(
    world: World,
    watched: Watched,  # noqa: F811 - the fixture
) -> None:
    email = new_email()
    made = await portals(world, email, PASSWORD, PASSWORD, OTHER)
    before = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
    async with world.database.transaction(Scope(STRANGERS)) as session:
        await session.execute(text("DELETE FROM login_salt"))
    async with world.database.transaction(Scope(world.org_id)) as session:
        for contact_id, password in zip(made, (PASSWORD, PASSWORD, OTHER), strict=True):
            kept = {"kept": before.hash(password), "contact": contact_id}
            await session.execute(
                text("UPDATE access SET password_hash = :kept, emails = NULL WHERE contact_id = :contact"), kept
            )
            await session.execute(text("UPDATE login SET password_hash = :kept WHERE contact_id = :contact"), kept)
    for contact_id in made:
        await world.contact(email, contact_id=contact_id, version=2)
    async with visitor_of(world.app) as visitor:
        assert len(offered(await log_in(visitor, email))) == 2
        assert (await log_in(visitor, email, OTHER)).json()["contact"]["id"] == str(made[2])
        watched.hashed = 0
        assert len(offered(await log_in(visitor, email))) == 2
        assert watched.hashed == 1


async def test_one_mail_names_all_portals_and_sets_the_password_of_those_chosen(
    world: World, other_world: World
) -> None:
    email = new_email()
    first, second, third = await portals(world, email, PASSWORD, PASSWORD, OTHER)
    await portals(other_world, email, PASSWORD)
    token = await token_for(world, email)
    [wish] = await wishes(world)
    assert [contact.name for contact in wish.contacts] == ["Cliente 0", "Cliente 1", "Cliente 2"]
    assert [contact.id for wish in await wishes(other_world) for contact in wish.contacts] != []
    async with visitor_of(world.app) as visitor:
        about = (await visitor.post("/portal/api/password-resets/open", json={"token": token})).json()
        assert about["email"] == email
        assert [contact["id"] for contact in about["contacts"]] == [str(one) for one in (first, second, third)]

        async def redeemed(*chosen: UUID) -> httpx.Response:
            body: dict[str, Any] = {"token": token, "password": NEW, "contacts": [str(one) for one in chosen]}
            return await visitor.post("/portal/api/password-resets/redeem", json=body)

        stranger = await world.contact(new_email())
        refused = await redeemed(first, stranger)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "contacts.1")
        answer = await redeemed(first, third)
        assert (answer.status_code, set(offered(answer))) == (201, {str(first), str(third)})
        assert (await choose(visitor, third)).status_code == 200
        assert (await redeemed(second)).status_code == 404
        assert (await log_in(visitor, email, organization=world.slug)).json()["contact"]["id"] == str(second)
        assert len(offered(await log_in(visitor, email, NEW))) == 2


async def test_a_link_lasts_as_long_as_one_of_its_portals_is_open(world: World) -> None:
    email = new_email()
    first, second = await portals(world, email, PASSWORD, PASSWORD)
    token = await token_for(world, email)
    await world.open_portal(first, password=None, enabled=False)
    async with visitor_of(world.app) as visitor:
        about = (await visitor.post("/portal/api/password-resets/open", json={"token": token})).json()
        assert [contact["id"] for contact in about["contacts"]] == [str(second)]
        await world.open_portal(second, password=OTHER)
        assert (await redeem(visitor, token)).status_code == 404
    await ask(world, email)
    assert urlsplit((await mail(world, (await wishes(world))[-1].id)).json()["url"]).fragment


async def test_a_choice_ends_with_its_login(world: World) -> None:
    email = new_email()
    first, _ = await portals(world, email, PASSWORD, PASSWORD)
    async with visitor_of(world.app) as visitor:
        await log_in(visitor, email)
        async with world.database.transaction(Scope(world.org_id)) as session:
            await session.execute(text("UPDATE client_choice SET expires_at = :now"), {"now": utc_now()})
        assert (await choose(visitor, first)).status_code == 401
