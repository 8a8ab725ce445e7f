"""Staff looking at a portal as its client: everything seen, nothing changed, and logged."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.previews.service import LIFE, NEEDED
from portal.sessions.service import recognise
from portal.tokens import hash_of
from shared.clock import standing_at, utc_now
from shared.db.tenancy import Scope
from shared.events.gateway import ApiKeyDeleted, ApiKeyState, UserState, UserUpdated
from shared.identifiers import new_id
from tests.portal.world import HOST, PASSWORD, World, new_email, visitor_of
from tests.support.identity import client_of
from tests.support.outbox import recorded

WITHOUT_LOGIN = {
    "/portal/api/session",
    "/portal/api/preview",
    "/portal/api/password-resets",
    "/portal/api/password-resets/open",
    "/portal/api/password-resets/redeem",
}
"""Where nobody is asked who it is, and a preview is nobody either."""


async def link(world: World, contact_id: UUID) -> str:
    async with world.staff() as staff:
        answer = await staff.post(f"/api/v1/contacts/{contact_id}/portal/preview")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"])


async def redeem(browser: httpx.AsyncClient, url: str, **values: Any) -> httpx.Response:
    """As the page at the link does: what stands behind the # is sent to no server by itself."""
    return await browser.post("/portal/api/preview", json={"token": urlsplit(url).fragment, **values})


