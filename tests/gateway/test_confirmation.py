"""What gives others rights, or sends money elsewhere, takes a password given lately."""

from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from gateway.main import create_app
from gateway.proxy import OWNERS
from shared.clock import utc_now
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.gateway.conftest import PASSWORD, Person, behind_a_proxy, log_in, settings_for
from tests.gateway.peers import Peer, serving
from tests.gateway.test_accounts import new_key, program
from tests.gateway.test_audit import entries

CODE = "gateway.confirm_password"
IBAN = "ES9121000418450200051332"
KEY = {"name": "program", "scopes": ["contacts:read"]}


class Write(NamedTuple):
    method: str
    path: str
    body: Any = None

    @property
    def name(self) -> str:
        """The same in every process of a run, whatever e-mail its body has."""
        return f"{self.method} {self.path} {','.join(self.body or ())}"


def user_body() -> dict[str, object]:
    return {"name": "Eva", "email": f"{new_id().hex}@example.com", "password": PASSWORD}


ASKED = [
    Write("POST", "/api/v1/users", user_body()),
    Write("POST", "/api/v1/users", {**user_body(), "is_admin": True}),
    Write("PATCH", "/api/v1/users/{me}", {"name": "Eva"}),
    Write("PATCH", "/api/v1/users/{me}", {"is_admin": False}),
    Write("PATCH", "/api/v1/users/{me}", {"active": False}),
    Write("PATCH", "/api/v1/users/{me}", {"password": "another long phrase"}),
    Write("POST", "/api/v1/api-keys", KEY),
    Write("DELETE", "/api/v1/api-keys/{id}"),
    Write("PATCH", "/api/v1/organization", {"iban": IBAN}),
    Write("PATCH", "/api/v1/organization", {"bic": "CAIXESBB"}),
    Write("PATCH", "/api/v1/organization", {"name": "Acme", "iban": IBAN}),
    Write("POST", "/api/v1/webhooks", {}),
    Write("PATCH", "/api/v1/webhooks/{id}", {}),
    Write("DELETE", "/api/v1/webhooks/{id}"),
    Write("POST", "/api/v1/webhooks/{id}/rotate-secret", {}),
]
NOT_ASKED = [
    Write("PATCH", "/api/v1/organization", {"name": "Acme 2", "iban": None}),
    Write("PATCH", "/api/v1/organization", {"phone": "+34910000000"}),
    Write("PUT", "/api/v1/organization/logo"),
    Write("DELETE", "/api/v1/organization/logo"),
    Write("POST", "/api/v1/contacts", {"name": "x"}),
    Write("PUT", "/api/v1/session/password", {"current_password": "x", "new_password": "something quite new"}),
    Write("POST", "/api/v1/session/confirm", {"password": "x"}),
    Write("POST", "/api/v1/session/password/check", {"password": "x"}),
    Write("GET", "/api/v1/webhooks"),
    Write("GET", "/api/v1/api-keys"),
    Write("GET", "/api/v1/users"),
]
"""The last word of whoever is asked for it themselves, or what gives nobody anything."""


async def grow_old(database: Database, person: Person, minutes: float = 16) -> None:
    async with database.transaction(Scope(org_id=person.org_id)) as session:
        await session.execute(
            text("UPDATE login_session SET confirmed_at = :at"), {"at": utc_now() - timedelta(minutes=minutes)}
        )


async def ask(client: httpx.AsyncClient, write: Write) -> httpx.Response:
    me = (await client.get("/api/v1/session")).json()["user"]["id"]
    path = write.path.format(me=me, id=new_id())
    return await client.request(write.method, path, **({} if write.body is None else {"json": write.body}))


@pytest.fixture
async def old(client: httpx.AsyncClient, app: FastAPI, database: Database, admin: Person) -> httpx.AsyncClient:
    """The administrator, whose login is a quarter of an hour old."""
    await grow_old(database, admin)
    app.state.authentication.forget(admin.org_id)
    return client


@pytest.mark.parametrize("write", ASKED, ids=lambda write: write.name)
async def test_it_takes_the_password_again(old: httpx.AsyncClient, write: Write) -> None:
    refused = await ask(old, write)
    assert (refused.status_code, refused.json()["code"]) == (403, CODE)
    assert (await old.post("/api/v1/session/confirm", json={"password": PASSWORD})).status_code == 204
    answer = await ask(old, write)
    assert answer.status_code != 403, answer.text


@pytest.mark.parametrize("write", NOT_ASKED, ids=lambda write: write.name)
async def test_what_gives_nobody_anything_does_not(old: httpx.AsyncClient, write: Write) -> None:
    answer = await ask(old, write)
    assert CODE not in answer.text


def test_a_new_route_says_which_it_is(app: FastAPI) -> None:
    """Whoever writes one about people, keys, the organisation, sessions or webhooks decides, and says so above."""
    nouns = ("/api/v1/users", "/api/v1/api-keys", "/api/v1/organization", "/api/v1/session/")
    said = {(write.method, write.path.replace("{me}", "{}").replace("{id}", "{}")) for write in ASKED + NOT_ASKED}
    routes = {
        (method.upper(), path.replace("{user_id}", "{}").replace("{key_id}", "{}"))
        for path, item in app.openapi()["paths"].items()
        if path.startswith(nouns)
        for method in item
        if method != "get"
    }
    assert routes
    assert routes - said == set()
    assert {owned.path for owned in OWNERS if owned.confirmed} == {"/api/v1/webhooks"}


