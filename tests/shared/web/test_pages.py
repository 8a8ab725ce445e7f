"""Keyset pages, versions."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid, StaleVersion
from shared.identifiers import new_id
from shared.web.pagination import decode_cursor, encode_cursor, moment
from shared.web.versions import check_version

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
VALUES = st.one_of(TEXTS, st.integers(-(2**53), 2**53), st.booleans(), st.none())


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_a_cursor_gives_back_what_went_in(values: list[object]) -> None:
    cursor = encode_cursor(*values)
    assert cursor.isascii()
    assert decode_cursor(cursor, size=len(values)) == values


@pytest.mark.parametrize("value", [[], [1], {}, {"a": 1}, "\0", "a\0b"])
def test_what_no_row_is_sorted_by_is_refused(value: object) -> None:
    with pytest.raises(Invalid):
        decode_cursor(encode_cursor(value), size=1)


@pytest.mark.parametrize(
    "text", ["", "x", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment(text)


def test_dates_and_ids_come_back_as_text() -> None:
    now, some_id = datetime.now(UTC), new_id()
    assert decode_cursor(encode_cursor(now, some_id), size=2) == [now.isoformat(), str(some_id)]


@given(st.text(max_size=60))
def test_nonsense_is_refused_and_never_breaks(cursor: str) -> None:
    with pytest.raises(Invalid):
        decode_cursor(cursor, size=9)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "%%%",
        "ñ",
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"[1]").decode(),
        base64.urlsafe_b64encode(b"not json").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_another_lists_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode_cursor(cursor, size=2)
    assert [error.field for error in refused.value.errors] == ["cursor"]


async def test_pages_show_every_row_once_also_while_rows_are_added(client: httpx.AsyncClient) -> None:
    for number in range(7):
        await client.post("/api/v1/things", json={"name": str(number)})
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = (await client.get("/api/v1/things", params={"limit": 3} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        if len(seen) == 3:
            await client.post("/api/v1/things", json={"name": "late"})
    assert seen == [*map(str, range(7)), "late"]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=99999999999999999999"])
async def test_a_limit_has_limits(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/api/v1/things?{query}")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["limit"]


async def test_a_bad_cursor_is_422_and_named(client: httpx.AsyncClient) -> None:
    for cursor in ("x", "a" * 2001):
        answer = await client.get("/api/v1/things", params={"cursor": cursor})
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["cursor"]


def test_a_version_that_moved_on_is_stale() -> None:
    check_version(None, 7)
    check_version(frozenset({6, 7}), 7)
    for expected in ({6}, {6, 8}, set[int]()):
        with pytest.raises(StaleVersion):
            check_version(frozenset(expected), 7)


async def _thing(client: httpx.AsyncClient) -> UUID:
    return UUID((await client.post("/api/v1/things", json={"name": "a"})).json()["id"])


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ('"1"', 204),
        ("*", 204),
        (" * ", 204),
        ('"7", "1"', 204),
        ('"7","1","8"', 204),
        ('W/"1", "1"', 204),
        ('"1",, "2",', 204),
        ('"x", "1"', 204),
        ('"2"', 412),
        ('W/"1"', 412),
        ('W/"1", "2"', 412),
        ('"01"', 412),
        ('"-1"', 412),
        ('"x"', 412),
        ('""', 412),
        ('"99999999999999999999"', 412),
        ("1", 400),
        ("", 400),
        (",", 400),
        ('"1', 400),
        ('"1" "2"', 400),
        ('w/"1"', 400),
        ('*, "1"', 400),
        ('"1", *', 400),
        ('"a b"', 400),
    ],
)
async def test_if_match_is_honoured(client: httpx.AsyncClient, header: str, status: int) -> None:
    thing = await _thing(client)
    answer = await client.delete(f"/api/v1/things/{thing}", headers={"If-Match": header})
    assert answer.status_code == status, answer.text
    if status == 400:
        assert [error["field"] for error in answer.json()["errors"]] == ["if-match"]
    assert (await client.get(f"/api/v1/things/{thing}")).status_code == (404 if status == 204 else 200)


async def test_several_lines_of_if_match_are_one_list(client: httpx.AsyncClient) -> None:
    headers = [("If-Match", '"7"'), ("If-Match", '"1"')]
    answer = await client.delete(f"/api/v1/things/{await _thing(client)}", headers=headers)
    assert answer.status_code == 204


async def test_an_entity_shows_its_version_as_etag(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/things/{await _thing(client)}")
    assert answer.headers["etag"] == '"1"'
