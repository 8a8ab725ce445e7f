"""Dead letters of all services through the one door: composed, held to administrators, decided where they are kept."""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from pydantic import SecretStr

from gateway.main import create_app
from shared.bus.consumer import Consumer
from shared.bus.dead_letters import store_letters
from shared.bus.message import Message
from shared.bus.topology import ATTEMPT, FIRST_FAILURE, HANDLER, LAST_FAILURE, REASON
from shared.clock import utc_now
from shared.db.session import Database
from shared.dead_letters.routes import router
from shared.identifiers import new_id
from shared.settings import ServiceSettings
from shared.web import app as web
from tests.gateway.conftest import Person, log_in, new_person, settings_for
from tests.gateway.peers import Peer, serving
from tests.support.identity import ISSUERS
from tests.support.postgres import Databases

PATH = "/api/v1/operations/dead-letters"
KEPT_BY = ("contacts", "crm", "gateway")
"""Who has a database here; the others are stand-ins, with no dead letters."""
Kept = dict[str, Database]


@pytest.fixture(scope="session")
async def kept(databases: Databases, database: Database) -> AsyncIterator[Kept]:
    async with databases.connect("contacts") as contacts, databases.connect("crm") as crm:
        yield {"contacts": contacts, "crm": crm, "gateway": database}


@pytest.fixture(scope="session")
async def door(running_peers: dict[str, Peer], kept: Kept) -> AsyncIterator[str]:
    """Where a gateway listens that has contacts' and crm's real dead letters behind it."""
    settings = ServiceSettings(database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=ISSUERS)
    async with AsyncExitStack() as stack:
        urls = {
            f"{service}_url": await stack.enter_async_context(
                serving(web.create_app(service, settings, kept[service], [router]))
            )
            for service in ("contacts", "crm")
        }
        app = create_app(settings_for(running_peers, service_timeout_seconds=1, **urls), kept["gateway"])
        yield await stack.enter_async_context(serving(app, app.state.settings.port))


@pytest.fixture
async def client(door: str, peers: dict[str, Peer], admin: Person) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=door) as client:
        assert (await log_in(client, admin)).status_code == 201
        yield client


async def dead(kept: Kept, service: str, org_id: UUID, *, age: float = 0, reason: str = "KeyError: 'x'") -> str:
    """One that died `age` seconds ago."""
    event_id, died = new_id(), (utc_now() - timedelta(seconds=age)).isoformat()
    body = orjson.dumps({"id": event_id, "orgid": org_id})
    failed: dict[str, str | int] = {REASON: reason, HANDLER: "on_thing", ATTEMPT: 6}
    message = Message(event_id, "ficha.a.b.c.v1", body, {**failed, FIRST_FAILURE: died, LAST_FAILURE: died})
    await store_letters(Consumer(service, kept[service], []), [message])
    return str(event_id)


async def read(client: httpx.AsyncClient, path: str = "", **query: Any) -> dict[str, Any]:
    answer = await client.get(f"{PATH}{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_they_are_listed_over_all_services_latest_first_page_by_page(
    client: httpx.AsyncClient, kept: Kept, admin: Person
) -> None:
    order = [KEPT_BY[place] for place in (0, 1, 2, 0, 0, 0, 1, 2, 2, 1)]
    made = [(service, await dead(kept, service, admin.org_id, age=age)) for age, service in enumerate(order)]
    for limit in (1, 2, 3, 10, 200):
        met = []
        page: dict[str, Any] = {"next_cursor": None}
        while True:
            page = await read(client, limit=limit, **({"cursor": page["next_cursor"]} if page["next_cursor"] else {}))
            assert (len(page["items"]) <= limit, page["unavailable"]) == (True, [])
            met += [(letter["service"], letter["event_id"]) for letter in page["items"]]
            if page["next_cursor"] is None:
                break
        assert met == made
    for service in KEPT_BY:
        page = await read(client, service=service)
        assert [(letter["service"], letter["event_id"]) for letter in page["items"]] == [
            letter for letter in made if letter[0] == service
        ]
    assert (await read(client, service="files"))["items"] == []


