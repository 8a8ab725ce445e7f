"""A forgotten password: asked for by anybody, mailed to the client only, used once."""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from shared.db.tenancy import Scope
from shared.events.contacts import ContactDeleted
from shared.events.portal import AccessChanged, PasswordResetRequested, PasswordResetState
from shared.identifiers import new_id
from shared.web.identity import Identity
from tests.portal.world import HOST, PASSWORD, World, log_in, new_email, visitor_of
from tests.support.identity import SIGNER
from tests.support.outbox import recorded

NEW = "an altogether new one"


async def ask(world: World, email: str, *, address: str | None = None, **values: str) -> httpx.Response:
    async with visitor_of(world.app, address=address) as visitor:
        return await visitor.post("/portal/api/password-resets", json={"email": email, **values})


async def wishes(world: World) -> list[PasswordResetState]:
    found = await recorded(world.database, world.org_id)
    return [event.data for event in found if isinstance(event, PasswordResetRequested)]


def sibling(world: World, org_id: UUID | None, *, actor: str, scope: str) -> httpx.AsyncClient:
    token = SIGNER.token(Identity(org_id, actor, frozenset({scope})), "portal")
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(world.app), base_url=HOST, headers={"Authorization": f"Bearer {token}"}
    )


async def mail(world: World, reset_id: UUID) -> httpx.Response:
    """As notifications asks, whenever it writes the mail."""
    async with sibling(world, world.org_id, actor="service:notifications", scope="portal:links") as notifications:
        return await notifications.post(f"/internal/password-resets/{reset_id}/link")


async def token_for(world: World, email: str) -> str:
    """Out of the mail that follows from a wish."""
    assert (await ask(world, email)).status_code == 202
    answer = await mail(world, (await wishes(world))[-1].id)
    assert answer.status_code == 200, answer.text
    return str(urlsplit(answer.json()["url"]).fragment)