@asynccontextmanager
async def previewing(world: World, contact_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with visitor_of(world.app) as browser:
        opened = await redeem(browser, await link(world, contact_id))
        assert opened.status_code == 201, opened.text
        yield browser


async def log(world: World) -> list[Any]:
    async with world.database.transaction(Scope(world.org_id)) as session:
        return list((await session.execute(text("SELECT * FROM preview_log ORDER BY id"))).all())


async def test_a_preview_opens_once_in_the_browser_of_whoever_asked(world: World) -> None:
    contact_id = await world.contact(new_email())
    url = await link(world, contact_id)
    assert url.startswith(f"{HOST}/portal/preview#")
    [row] = await log(world)
    assert (row.contact_id, row.actor, row.opened_at) == (contact_id, "user:test", None)
    assert row.expires_at - row.created_at == timedelta(minutes=10)
    assert urlsplit(url).fragment not in str(row)
    async with visitor_of(world.app) as browser:
        opened = await redeem(browser, url)
        assert opened.status_code == 201
        assert "HttpOnly" in opened.headers["set-cookie"]
        me = (await browser.get("/portal/api/me")).json()
        assert (me["contact"]["id"], me["read_only"]) == (str(contact_id), True)
    assert (await log(world))[0].opened_at is not None
    async with visitor_of(world.app) as other:
        again = await redeem(other, url)
        assert (again.status_code, again.json()["code"]) == (404, "portal.preview_not_found")
        assert (await redeem(other, "#made-up")).status_code == 404
        assert not other.cookies


async def test_link_and_view_end_together(world: World) -> None:
    contact_id = await world.contact(new_email())
    async with previewing(world, contact_id) as browser:
        unopened = await link(world, contact_id)
        async with world.database.transaction(Scope(world.org_id)) as session:
            await session.execute(text("UPDATE client_session SET expires_at = now()"))
            await session.execute(text("UPDATE preview_log SET expires_at = now()"))
        over = await browser.get("/portal/api/me")
        assert (over.status_code, over.json()["code"]) == (401, "portal.preview_over")
        assert (await redeem(browser, unopened)).status_code == 404


async def test_a_preview_shows_what_the_client_sees(world: World) -> None:
    contact_id = await world.contact(new_email())
    document_id = await world.document(contact_id)
    await world.document(contact_id, status="draft")
    stranger = await world.document(await world.contact(new_email()))
    await world.product("Queso")
    paths = ["documents", f"documents/{document_id}", f"documents/{document_id}/pdf", "catalogue", "orders"]
    async with world.client(contact_id) as client, previewing(world, contact_id) as browser:
        for path in paths:
            seen, previewed = await client.get(f"/portal/api/{path}"), await browser.get(f"/portal/api/{path}")
            assert (previewed.status_code, previewed.content) == (200, seen.content), path
        assert (await browser.get(f"/portal/api/documents/{stranger}")).status_code == 404


async def test_a_preview_is_no_view_of_the_clients(world: World) -> None:
    contact_id = await world.contact(new_email())
    document_id = await world.document(contact_id)
    async with previewing(world, contact_id) as browser:
        for path in (f"documents/{document_id}", f"documents/{document_id}/pdf"):
            assert (await browser.get(f"/portal/api/{path}")).status_code == 200
    assert await recorded(world.database, world.org_id) == []


async def test_a_preview_writes_nothing(world: World) -> None:
    contact_id = await world.contact(new_email())
    estimate = await world.document(contact_id, type="estimate")
    product = await world.product("Queso")
    await world.open_portal(contact_id)
    before = await recorded(world.database, world.org_id)
    writes: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"documents/{estimate}/accept", {}),
        ("POST", f"documents/{estimate}/reject", {"reason": "x"}),
        ("POST", f"documents/{estimate}/payments", {"method": "transfer"}),
        ("POST", "orders", {"lines": [{"product_id": str(product), "quantity": "1"}]}),
        ("POST", "orders", {"lines": []}),
        ("PUT", "password", {"current": PASSWORD, "new": "an altogether new one"}),
    ]
    async with previewing(world, contact_id) as browser:
        for method, path, body in writes:
            answer = await browser.request(method, f"/portal/api/{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "portal.read_only"), path
        operations = world.app.openapi()["paths"]
        writing = {
            path
            for path, item in operations.items()
            if path.startswith("/portal/api/") and {"post", "put", "patch", "delete"} & set(item)
        }
        tried = {f"/portal/api/{path.replace(str(estimate), '{document_id}')}" for _, path, _ in writes}
        assert writing == tried | WITHOUT_LOGIN
        assert (await browser.delete("/portal/api/session")).status_code == 204
        assert (await browser.get("/portal/api/me")).status_code == 401
    assert await recorded(world.database, world.org_id) == before


async def test_the_database_itself_refuses_a_previews_writes(world: World) -> None:
    contact_id = await world.contact(new_email())
    await world.document(contact_id)
    async with previewing(world, contact_id) as browser:
        token = hash_of(browser.cookies["ficha_portal_preview"])
        async with world.database.transaction(Scope(None)) as session:
            assert await recognise(session, token)
            with pytest.raises(DBAPIError, match="read-only transaction"):
                await session.execute(text("UPDATE document SET paid_total = total"))
            await session.rollback()


async def test_staff_may_look_before_they_open_the_portal(world: World) -> None:
    contact_id = await world.contact(new_email())
    async with previewing(world, contact_id) as browser:
        me = (await browser.get("/portal/api/me")).json()
        assert (me["payment_methods"], me["catalogue"]) == ([], False)


async def test_looking_takes_the_right_to_write(world: World) -> None:
    contact_id = await world.contact(new_email())
    async with world.staff("portal:read") as reader:
        assert (await reader.post(f"/api/v1/contacts/{contact_id}/portal/preview")).status_code == 403
    assert await log(world) == []


async def test_a_preview_replaces_nobody_and_asks_before_it_stands_in_front(world: World) -> None:
    contact_id, other_id = await world.contact(new_email(), name="Mirada"), await world.contact(new_email())
    async with world.client(other_id) as browser:
        mine = browser.cookies["ficha_portal"]
        url = await link(world, contact_id)
        asked = await redeem(browser, url)
        assert (asked.status_code, asked.json()["code"]) == (409, "portal.already_inside")
        assert asked.json()["contact"] == "Cliente"
        assert (await browser.get("/portal/api/me")).json()["contact"]["id"] == str(other_id)
        assert (await redeem(browser, url, beside=True)).status_code == 201, "asking used nothing up"
        assert (await browser.get("/portal/api/me")).json()["contact"]["id"] == str(contact_id)
        again = await redeem(browser, await link(world, other_id))
        assert (again.status_code, again.json()["contact"]) == (409, "Mirada")
        assert (await browser.delete("/portal/api/session")).status_code == 204
        assert browser.cookies["ficha_portal"] == mine
        me = (await browser.get("/portal/api/me")).json()
        assert (me["contact"]["id"], me["read_only"]) == (str(other_id), False)


async def test_a_preview_that_ends_does_not_turn_into_the_session_behind_it(world: World) -> None:
    async with world.client() as browser:
        await redeem(browser, await link(world, await world.contact(new_email())), beside=True)
        async with world.database.transaction(Scope(world.org_id)) as session:
            await session.execute(text("UPDATE client_session SET expires_at = now() WHERE read_only"))
        for method in ("GET", "POST"):
            answer = await browser.request(method, "/portal/api/orders", json={"lines": []})
            assert (answer.status_code, answer.json()["code"]) == (401, "portal.preview_over")
        await browser.delete("/portal/api/session")
        assert (await browser.get("/portal/api/me")).status_code == 200


async def test_a_link_opened_by_address_alone_does_nothing(world: World) -> None:
    url = await link(world, await world.contact(new_email()))
    async with visitor_of(world.app) as browser:
        for path in ("/portal/api/preview", f"/portal/api/preview/{urlsplit(url).fragment}"):
            assert (await browser.get(path)).status_code in (404, 405)
        assert (await redeem(browser, url)).status_code == 201


async def told_of_user(world: World, user_id: UUID, **values: Any) -> None:
    state = UserState(id=user_id, name="Ana", email="ana@acme.example", is_admin=False, active=True)
    await world.tell(UserUpdated, state.model_copy(update=values), version=2)


@pytest.mark.parametrize(
    ("values", "goes_on"),
    [
        ({"active": False, "scopes": ["*"]}, False),
        ({"scopes": ["contacts:read"]}, False),
        ({"scopes": ["portal:read", "portal:write"]}, False),
        ({"scopes": ["portal:read", "portal:write", "documents:read"]}, True),
        ({"scopes": ["*"]}, True),
    ],
)
async def test_a_preview_ends_with_the_right_of_who_asked_for_it(
    world: World, values: dict[str, Any], goes_on: bool
) -> None:
    contact_id, user_id, other_id = await world.contact(new_email()), new_id(), new_id()

    async def asked_by(actor: str) -> str:
        async with client_of(world.app, world.org_id, *NEEDED, actor=actor) as staff:
            return str((await staff.post(f"/api/v1/contacts/{contact_id}/portal/preview")).json()["url"])

    async with visitor_of(world.app) as browser, visitor_of(world.app) as others, visitor_of(world.app) as keyed:
        await redeem(browser, await asked_by(f"user:{user_id}"))
        await redeem(others, await asked_by(f"user:{other_id}"))
        await redeem(keyed, await asked_by(f"key:{new_id()}"))
        unopened = await asked_by(f"user:{user_id}")
        await told_of_user(world, user_id, **values)
        expected = 200 if goes_on else 401
        assert (await browser.get("/portal/api/me")).status_code == expected
        assert (await keyed.get("/portal/api/me")).status_code == expected, "it may be this person's key"
        assert (await others.get("/portal/api/me")).status_code == 200
        assert (await redeem(browser, unopened, beside=True)).status_code == (201 if goes_on else 404)


async def test_a_preview_ends_with_the_key_that_asked_for_it(world: World) -> None:
    contact_id, key_id = await world.contact(new_email()), new_id()
    async with client_of(world.app, world.org_id, *NEEDED, actor=f"key:{key_id}") as program:
        url = (await program.post(f"/api/v1/contacts/{contact_id}/portal/preview")).json()["url"]
    async with visitor_of(world.app) as browser:
        await redeem(browser, url)
        gone = ApiKeyState(id=key_id, name="x", scopes=[], created_by="user:1", user_id=new_id(), deleted=True)
        await world.tell(ApiKeyDeleted, gone, version=2)
        assert (await browser.get("/portal/api/me")).status_code == 401


@pytest.mark.parametrize("of_its_life", [0.5, 2])
async def test_a_preview_ends_no_later_than_the_key_that_asked_for_it(world: World, of_its_life: float) -> None:
    """By the clock: a key that runs out tells nobody."""
    contact_id, now = await world.contact(new_email()), utc_now().replace(microsecond=0)
    until, ends = now + LIFE * of_its_life, now + LIFE * min(of_its_life, 1)
    actor = f"key:{new_id()}"
    async with visitor_of(world.app) as browser:
        with standing_at(now):
            async with client_of(world.app, world.org_id, *NEEDED, actor=actor, until=until) as program:
                path = f"/api/v1/contacts/{contact_id}/portal/preview"
                opened, left = [(await program.post(path)).json() for _ in range(2)]
            assert datetime.fromisoformat(opened["expires_at"]) == ends
            assert (await redeem(browser, opened["url"])).status_code == 201
        for seconds, status in ((-1, 200), (0, 401)):
            with standing_at(ends + timedelta(seconds=seconds)):
                assert (await browser.get("/portal/api/me")).status_code == status
        with standing_at(ends):
            assert (await redeem(browser, left["url"], beside=True)).status_code == 404


@pytest.mark.parametrize("missing", sorted(NEEDED))
async def test_a_preview_takes_reading_what_it_shows(world: World, missing: str) -> None:
    contact_id = await world.contact(new_email())
    async with client_of(world.app, world.org_id, *(NEEDED - {missing})) as staff:
        assert (await staff.post(f"/api/v1/contacts/{contact_id}/portal/preview")).status_code == 403
    assert await log(world) == []