async def test_groups_are_listed_over_all_services(client: httpx.AsyncClient, kept: Kept, admin: Person) -> None:
    for age in (5, 3):
        await dead(kept, "crm", admin.org_id, age=age)
    newest = await dead(kept, "crm", admin.org_id, age=1)
    own = await dead(kept, "gateway", admin.org_id, age=2)
    page = await read(client, "/groups")
    assert [(g["service"], g["cause"], g["count"], g["example_id"]) for g in page["items"]] == [
        ("crm", "on_thing: KeyError: <text>", 3, newest),
        ("gateway", "on_thing: KeyError: <text>", 1, own),
    ]
    assert (page["unavailable"], page["next_cursor"]) == ([], None)
    first = await read(client, "/groups", limit=1)
    second = await read(client, "/groups", limit=1, cursor=first["next_cursor"])
    assert first["items"] + second["items"] == page["items"]


@pytest.mark.parametrize("service", ["crm", "gateway"])
async def test_a_decision_is_made_where_the_letter_is_and_tells_who_made_it(
    client: httpx.AsyncClient, kept: Kept, admin: Person, service: str
) -> None:
    event_id, other = [await dead(kept, service, admin.org_id) for _ in range(2)]
    third = await dead(kept, service, admin.org_id, reason="ValueError: no")
    which = {"service": service, "event_id": event_id}
    answer = await client.post(f"{PATH}/replay", json={**which, "reason": "mended"})
    assert answer.json() == {"service": service, "action": "replaying", "changed": 1, "skipped": 0}
    again = await client.post(f"{PATH}/discard", json={**which, "reason": "no"})
    assert (again.status_code, again.json()["code"]) == (409, "dead_letters.not_dead")
    assert again.headers["content-type"] == "application/problem+json"
    group = {"service": service, "cause": "on_thing: KeyError: <text>", "reason": "nobody needs it"}
    answer = await client.post(f"{PATH}/discard", json=group)
    assert answer.json() == {"service": service, "action": "discarded", "changed": 1, "skipped": 1}
    assert (await client.post(f"{PATH}/replay", json={"service": service, "all": True})).json()["changed"] == 1

    me = (await client.get("/api/v1/session")).json()["user"]["id"]
    letters = [await read(client, f"/{service}/{found}") for found in (event_id, other, third)]
    assert [letter["status"] for letter in letters] == ["replaying", "discarded", "replaying"]
    assert [(done["action"], done["actor"], done["reason"]) for done in letters[0]["actions"]] == [
        ("dead", "system", "KeyError: 'x'"),
        ("replaying", f"user:{me}", "mended"),
    ]
    assert letters[1]["actions"][-1]["reason"] == "nobody needs it"
    assert letters[0]["body"] == {"id": event_id, "orgid": str(admin.org_id)}
    missing = await client.get(f"{PATH}/{service}/{new_id()}")
    assert (missing.status_code, missing.json()["code"]) == (404, "dead_letters.not_found")


@pytest.mark.parametrize("service", ["crm", "gateway"])
async def test_a_decision_sent_twice_under_one_key_is_one_decision(
    client: httpx.AsyncClient, kept: Kept, admin: Person, service: str
) -> None:
    event_id = await dead(kept, service, admin.org_id)
    body, key = {"service": service, "event_id": event_id}, {"Idempotency-Key": str(new_id())}
    answers = [await client.post(f"{PATH}/replay", json=body, headers=key) for _ in range(2)]
    assert [(answer.status_code, answer.json()["changed"]) for answer in answers] == [(200, 1)] * 2
    reused = await client.post(f"{PATH}/replay", json={**body, "reason": "another"}, headers=key)
    assert (reused.status_code, reused.json()["errors"][0]["code"]) == (422, "idempotency_key_reused")
    assert len((await read(client, f"/{service}/{event_id}"))["actions"]) == 2


async def test_a_service_that_is_away_is_named_and_the_others_are_shown(
    peers: dict[str, Peer], kept: Kept, admin: Person
) -> None:
    own = await dead(kept, "gateway", admin.org_id)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}"
    app = create_app(settings_for(peers, crm_url=nowhere, service_timeout_seconds=1), kept["gateway"])
    peers["files"].mode, peers["portal"].mode = "error", "nonsense"
    async with serving(app, app.state.settings.port) as url, httpx.AsyncClient(base_url=url) as client:
        await log_in(client, admin)
        for path in ("", "/groups"):
            page = await read(client, path)
            assert page["unavailable"] == ["crm", "files", "portal"]
            assert [item["service"] for item in page["items"]] == ["gateway"]
        assert (await read(client, service="crm"))["unavailable"] == ["crm"]
        assert (await read(client, service="gateway"))["items"][0]["event_id"] == own
        one = await client.get(f"{PATH}/crm/{own}")
        decision = await client.post(f"{PATH}/replay", json={"service": "crm", "all": True})
        for answer in (one, decision):
            assert (answer.status_code, answer.json()["code"]) == (503, "gateway.service_unavailable")