async def redeem(visitor: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    return await visitor.post("/portal/api/password-resets/redeem", json={"token": token, "password": password})


async def a_client(world: World, **values: Any) -> tuple[UUID, str]:
    email = new_email()
    contact_id = await world.contact(email, **values)
    await world.open_portal(contact_id)
    return contact_id, email


async def test_a_link_sets_a_new_password_once_ends_other_sessions_and_logs_in(world: World) -> None:
    contact_id, email = await a_client(world, name="Ana")
    async with visitor_of(world.app) as here, visitor_of(world.app) as there:
        await log_in(there, email)
        token = await token_for(world, f" {email.upper()} ")
        entered = await redeem(here, token)
        assert entered.status_code == 201, entered.text
        assert entered.json()["contact"] == {"id": str(contact_id), "name": "Ana", "language": "ca"}
        assert "HttpOnly" in entered.headers["set-cookie"]
        assert (await here.get("/portal/api/me")).json()["contact"]["id"] == str(contact_id)
        assert (await there.get("/portal/api/me")).status_code == 401
        assert (await log_in(there, email)).status_code == 401
        assert (await log_in(there, email, NEW)).status_code == 201
        again = await redeem(there, token, "yet another password")
        assert (again.status_code, again.json()["code"]) == (404, "portal.reset_not_found")
    changed = [e for e in await recorded(world.database, world.org_id) if isinstance(e, AccessChanged)][-1]
    assert (changed.name, changed.changed, changed.actor) == (
        "ficha.portal.access.changed.v1",
        ("password",),
        f"client:{contact_id}",
    )


async def test_the_event_says_whom_to_mail_and_nothing_of_what_opens_the_portal(world: World) -> None:
    contact_id, email = await a_client(world, name="Ana")
    token = await token_for(world, email)
    [wish] = await wishes(world)
    assert wish.model_dump(exclude={"id", "expires_at"}) == {
        "contact_id": contact_id,
        "contact_name": "Ana",
        "contacts": [{"id": contact_id, "name": "Ana"}],
        "email": email,
        "language": "ca",
        "organization_name": "Acme, S.L.",
    }
    async with world.database.engine.connect() as connection:
        told = (await connection.execute(text("SELECT string_agg(encode(body, 'escape'), '') FROM outbox"))).scalar()
    async with world.database.transaction(Scope(world.org_id)) as session:
        kept = (await session.execute(text("SELECT string_agg(reset_wish::text, '') FROM reset_wish"))).scalar()
    assert token
    assert token not in str(told)
    assert token not in str(kept)


async def test_the_link_names_the_company_and_keeps_its_token_from_servers(world: World) -> None:
    _, email = await a_client(world)
    await ask(world, email)
    url = urlsplit((await mail(world, (await wishes(world))[-1].id)).json()["url"])
    assert (url.scheme, url.netloc, url.path, url.query) == (
        "http",
        "ficha.test",
        "/portal/password",
        f"org={world.slug}",
    )
    assert len(url.fragment) == 43


async def test_nobody_but_who_mails_it_is_given_the_link(world: World, other_world: World) -> None:
    _, email = await a_client(world)
    await ask(world, email)
    [wish] = await wishes(world)
    path = f"/internal/password-resets/{wish.id}/link"
    for actor, scope in [
        ("user:1", "*"),
        ("user:1", "portal:links"),
        ("service:documents", "portal:read"),
        ("service:documents", "*"),
        ("visitor", "portal:client"),
    ]:
        async with sibling(world, world.org_id, actor=actor, scope=scope) as asking:
            assert (await asking.post(path)).status_code == 403
    async with sibling(world, None, actor="service:notifications", scope="portal:links") as asking:
        assert (await asking.post(path)).status_code == 403
    assert (await mail(other_world, wish.id)).status_code == 404
    assert (await mail(world, new_id())).status_code == 404


async def test_only_the_latest_mail_of_the_latest_wish_is_good(world: World) -> None:
    _, email = await a_client(world)
    first = await token_for(world, email)
    second = await token_for(world, email)
    third = urlsplit((await mail(world, (await wishes(world))[-1].id)).json()["url"]).fragment
    assert (await mail(world, (await wishes(world))[0].id)).status_code == 404
    async with visitor_of(world.app) as visitor:
        assert [(await redeem(visitor, token)).status_code for token in (first, second, third)] == [404, 404, 201]


async def test_it_is_void_after_an_hour(world: World) -> None:
    _, email = await a_client(world)
    token = await token_for(world, email)
    async with world.database.transaction(Scope(world.org_id)) as session:
        left = await session.execute(text("SELECT extract(epoch FROM expires_at - now()) FROM reset_wish"))
        assert 3500 < float(left.scalar_one()) <= 3600
        await session.execute(text("UPDATE reset_wish SET expires_at = now()"))
    async with visitor_of(world.app) as visitor:
        assert (await redeem(visitor, token)).status_code == 404
    assert (await mail(world, (await wishes(world))[-1].id)).status_code == 404


@pytest.mark.parametrize("what", ["staff change it", "staff remove it", "the client changes it", "closed", "deleted"])
async def test_it_is_void_when_the_password_changes_or_the_portal_closes(world: World, what: str) -> None:
    contact_id, email = await a_client(world)
    path = f"/api/v1/contacts/{contact_id}/portal"
    token = await token_for(world, email)
    async with world.staff() as staff, visitor_of(world.app) as client:
        match what:
            case "staff change it":
                await staff.put(f"{path}/password", json={"password": "somewhat unlike the last"})
            case "staff remove it":
                await staff.delete(f"{path}/password")
            case "the client changes it":
                await log_in(client, email)
                await client.put("/portal/api/password", json={"current": PASSWORD, "new": NEW})
            case "closed":
                await world.open_portal(contact_id, password=None, enabled=False)
            case "deleted":
                gone = world.contact_state(contact_id, emails=[email], deleted=True)
                await world.tell(ContactDeleted, gone, version=2)
    async with visitor_of(world.app) as visitor:
        assert (await redeem(visitor, token)).status_code == 404
        assert not visitor.cookies


async def test_a_change_of_settings_leaves_it_good(world: World) -> None:
    contact_id, email = await a_client(world)
    token = await token_for(world, email)
    await world.open_portal(contact_id, password=None, catalogue=False)
    async with visitor_of(world.app) as visitor:
        assert (await redeem(visitor, token)).status_code == 201


async def test_who_asks_learns_nothing_from_the_answer_nor_from_its_time(world: World) -> None:
    _, known = await a_client(world)
    closed, no_password = new_email(), new_email()
    await world.open_portal(await world.contact(closed), enabled=False)
    await world.open_portal(await world.contact(no_password), password=None)
    answers, seconds = set(), []
    for email in (known, closed, no_password, new_email(), "not even an e-mail"):
        for organization in ({}, {"organization": world.slug}, {"organization": "nobody"}):
            began = time.perf_counter()
            answer = await ask(world, email, **organization)
            seconds.append(time.perf_counter() - began)
            answers.add((answer.status_code, answer.content, answer.headers["cache-control"]))
    assert answers == {(202, b"", "private, no-store")}
    assert min(seconds) >= 0.4
    assert [wish.email for wish in await wishes(world)] == [known, known]


async def test_each_company_that_knows_the_email_mails_its_own_link_unless_one_is_named(
    world: World, other_world: World
) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    await other_world.open_portal(await other_world.contact(email))
    await ask(world, email)
    assert (len(await wishes(world)), len(await wishes(other_world))) == (1, 1)
    await ask(world, email, organization=world.slug)
    assert (len(await wishes(world)), len(await wishes(other_world))) == (2, 1)
    token = urlsplit((await mail(world, (await wishes(world))[-1].id)).json()["url"]).fragment
    async with visitor_of(world.app) as visitor:
        assert (await redeem(visitor, token)).json()["organization"]["slug"] == world.slug
        assert (await log_in(visitor, email, organization=other_world.slug)).status_code == 201


async def test_asking_is_slowed_like_logging_in_and_floods_nobody(world: World) -> None:
    _, email = await a_client(world)
    answers = await asyncio.gather(*(ask(world, email, address="198.51.100.20") for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [202] * 10 + [429] * 2
    assert (await ask(world, email)).status_code == 202, "nobody else is locked out"
    assert len(await wishes(world)) == 5, "but the mailbox is left in peace"


async def test_a_link_is_used_by_one_of_two_at_once(world: World) -> None:
    _, email = await a_client(world)
    token = await token_for(world, email)
    async with visitor_of(world.app) as one, visitor_of(world.app) as two:
        answers = await asyncio.gather(
            redeem(one, token, "the first password"), redeem(two, token, "the other password")
        )
        assert sorted(answer.status_code for answer in answers) == [201, 404]


async def test_a_short_password_uses_nothing_up(world: World) -> None:
    _, email = await a_client(world)
    token = await token_for(world, email)
    async with visitor_of(world.app) as visitor:
        short = await redeem(visitor, token, "short")
        assert (short.status_code, short.json()["errors"][0]["field"]) == (422, "password")
        assert (await redeem(visitor, "made-up")).status_code == 404
        assert (await redeem(visitor, token)).status_code == 201