@pytest.mark.parametrize("write", ASKED, ids=lambda write: write.name)
async def test_a_login_that_was_just_made_counts(client: httpx.AsyncClient, write: Write) -> None:
    assert CODE not in (await ask(client, write)).text


async def test_the_same_iban_again_is_no_change(old: httpx.AsyncClient) -> None:
    await old.post("/api/v1/session/confirm", json={"password": PASSWORD})
    assert (await old.patch("/api/v1/organization", json={"iban": IBAN})).status_code == 200


async def test_what_is_refused_has_not_happened(old: httpx.AsyncClient) -> None:
    before = (await old.get("/api/v1/organization")).json()
    await old.patch("/api/v1/organization", json={"name": "Mine", "iban": IBAN})
    await old.post("/api/v1/users", json=user_body())
    await old.post("/api/v1/api-keys", json=KEY)
    assert (await old.get("/api/v1/organization")).json() == before
    assert len((await old.get("/api/v1/users")).json()["items"]) == 1
    assert (await old.get("/api/v1/api-keys")).json()["items"] == []


async def test_programs_are_not_asked_and_give_no_more_than_they_have(old: httpx.AsyncClient) -> None:
    await old.post("/api/v1/session/confirm", json={"password": PASSWORD})
    key = (await new_key(old, "organization:write", "contacts:read")).json()["key"]
    async with program(old, key) as machine:
        assert (await machine.patch("/api/v1/organization", json={"iban": IBAN})).status_code == 200
        assert (await new_key(machine, "contacts:read")).status_code == 201
        assert (await new_key(machine, "contacts:write")).json()["code"] == "gateway.scope_not_held"
        assert (await machine.post("/api/v1/users", json=user_body())).json()["code"] == "forbidden"
        answer = await machine.post("/api/v1/session/confirm", json={"password": PASSWORD})
        assert answer.json()["code"] == "gateway.people_only"


async def test_a_wrong_password_confirms_nothing_and_is_slowed_down_and_written_down(old: httpx.AsyncClient) -> None:
    async def confirm(password: str) -> httpx.Response:
        return await old.post("/api/v1/session/confirm", json={"password": password})

    answers = [await confirm("nonsense") for _ in range(11)]
    assert [answer.json()["code"] for answer in answers] == [
        *["gateway.wrong_password"] * 10,
        "gateway.too_many_attempts",
    ]
    assert (await confirm(PASSWORD)).status_code == 429
    assert (await new_key(old, "contacts:read")).json()["code"] == CODE
    # Whoever sits at the stolen session uses up nobody's login.
    async with httpx.AsyncClient(base_url=old.base_url) as elsewhere:
        me = (await old.get("/api/v1/session")).json()["user"]
        body = {"email": me["email"], "password": PASSWORD}
        assert (await elsewhere.post("/api/v1/session", json=body)).status_code == 201
    refused = await entries(old, action="session.not_confirmed")
    assert [entry["reason"] for entry in refused] == ["wrong_password"] * 10
    assert await entries(old, action="session.confirmed") == []
    assert "nonsense" not in str(refused)


async def test_confirming_is_written_down(old: httpx.AsyncClient) -> None:
    await old.post("/api/v1/session/confirm", json={"password": PASSWORD})
    [entry] = await entries(old, action="session.confirmed")
    assert (entry["actor"]["name"], entry["subject"]["name"]) == ("Ana", "Ana")


@pytest.mark.parametrize("body", [{}, {"password": None}, {"password": "x" * 1001}, {"password": "x", "more": 1}])
async def test_a_confirmation_is_a_password_and_nothing_else(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await client.post("/api/v1/session/confirm", json=body)).status_code == 422


async def test_a_foreign_page_cannot_confirm(old: httpx.AsyncClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = await old.post("/api/v1/session/confirm", json={"password": PASSWORD}, headers=headers)
    assert answer.json()["code"] == "gateway.foreign_origin"


async def test_another_process_knows_at_once(
    client: httpx.AsyncClient, peers: dict[str, Peer], database: Database, admin: Person
) -> None:
    """What it remembers of the session is seconds old; who has just confirmed does not wait for that."""
    app = create_app(settings_for(peers), database)
    async with (
        serving(app, app.state.settings.port, door=behind_a_proxy()) as url,
        httpx.AsyncClient(base_url=url) as other,
    ):
        await grow_old(database, admin)
        other.cookies.set("ficha_session", client.cookies["ficha_session"])
        assert (await new_key(other, "contacts:read")).json()["code"] == CODE
        assert (await client.post("/api/v1/session/confirm", json={"password": PASSWORD})).status_code == 204
        assert (await new_key(other, "contacts:read")).status_code == 201


async def test_a_session_ended_meanwhile_is_not_confirmed(client: httpx.AsyncClient, admin: Person) -> None:
    async with httpx.AsyncClient(base_url=client.base_url) as other:
        await log_in(other, admin)
        change = {"current_password": PASSWORD, "new_password": "something quite new"}
        assert (await other.put("/api/v1/session/password", json=change)).status_code == 204
        answer = await client.post("/api/v1/session/confirm", json={"password": "something quite new"})
        assert answer.json()["code"] == "gateway.not_logged_in"
