"""Whatever is sent, the answer is a problem that names the field, never a 5xx, and nothing is recorded."""

import base64
import json
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.db.session import Database
from shared.identifiers import new_id
from shared.web.pagination import encode_cursor
from tests.crm.support import ok
from tests.support.outbox import recorded

GOOD: dict[str, dict[str, Any]] = {
    "activities": {"kind": "call", "title": "A", "starts_at": "2027-01-10T10:00:00Z"},
    "opportunities": {"title": "A", "value": "1.00", "currency": "EUR"},
    "notes": {"body": "A"},
    "pipelines": {"name": "P", "stages": [{"name": "S", "probability": 1}]},
}
IDS: list[Any] = ["", "x", "0", 7, None, [], {}, "00000000-0000-0000-0000-00000000000g", "a\u0000b", True]
TEXTS: list[Any] = ["", " ", "\t\n", "\ud800", "a\u0000b", "\u001b[0m", "x" * 201, 7, None, [], {}, True]
MOMENTS: list[Any] = [
    "",
    "ayer",
    None,
    [],
    {},
    True,
    "2027-01-10",
    "2027-01-10T10:00:00",
    "2027-13-10T10:00:00Z",
    "2027-01-10T25:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2200-01-01T00:00:00Z",
    "1899-12-31T23:59:59Z",
    "10000-01-01T00:00:00Z",
    1e300,
    -1e18,
    "NaN",
]
DAYS: list[Any] = [
    "",
    "mañana",
    [],
    {},
    True,
    "2027-02-29",
    "9999-12-31",
    "0001-01-01",
    "1899-12-31",
    1e300,
    "2027-01-10T10:00:00Z",
]
NUMBERS: list[Any] = [
    -1,
    "-0.01",
    "NaN",
    "Infinity",
    "1e400",
    "1e-9",
    "0.001",
    "1000000000000.00",
    "9" * 400,
    "uno",
    "",
    None,
    [],
    {},
]
PERCENTS: list[Any] = [-1, 101, 0.5, "NaN", "uno", 10**400, [], {}]
CURRENCIES: list[Any] = ["", "eur", "EURO", "E1R", "€", None, 7, [], "EU\n", "EU\u0000"]

WRONG: dict[str, dict[str, list[Any]]] = {
    "activities": {
        "contact_id": IDS,
        "kind": ["", "Call", "dance", None, 7, [], "call\u0000"],
        "title": TEXTS,
        "starts_at": MOMENTS,
        "ends_at": [wrong for wrong in MOMENTS if wrong is not None],
        "reminder_minutes": [-1, 0.5, 525_601, 10**400, "NaN", [], {}],
        "notes": ["a\u0000b", "\ud800", "x" * 20_001, 7, [], {}],
        "owner": ["ana", "user:", "user:a b", "user:a\u0000", "root:1", f"user:{'a' * 101}", 7, [], {}],
        "surprise": [1],
        "id": [str(new_id())],
        "version": [7],
        "completed_at": ["2027-01-10T10:00:00Z"],
    },
    "opportunities": {
        "contact_id": IDS,
        "title": TEXTS,
        "pipeline_id": [wrong for wrong in IDS if wrong is not None],
        "stage_id": [wrong for wrong in IDS if wrong is not None],
        "value": NUMBERS,
        "currency": CURRENCIES,
        "probability": PERCENTS,
        "expected_close": DAYS,
        "surprise": [1],
        "status": ["won"],
        "lost_reason": ["x"],
    },
    "notes": {
        "contact_id": IDS,
        "body": ["", " \n", "\ud800", "a\u0000b", "\u0007", "x" * 20_001, 7, None, [], {}],
        "pinned": [None, "quizá", 2, [], {}],
        "surprise": [1],
        "author": ["user:eva"],
    },
    "pipelines": {
        "name": TEXTS,
        "stages": [None, [], {}, "x", 7, [GOOD["pipelines"]["stages"][0]] * 31],
        "surprise": [1],
        "is_default": [True],
    },
}


BAD_FIELDS = [
    pytest.param(noun, field, values, id=f"{noun}.{field}")
    for noun, fields in WRONG.items()
    for field, values in fields.items()
]


