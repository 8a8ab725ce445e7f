"""Keyset pages, versions."""

import base64
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid, StaleVersion
from shared.identifiers import new_id
from shared.versions import check_version
from shared.web.pagination import BY_ID, Cursor, KeyT, Moment, Stage, Text, encode_cursor

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds

SEARCHED = Cursor(tuple[Stage, Text, UUID])
LATEST = Cursor(tuple[Moment, UUID])


@given(st.sampled_from([0, 1, 2]), TEXTS, st.uuids(), DAYS, MOMENTS, st.decimals(-(10**9), 10**9, places=3))
def test_a_cursor_gives_back_what_went_in(
    stage: Stage, text: str, some_id: UUID, day: date, moment: datetime, amount: Decimal
) -> None:
    _comes_back(SEARCHED, (stage, text, some_id))
    _comes_back(LATEST, (moment, some_id))
    _comes_back(Cursor(tuple[bool, date, Decimal]), (bool(stage), day, amount))
    _comes_back(BY_ID, some_id)


def _comes_back(cursor: Cursor[KeyT], key: KeyT) -> None:
    written = cursor.encode(key)
    assert written.isascii()
    assert cursor.decode(written) == key


def test_moments_come_back_in_utc() -> None:
    there = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    decoded = LATEST.decode(encode_cursor(there, new_id()))
    assert decoded
    assert (decoded[0], decoded[0].tzinfo) == (there, UTC)


@pytest.mark.parametrize("value", [None, [], [1], {}, {"a": 1}, 7, True, "\0", "a\0b"])
def test_what_no_row_is_sorted_by_is_refused(value: object) -> None:
    with pytest.raises(Invalid):
        Cursor(Text).decode(encode_cursor(value))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        7,
        "2026-01-01T00:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-02-30T00:00:00Z",
    ],
)
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises(Invalid):
        LATEST.decode(encode_cursor(value, new_id()))


def test_a_cursor_that_was_given_before_holds() -> None:
    """As written by the code that had no typed cursors: clients keep them over an upgrade."""
    some_id = UUID("01234567-89ab-7def-8123-456789abcdef")
    assert BY_ID.decode("WyIwMTIzNDU2Ny04OWFiLTdkZWYtODEyMy00NTY3ODlhYmNkZWYiXQ") == some_id
    before = base64.urlsafe_b64encode(b'["2026-11-29T06:45:00.123456+00:00","%b"]' % str(some_id).encode())
    assert LATEST.decode(before.decode().rstrip("=")) == (datetime(2026, 11, 29, 6, 45, 0, 123456, UTC), some_id)


@given(st.text(max_size=60))
def test_nonsense_is_refused_and_never_breaks(cursor: str) -> None:
    with pytest.raises(Invalid):
        LATEST.decode(cursor)


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
        BY_ID.encode(UUID(int=1)),
        encode_cursor("2026-01-01T00:00:00Z", UUID(int=1), 7),
    ],
)
def test_another_lists_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        LATEST.decode(cursor)
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
