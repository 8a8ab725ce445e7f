"""A service's dead letters over HTTP: who may see them, who may decide, and what is written down of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from shared.bus.consumer import Consumer
from shared.bus.dead_letters import store_letters
from shared.bus.message import Message
from shared.bus.topology import ATTEMPT, FIRST_FAILURE, HANDLER, LAST_FAILURE, REASON
from shared.clock import utc_now
from shared.db.session import Database
from shared.dead_letters.routes import router
from shared.identifiers import new_id
from shared.settings import ServiceSettings
from shared.web.app import create_app
from shared.web.pagination import encode_cursor
from tests.support.identity import ISSUERS, client_of

PATH = "/internal/dead-letters"
NAME = "ficha.probe.thing.changed.v1"


@pytest.fixture
def app(publisher: Database) -> FastAPI:
    settings = ServiceSettings(database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=ISSUERS)
    return create_app("probe", settings, publisher, [router])


@pytest.fixture
async def client(app: FastAPI, org_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, org_id, "operations:read", "operations:write") as client:
        yield client


async def dead(database: Database, org_id: UUID | None, *, reason: str = "KeyError: 'x'", age: int = 0) -> UUID:
    """One that died `age` seconds ago."""
    event_id, died = new_id(), (utc_now() - timedelta(seconds=age)).isoformat()
    body = orjson.dumps({"id": event_id, "orgid": org_id, "data": {"n": 1}}) if org_id else b"\xff"
    failed: dict[str, str | int] = {REASON: reason, HANDLER: "on_thing", ATTEMPT: 6}
    message = Message(event_id, NAME, body, {**failed, FIRST_FAILURE: died, LAST_FAILURE: died})
    await store_letters(Consumer("probe", database, []), [message])
    return event_id


async def shown(client: httpx.AsyncClient, event_id: UUID) -> dict[str, Any]:
    answer = await client.get(f"{PATH}/probe/{event_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_they_are_listed_latest_first_and_page_by_page(
    client: httpx.AsyncClient, publisher: Database, org_id: UUID
) -> None:
    made = [str(await dead(publisher, org_id, age=age)) for age in (5, 3, 1, 4, 2)]
    met = []
    query: dict[str, str | int] = {"limit": 2}
    while True:
        page = (await client.get(PATH, params=query)).json()
        met += [letter["event_id"] for letter in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert met == [made[i] for i in (2, 4, 1, 3, 0)]
    letter = page["items"][0]
    assert (letter["service"], letter["name"], letter["handler"], letter["attempts"], letter["status"]) == (
        *("probe", NAME, "on_thing"),
        *(6, "dead"),
    )


async def test_they_are_filtered_and_grouped(client: httpx.AsyncClient, publisher: Database, org_id: UUID) -> None:
    first = await dead(publisher, org_id, reason="KeyError: 'x'", age=3)
    newest = await dead(publisher, org_id, reason="KeyError: 'y'", age=1)
    other = await dead(publisher, org_id, reason="ValueError: no", age=2)
    groups = (await client.get(f"{PATH}/groups")).json()["items"]
    assert [(g["cause"], g["count"], g["example_id"]) for g in groups] == [
        ("on_thing: KeyError: <text>", 2, str(newest)),
        ("on_thing: ValueError: no", 1, str(other)),
    ]
    page = (await client.get(f"{PATH}/groups", params={"limit": 1})).json()
    rest = (await client.get(f"{PATH}/groups", params={"cursor": page["next_cursor"]})).json()
    assert [*page["items"], *rest["items"]] == groups

    async def ids(**query: str) -> list[str]:
        answer = await client.get(PATH, params=query)
        assert answer.status_code == 200, answer.text
        return [letter["event_id"] for letter in answer.json()["items"]]

    assert await ids(cause=groups[0]["cause"]) == [str(newest), str(first)]
    assert await ids(name=NAME, cause="on_thing: ValueError: no") == [str(other)]
    assert await ids(name="ficha.probe.other.changed.v1") == []
    assert await ids(status="discarded") == []


async def test_one_is_shown_with_its_event_and_everything_that_was_done(
    client: httpx.AsyncClient, publisher: Database, org_id: UUID
) -> None:
    event_id = await dead(publisher, org_id)
    for action, reason in (("replay", ""), ("discard", "nobody needs it")):
        body = {"service": "probe", "event_id": str(event_id), **({"reason": reason} if reason else {})}
        answer = await client.post(f"{PATH}/{action}", json=body)
        if action == "replay":
            assert answer.json() == {"service": "probe", "action": "replaying", "changed": 1, "skipped": 0}
        else:
            assert (answer.status_code, answer.json()["code"]) == (409, "dead_letters.not_dead")
            assert answer.json()["detail"] == "It is replaying already."
    letter = await shown(client, event_id)
    assert letter["body"] == {"id": str(event_id), "orgid": str(org_id), "data": {"n": 1}}
    assert letter["headers"][REASON] == "KeyError: 'x'"
    assert letter["status"] == "replaying"
    assert [(done["action"], done["actor"], done["reason"]) for done in letter["actions"]] == [
        ("dead", "system", "KeyError: 'x'"),
        ("replaying", "user:test", ""),
    ]


async def test_a_group_is_discarded_with_its_reason(
    client: httpx.AsyncClient, publisher: Database, org_id: UUID
) -> None:
    ids = [await dead(publisher, org_id) for _ in range(3)]
    kept = await dead(publisher, org_id, reason="ValueError: no")
    await client.post(f"{PATH}/replay", json={"service": "probe", "event_id": str(ids[0])})
    body = {"service": "probe", "cause": "on_thing: KeyError: <text>", "reason": " a test of ours "}
    answer = await client.post(f"{PATH}/discard", json=body)
    assert answer.json() == {"service": "probe", "action": "discarded", "changed": 2, "skipped": 1}
    assert (await shown(client, ids[1]))["actions"][-1]["reason"] == "a test of ours"
    assert [letter["event_id"] for letter in (await client.get(PATH)).json()["items"]] == [str(kept)]
    everything = await client.post(f"{PATH}/replay", json={"service": "probe", "all": True})
    assert everything.json() == {"service": "probe", "action": "replaying", "changed": 1, "skipped": 0}


async def test_another_organisations_letters_and_those_of_nobody_are_not_there(
    client: httpx.AsyncClient, app: FastAPI, publisher: Database, org_id: UUID
) -> None:
    theirs, nobodys = await dead(publisher, new_id()), await dead(publisher, None)
    assert (await client.get(PATH)).json()["items"] == []
    assert (await client.get(f"{PATH}/groups")).json()["items"] == []
    for event_id in (theirs, nobodys, new_id()):
        which = {"service": "probe", "event_id": str(event_id)}
        for answer in (
            await client.get(f"{PATH}/probe/{event_id}"),
            await client.post(f"{PATH}/replay", json=which),
            await client.post(f"{PATH}/discard", json={**which, "reason": "not mine"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "dead_letters.not_found")
    several: list[dict[str, object]] = [{"cause": "on_thing: KeyError: <text>"}, {"all": True}]
    for meant in several:
        answer = await client.post(f"{PATH}/replay", json={"service": "probe", **meant})
        assert (answer.status_code, answer.json()["changed"], answer.json()["skipped"]) == (200, 0, 0)


async def test_reading_and_deciding_take_their_scopes_and_an_organisation(
    app: FastAPI, publisher: Database, org_id: UUID
) -> None:
    event_id = await dead(publisher, org_id)
    decision = {"service": "probe", "event_id": str(event_id)}
    async with client_of(app, org_id, "operations:read") as reader:
        assert (await reader.get(PATH)).status_code == 200
        assert (await reader.post(f"{PATH}/replay", json=decision)).status_code == 403
        assert (await reader.post(f"{PATH}/discard", json={**decision, "reason": "x"})).status_code == 403
    async with client_of(app, org_id, "contacts:read", "contacts:write") as other:
        assert (await other.get(PATH)).status_code == 403
        assert (await other.get(f"{PATH}/groups")).status_code == 403
        assert (await other.get(f"{PATH}/probe/{event_id}")).status_code == 403
    async with client_of(app, None) as nobody:
        assert (await nobody.get(PATH)).status_code == 403
        assert (await nobody.post(f"{PATH}/replay", json={"service": "probe", "all": True})).status_code == 403
    async with client_of(app, org_id) as somebody:
        somebody.headers.pop("Authorization")
        assert (await somebody.get(PATH)).status_code == 401


async def test_the_same_decision_sent_twice_is_one_decision(
    client: httpx.AsyncClient, publisher: Database, org_id: UUID
) -> None:
    event_id = await dead(publisher, org_id)
    body = {"service": "probe", "event_id": str(event_id), "reason": "mended"}
    answers = [
        await client.post(f"{PATH}/replay", json=body, headers={"Idempotency-Key": "replay-1"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert [done["action"] for done in (await shown(client, event_id))["actions"]] == ["dead", "replaying"]


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("replay", {}),
        ("replay", {"event_id": str(new_id()), "all": True}),
        ("replay", {"event_id": str(new_id()), "cause": "x"}),
        ("replay", {"all": False}),
        ("replay", {"cause": ""}),
        ("replay", {"cause": "\u0000"}),
        ("replay", {"all": True, "reason": "x" * 501}),
        ("discard", {"event_id": str(new_id())}),
        ("discard", {"event_id": str(new_id()), "reason": "   "}),
        ("discard", {"reason": "all of them"}),
        ("discard", {"all": True, "reason": "all of them"}),
    ],
)
async def test_a_decision_that_says_too_little_or_too_much_is_refused(
    client: httpx.AsyncClient, publisher: Database, org_id: UUID, action: str, body: dict[str, object]
) -> None:
    event_id = await dead(publisher, org_id)
    answer = await client.post(f"{PATH}/{action}", json={"service": "probe", **body})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert (await shown(client, event_id))["status"] == "dead"


@pytest.mark.parametrize(
    "values",
    [
        ["x", "y", "z"],
        ["2026-01-01T00:00:00Z", str(new_id()), "\u0000"],
        ["0001-01-01T00:00:00+14:00", str(new_id()), "a"],
    ],
)
async def test_a_cursor_of_another_make_is_refused(client: httpx.AsyncClient, values: list[str]) -> None:
    answer = await client.get(PATH, params={"cursor": encode_cursor(*values)})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "cursor_invalid")