@pytest.fixture
async def made(client: httpx.AsyncClient, contact_id: str) -> dict[str, str]:
    """The path of one of each."""
    paths = {}
    for noun, body in GOOD.items():
        whole = body if noun == "pipelines" else {"contact_id": contact_id, **body}
        paths[noun] = f"/api/v1/{noun}/{(await ok(client, 'POST', f'/api/v1/{noun}', whole, status=201))['id']}"
    return paths


@pytest.mark.parametrize(("noun", "field", "values"), BAD_FIELDS)
async def test_a_wrong_field_is_named(
    client: httpx.AsyncClient,
    made: dict[str, str],
    contact_id: str,
    database: Database,
    org_id: UUID,
    noun: str,
    field: str,
    values: list[Any],
) -> None:
    before = await recorded(database, org_id)
    good = GOOD[noun] if noun == "pipelines" else {"contact_id": contact_id, **GOOD[noun]}
    for value in values:
        created = await client.post(f"/api/v1/{noun}", **as_json({**good, field: value}))
        assert_names(created, field, value)
        # In a patch, too; but where it comes from cannot be patched at all, and `None` may mean "none".
        if value is not None or field in ("title", "starts_at", "value", "currency", "kind", "body", "name", "owner"):
            assert_names(await client.patch(made[noun], **as_json({field: value})), field, value)
    assert await recorded(database, org_id) == before


@pytest.mark.parametrize("noun", GOOD)
async def test_a_missing_field_is_named(client: httpx.AsyncClient, contact_id: str, noun: str) -> None:
    good = GOOD[noun] if noun == "pipelines" else {"contact_id": contact_id, **GOOD[noun]}
    for field in good:
        rest = {name: value for name, value in good.items() if name != field}
        assert_names(await client.post(f"/api/v1/{noun}", json=rest), field, "missing")


@pytest.mark.parametrize("noun", GOOD)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b'{"a":' * 2000])
async def test_a_body_that_is_no_object_is_a_problem(
    client: httpx.AsyncClient, made: dict[str, str], noun: str, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    for answer in (
        await client.post(f"/api/v1/{noun}", content=body, headers=headers),
        await client.patch(made[noun], content=body, headers=headers),
    ):
        assert answer.status_code in (400, 422), answer.text
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("noun", GOOD)
async def test_an_id_that_is_none_is_named_and_an_unknown_one_is_not_found(
    client: httpx.AsyncClient, noun: str
) -> None:
    singular = {"activities": "activity", "opportunities": "opportunity", "notes": "note", "pipelines": "pipeline"}[
        noun
    ]
    actions = {
        "activities": ("complete", "reopen", "restore"),
        "opportunities": ("win", "reopen", "restore"),
        "notes": ("restore",),
        "pipelines": (),
    }[noun]
    requests = [("GET", ""), ("PATCH", ""), *(("POST", f"/{action}") for action in actions)]
    if noun != "pipelines":
        requests.append(("DELETE", ""))
    for method, action in requests:
        body: dict[str, Any] | None = {} if method == "PATCH" else None
        for wrong in ("x", "7", "%00", "00000000-0000-0000-0000-00000000000g", "ñ" * 300):
            assert_names(
                await client.request(method, f"/api/v1/{noun}/{wrong}{action}", json=body), f"{singular}_id", wrong
            )
        unknown = await client.request(method, f"/api/v1/{noun}/{new_id()}{action}", json=body)
        assert (unknown.status_code, unknown.json()["code"]) == (404, f"crm.{singular}_not_found")


@pytest.mark.parametrize("noun", GOOD)
async def test_a_cursor_that_no_list_gave_is_refused(
    client: httpx.AsyncClient, made: dict[str, str], noun: str
) -> None:
    cursors = [
        "",
        "x",
        "é",
        "\u0000",
        "W10",
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b'{"a":1}').decode(),
        encode_cursor(None),
        encode_cursor("x"),
        encode_cursor(1e300),
        encode_cursor([]),
        encode_cursor("x", new_id()),
        encode_cursor(True, "x"),
        encode_cursor(None, new_id()),
        encode_cursor(7e300, new_id()),
        encode_cursor("9999-12-31T23:59:59-14:00", new_id()),
        encode_cursor("2027-01-10T10:00:00", new_id()),
        encode_cursor("2027-01-10T10:00:00Z", "x"),
        encode_cursor("2027-01-10T10:00:00Z", new_id(), 7),
    ]
    for cursor in cursors:
        answer = await client.get(f"/api/v1/{noun}", params={"cursor": cursor})
        assert_names(answer, "cursor", cursor)
    assert_names(await client.get(f"/api/v1/{noun}", params={"cursor": "x" * 2001}), "cursor", "long")