async def test_a_service_that_hangs_is_given_up_soon(
    client: httpx.AsyncClient, peers: dict[str, Peer], kept: Kept, admin: Person
) -> None:
    await dead(kept, "crm", admin.org_id)
    peers["documents"].mode = "hang"
    page = await read(client)
    assert ([letter["service"] for letter in page["items"]], page["unavailable"]) == (["crm"], ["documents"])


async def test_only_administrators_and_their_keys_get_in(
    client: httpx.AsyncClient, database: Database, kept: Kept, admin: Person
) -> None:
    event_id = await dead(kept, "crm", admin.org_id)
    one, body = f"/crm/{event_id}", {"service": "crm", "event_id": event_id, "reason": "x"}

    async def statuses(asking: httpx.AsyncClient) -> list[int]:
        reads = [(await asking.get(f"{PATH}{path}")).status_code for path in ("", "/groups", one)]
        return reads + [(await asking.post(f"{PATH}/{what}", json=body)).status_code for what in ("replay", "discard")]

    member = await new_person(database, org_id=admin.org_id, is_admin=False)
    async with httpx.AsyncClient(base_url=client.base_url) as other:
        assert await statuses(other) == [401] * 5
        await log_in(other, member)
        assert await statuses(other) == [403] * 5

    async def program(*scopes: str) -> httpx.AsyncClient:
        made = await client.post("/api/v1/api-keys", json={"name": "ops", "scopes": scopes})
        assert made.status_code == 201, made.text
        headers = {"Authorization": f"Bearer {made.json()['key']}"}
        return httpx.AsyncClient(base_url=client.base_url, headers=headers)

    async with await program("contacts:write", "organization:write") as unfit:
        assert await statuses(unfit) == [403] * 5
        grab = await unfit.post("/api/v1/api-keys", json={"name": "more", "scopes": ["operations:write"]})
        assert (grab.status_code, grab.json()["code"]) == (403, "gateway.scope_not_held")
    async with await program("operations:read") as reader:
        assert await statuses(reader) == [200, 200, 200, 403, 403]
    assert (await read(client, one))["status"] == "dead"
    async with await program("operations:read", "operations:write") as operator:
        assert await statuses(operator) == [200, 200, 200, 200, 409]
    assert (await read(client, one))["actions"][-1]["actor"].startswith("key:")


async def test_another_organisations_are_not_there(
    client: httpx.AsyncClient, kept: Kept, admin: Person, database: Database
) -> None:
    stranger = await new_person(database)
    theirs = {service: await dead(kept, service, stranger.org_id) for service in KEPT_BY}
    assert (await read(client))["items"] == (await read(client, "/groups"))["items"] == []
    for service, event_id in theirs.items():
        assert (await client.get(f"{PATH}/{service}/{event_id}")).status_code == 404
        for action in ("replay", "discard"):
            body = {"service": service, "event_id": event_id, "reason": "not mine"}
            assert (await client.post(f"{PATH}/{action}", json=body)).status_code == 404
        group = {"service": service, "cause": "on_thing: KeyError: <text>", "reason": "not mine"}
        assert (await client.post(f"{PATH}/discard", json=group)).json()["changed"] == 0
    async with httpx.AsyncClient(base_url=client.base_url) as their:
        await log_in(their, stranger)
        assert {letter["event_id"] for letter in (await read(their))["items"]} == set(theirs.values())


async def test_what_is_between_services_is_not_for_the_outside(client: httpx.AsyncClient) -> None:
    answer = await client.get("/internal/dead-letters")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "query", [{"service": "nobody"}, {"status": "lost"}, {"cursor": "x"}, {"cause": ""}, {"name": "\0"}, {"limit": 201}]
)
async def test_what_cannot_be_asked_is_refused(client: httpx.AsyncClient, query: dict[str, Any]) -> None:
    for path in ("", "/groups"):
        answer = await client.get(f"{PATH}{path}", params=query)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, next(iter(query)))
