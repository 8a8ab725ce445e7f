"""GET /api/v1/events: what is answered to whom."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import text

from gateway.feed.service import SPAN
from gateway.handlers import on_any_event
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.gateway.conftest import Person, log_in, new_person
from tests.gateway.feeding import (
    CONTACT,
    LINK,
    NOTE,
    ORGANIZATION,
    append,
    body_of,
    event_of,
    fill,
    ids,
    positions,
    read,
)


@asynccontextmanager
async def program(client: httpx.AsyncClient, *scopes: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a key of these scopes."""
    made = await client.post("/api/v1/api-keys", json={"name": "program", "scopes": scopes})
    async with httpx.AsyncClient(
        base_url=client.base_url, headers={"Authorization": f"Bearer {made.json()['key']}"}
    ) as keyed:
        yield keyed


def problem_of(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), answer.text
    return body


async def test_an_event_comes_out_as_it_was_published(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    body = body_of(admin.org_id)
    async with database.transaction(Scope(org_id=admin.org_id)) as session:
        await on_any_event(session, event_of(body))
    answer = await client.get("/api/v1/events")
    assert answer.content == b'{"items":[{"position":1,"event":%b}],"position":1,"next_cursor":null}' % body
    assert answer.headers["cache-control"] == "no-store"


async def test_each_organisation_has_its_own_positions_and_its_own_events(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    other = await new_person(database)
    mine, theirs = [], []
    for _ in range(3):
        mine += await append(database, admin.org_id, CONTACT, NOTE)
        theirs += await append(database, other.org_id, CONTACT)
    found = await read(client)
    assert (ids(found), positions(found), found["position"]) == (mine, [1, 2, 3, 4, 5, 6], 6)
    async with httpx.AsyncClient(base_url=client.base_url) as neighbour:
        await log_in(neighbour, other)
        found = await read(neighbour)
    assert (ids(found), positions(found)) == (theirs, [1, 2, 3])


async def test_a_feed_without_events_is_empty(client: httpx.AsyncClient) -> None:
    assert await read(client) == {"items": [], "position": 0, "next_cursor": None}


async def test_it_is_read_page_by_page_by_position_or_by_cursor(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    appended = await append(database, admin.org_id, *[CONTACT] * 5)
    first = await read(client, limit=2)
    assert (ids(first), first["position"]) == (appended[:2], 2)
    second = await read(client, limit=2, after=0, cursor=first["next_cursor"])
    assert second == await read(client, limit=2, after=first["position"])
    last = await read(client, limit=2, after=second["position"])
    assert (ids(last), last["position"], last["next_cursor"]) == (appended[4:], 5, None)
    assert await read(client, after=5) == {"items": [], "position": 5, "next_cursor": None}


async def test_a_page_that_ends_with_the_feed_has_no_next(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    await append(database, admin.org_id, CONTACT, CONTACT)
    assert (await read(client, limit=2))["next_cursor"] is None


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([CONTACT], [1]),
        (["ficha.contacts.*"], [1, 2, 3]),
        (["ficha.contacts.person_link.*"], [2]),
        (["ficha.crm.*", CONTACT], [1, 4]),
        (["*"], [1, 2, 3, 4, 5]),
        (["ficha.contacts"], []),
        (["ficha.nobody.*"], []),
    ],
)
async def test_types_are_chosen_by_name_or_by_how_they_begin(
    client: httpx.AsyncClient, database: Database, admin: Person, wanted: list[str], expected: list[int]
) -> None:
    await append(database, admin.org_id, CONTACT, LINK, LINK.replace("_", "x"), NOTE, ORGANIZATION)
    found = await read(client, type=wanted)
    assert positions(found) == expected
    assert found["position"] == 5, "what is not wanted was read all the same"


async def test_where_hardly_anything_is_wanted_a_page_ends_early_and_says_so(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    await fill(database, admin.org_id, SPAN)
    [note] = await append(database, admin.org_id, NOTE)
    first = await read(client, type=NOTE)
    assert (first["items"], first["position"]) == ([], SPAN)
    assert ids(await read(client, type=NOTE, cursor=first["next_cursor"])) == [note]
    assert ids(await read(client, type=NOTE, wait=5)) == [note], "who may wait is told at once"


async def test_scopes_decide_what_a_key_reads(client: httpx.AsyncClient, database: Database, admin: Person) -> None:
    await append(database, admin.org_id, CONTACT, NOTE, ORGANIZATION, "ficha.tomorrow.thing.made.v1")
    assert positions(await read(client)) == [1, 2, 3, 4], "administrators read also what this code does not know"
    async with program(client, "crm:read", "contacts:write") as keyed:
        found = await read(keyed)
        assert (positions(found), found["position"]) == ([2], 4)
    async with program(client, "organization:read", "contacts:read") as keyed:
        assert positions(await read(keyed)) == [1, 3]


async def test_who_could_never_be_answered_is_told(client: httpx.AsyncClient) -> None:
    async with program(client, "contacts:write") as keyed:
        problem_of(await keyed.get("/api/v1/events"), 403, "events.scope_missing")
    async with program(client, "contacts:read") as keyed:
        for wanted in (NOTE, "ficha.crm.*"):
            answer = await keyed.get("/api/v1/events", params={"type": [CONTACT, wanted]})
            assert wanted in str(problem_of(answer, 403, "events.scope_missing")["detail"])
        assert (await keyed.get("/api/v1/events", params={"type": ["ficha.c*", "*"]})).status_code == 200


async def test_nobody_reads_without_saying_who(anonymous: httpx.AsyncClient) -> None:
    problem_of(await anonymous.get("/api/v1/events"), 401, "gateway.not_logged_in")


async def test_a_position_the_feed_never_had_is_refused(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    """A consumer moved to another installation, or the other way round, must not wait for ever."""
    answer = await client.get("/api/v1/events", params={"after": 1})
    assert problem_of(answer, 422, "events.position_unknown")["last_position"] == 0
    await append(database, admin.org_id, CONTACT)
    assert (await read(client, after=1))["items"] == []
    answer = await client.get("/api/v1/events", params={"after": 2, "wait": 5})
    body = problem_of(answer, 422, "events.position_unknown")
    assert body["last_position"] == 1
    assert body["errors"] == [{"field": "after", "code": "position_unknown", "detail": "The last position is 1."}]


@pytest.mark.parametrize(
    "params",
    [
        {"after": -1},
        {"after": "x"},
        {"after": 2**53},
        {"limit": 0},
        {"limit": 201},
        {"wait": -1},
        {"wait": 25.1},
        {"wait": "nan"},
        {"type": ""},
        {"type": "ficha.%"},
        {"type": "ficha.*.v1"},
        {"type": ["ficha.*"] * 51},
        {"cursor": "nonsense"},
        {"cursor": "WyJ4Il0"},  # ["x"]
        {"cursor": "Wy0xXQ"},  # [-1]
        {"cursor": "W3RydWVd"},  # [true]
        {"cursor": "WzllMTVd"},  # [9e15]
        {"cursor": "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5XQ"},  # [99999999999999999999]
        {"cursor": "WzkwMDcxOTkyNTQ3NDA5OTJd"},  # [2**53]
    ],
)
async def test_what_is_no_position_type_or_limit_is_422(client: httpx.AsyncClient, params: dict[str, object]) -> None:
    answer = await client.get("/api/v1/events", params=params)  # type: ignore[arg-type]
    body = answer.json()
    assert (answer.status_code, body["status"]) == (422, 422), answer.text
    assert [error["field"].split(".")[0] for error in body["errors"]] == list(params), answer.text


async def test_another_organisations_head_is_not_seen(database: Database) -> None:
    mine, theirs = new_id(), new_id()
    await append(database, mine, CONTACT)
    async with database.transaction(Scope(org_id=theirs)) as session:
        for table in ("feed_head", "event_log"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