@pytest.mark.parametrize(
    ("noun", "parameter", "values"),
    [
        *((noun, "limit", ["0", "-1", "201", "1.5", "x", "", "9" * 400]) for noun in GOOD),
        *((noun, "contact_id", ["x", "", "7", "\u0000"]) for noun in GOOD if noun != "pipelines"),
        ("activities", "open", ["quizá", "", "2"]),
        ("activities", "sort", ["title", "", "--starts_at"]),
        ("opportunities", "status", ["", "Open", "closed", "open\u0000"]),
        ("opportunities", "pipeline_id", ["x", ""]),
        ("opportunities", "stage_id", ["x", ""]),
    ],
)
async def test_a_wrong_parameter_is_named(
    client: httpx.AsyncClient, noun: str, parameter: str, values: list[str]
) -> None:
    for value in values:
        assert_names(await client.get(f"/api/v1/{noun}", params={parameter: value}), parameter, value)


@pytest.mark.parametrize("noun", GOOD)
async def test_wrong_conditions_and_keys_are_named(client: httpx.AsyncClient, made: dict[str, str], noun: str) -> None:
    for etag in ("x", "1", '"1" "2"', '"1', ""):
        answer = await client.patch(made[noun], json={}, headers={"If-Match": etag})
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, ["if-match"]), etag
    for key in ("", "k" * 256):
        answer = await client.post(f"/api/v1/{noun}", json=GOOD["pipelines"], headers={"Idempotency-Key": key})
        assert answer.status_code == 422, answer.text


async def test_a_contact_id_that_is_none_is_named_on_the_panel_too(client: httpx.AsyncClient) -> None:
    assert_names(await client.get("/internal/contacts/x/panel"), "contact_id", "x")


# Hypothesis and the asyncio loop do not share one test function: bodies are drawn first, then sent.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.uuids().map(str) | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("noun", GOOD)
async def test_no_drawn_body_breaks_a_route(
    client: httpx.AsyncClient, made: dict[str, str], contact_id: str, noun: str
) -> None:
    for body in drawn(noun, contact_id):
        for answer in (
            await client.post(f"/api/v1/{noun}", **as_json(body)),
            await client.patch(made[noun], **as_json(body)),
        ):
            assert answer.status_code < 500, (body, answer.text)
            if answer.status_code >= 400:
                assert answer.json()["code"], body


def drawn(noun: str, contact_id: str) -> list[dict[str, Any]]:
    """Bodies with some fields good, some of them anything at all; the same in every run."""
    good = GOOD[noun] if noun == "pipelines" else {"contact_id": contact_id, **GOOD[noun]}
    fields = {field: st.just(value) | ANYTHING for field, value in good.items()}
    others = {field: ANYTHING for field in WRONG[noun] if field not in good}
    found: list[dict[str, Any]] = []

    @given(body=st.fixed_dictionaries(fields, optional=others))
    @settings(max_examples=80, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def draw(body: dict[str, Any]) -> None:
        found.append(body)

    draw()
    return found


def as_json(body: Any) -> dict[str, Any]:
    """Also what JSON has no word for (NaN, huge integers, lone surrogates), as other clients write it."""
    return {"content": json.dumps(body).encode(), "headers": {"Content-Type": "application/json"}}


def assert_names(answer: httpx.Response, field: str, value: object) -> None:
    assert answer.status_code == 422, (value, answer.status_code, answer.text)
    problem = orjson.loads(answer.content)
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(error["field"].split(".")[0] == field for error in problem["errors"]), (value, problem)
