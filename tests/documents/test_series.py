"""Numbers: gapless and never double, however many are approved at once."""

import asyncio
import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from documents.series import repository
from documents.series.numbers import check_format, counting_year, overlap, write_number
from shared.db.tenancy import Scope
from tests.documents.world import TODAY, World


@pytest.mark.parametrize(
    ("series_format", "number", "written"),
    [
        ("F[YY]%%%%", 7, "F260007"),
        ("[YYYY]/%%", 123, "2026/123"),
        ("A-%%%%%", 42, "A-00042"),
        ("%/[YY]", 1, "1/26"),
    ],
)
def test_a_format_writes_its_numbers(series_format: str, number: int, written: str) -> None:
    check_format(series_format)
    assert write_number(series_format, 2026, number) == written
    assert counting_year(series_format, 2026) == (2026 if "[" in series_format else 0)


@pytest.mark.parametrize("wrong", ["F", "%%F%%", "[YY]%[YY]", "[YYY]%", "F\n%", "", "ñ%", "%" * 11])
async def test_a_format_that_gives_no_number_is_refused(world: World, wrong: str) -> None:
    body = {"name": "x", "format": wrong, "document_type": "invoice"}
    answer = await world.client.post("/api/v1/series", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "format")


async def test_fifty_approvals_at_once_leave_no_gap_and_no_double(world: World) -> None:
    contacts = [await world.contact() for _ in range(5)]
    drafts = [await world.draft(contacts[index % 5]) for index in range(50)]
    random.shuffle(drafts)
    approved = await asyncio.gather(*(world.approve(draft) for draft in drafts))
    assert sorted(document["number"] for document in approved) == [f"F{TODAY:%y}{n:04}" for n in range(1, 51)]
    panels = [await world.panel(contact) for contact in contacts]
    assert [panel["documents"]["counts"]["sales"] for panel in panels] == [10] * 5
    assert {panel["year"]["sales_total"] for panel in panels} == {"1000.00"}


async def test_a_draft_approved_from_many_sides_at_once_gets_one_number(world: World) -> None:
    contact = await world.contact()
    draft = await world.draft(contact)
    path = f"/api/v1/documents/{draft['id']}/approve"
    answers = await asyncio.gather(*(world.client.post(path) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"documents.not_a_draft"}
    assert (await world.approved(contact))["number"] == f"F{TODAY:%y}0002"


async def test_each_type_counts_in_its_own_default_series_and_anew_every_year(world: World) -> None:
    contact = await world.contact()
    assert (await world.approved(contact, "estimate"))["number"] == f"P{TODAY:%y}0001"
    assert (await world.approved(contact, "purchase_invoice", supplier_number="A/1"))["number"] == f"FC{TODAY:%y}0001"
    assert (await world.approved(contact))["number"] == f"F{TODAY:%y}0001"
    last_year = await world.approved(contact, issue_date=f"{TODAY.year - 1}-12-31")
    assert last_year["number"] == f"F{TODAY.year % 100 - 1:02}0001"
    assert (await world.approved(contact))["number"] == f"F{TODAY:%y}0002"
    formats = [series["format"] for series in (await world.done("GET", "/api/v1/series"))["items"]]
    assert formats == ["P[YY]%%%%", "FC[YY]%%%%", "F[YY]%%%%"]


async def test_a_chosen_series_numbers_and_a_new_default_takes_over(world: World) -> None:
    contact = await world.contact()
    body = {"name": "Tienda", "format": "TI-%%%", "document_type": "invoice"}
    shop = await world.done("POST", "/api/v1/series", body, status=201)
    assert (await world.approved(contact, series_id=shop["id"]))["number"] == "TI-001"
    assert (await world.approved(contact))["number"] == f"F{TODAY:%y}0001"
    await world.done("POST", "/api/v1/series", {**body, "format": "N-%", "is_default": True}, status=201)
    assert (await world.approved(contact))["number"] == "N-1"
    assert await world.refused("POST", "/api/v1/series", body) == (409, "documents.series_taken")
    wrong = {"type": "estimate", "contact_id": contact, "series_id": shop["id"]}
    answer = await world.client.post("/api/v1/documents", json=wrong)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "series_id")


@cache
def numbers_of(series_format: str) -> frozenset[str]:
    """All of at most two digits, in every year that a document may be of."""
    years = range(1990, 2200) if "[YYYY]" in series_format else range(1990, 2090) if "[YY]" in series_format else [2026]
    return frozenset(write_number(series_format, year, number) for year in years for number in range(1, 100))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("F%%%%", "F2%%%"),
        ("F[YY]%%%", "F26%%%"),
        ("F%%%%", "F[YY]%%%%"),
        ("[YYYY]%%", "2026%%"),
        ("[YYYY]%", "%"),
        ("%[YY]", "%%%"),
        ("A-%", "A-%%%%%%"),
        ("%-[YY]", "%%-26"),
        ("F0%", "F%%"),
        ("[YY]%%", "[YYYY]%%"),
    ],
)
def test_formats_that_could_write_one_number_overlap(one: str, other: str) -> None:
    assert overlap(one, other)
    assert overlap(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("F[YY]%%%%", "FC[YY]%%%%"),
        ("F%%", "R%%"),
        ("F-%%", "F/%%"),
        ("f%", "F%"),
        ("%-[YY]", "%/[YY]"),
        ("[YYYY]-%", "1989-%"),
        ("[YYYY]-%", "2200-%"),
        ("A%%1", "A%%2"),
    ],
)
def test_formats_that_never_write_one_number_do_not(one: str, other: str) -> None:
    assert not overlap(one, other)
    assert not overlap(other, one)


FORMATS = st.builds(
    "{}{}{}{}{}".format,
    st.text("F0129-", max_size=3),
    st.sampled_from(["", "", "[YY]", "[YYYY]", "[YY]-", "-[YYYY]"]),
    st.text("029-", max_size=1),
    st.sampled_from(["%", "%%"]),
    st.sampled_from(["", "", "0", "-", "26"]),
)


@given(FORMATS, FORMATS)
@settings(max_examples=300, deadline=None)
def test_the_decision_is_that_of_writing_all_numbers(one: str, other: str) -> None:
    assert overlap(one, other, longest=2) == bool(numbers_of(one) & numbers_of(other))
    assert overlap(one, other) >= overlap(one, other, longest=2)


async def test_a_format_that_could_collide_is_refused_when_it_is_made(world: World) -> None:
    body = {"name": "x", "format": "F%%%%", "document_type": "invoice"}
    await world.done("POST", "/api/v1/series", body, status=201)
    for document_type, overlapping in (("invoice", "F2%%%"), ("credit_note", "F[YY]%%"), ("purchase_order", "F%")):
        wrong = {**body, "format": overlapping, "document_type": document_type}
        assert await world.refused("POST", "/api/v1/series", wrong) == (409, "documents.series_overlap")
    assert await world.refused("POST", "/api/v1/series", body) == (409, "documents.series_taken")
    # The usual format of invoices is not to be had any more: their default is set apart.
    contact = await world.contact()
    assert (await world.approved(contact))["number"] == f"INVOICE-F{TODAY:%y}0001"


async def test_of_two_overlapping_formats_made_at_once_there_is_one(world: World) -> None:
    bodies = [{"name": "x", "format": "Z" + "%" * width, "document_type": "invoice"} for width in range(1, 9)]
    answers = await asyncio.gather(*(world.client.post("/api/v1/series", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {answer.json().get("code") for answer in answers} == {None, "documents.series_overlap"}


async def test_series_that_overlapped_before_go_on_past_each_others_numbers(world: World) -> None:
    """Two older than the rule: no number stops the other's series, and none is given twice."""
    contact = await world.contact()
    wide = await old_series(world, "C%%%")
    narrow = await old_series(world, "C0%%")
    first = [await world.approved(contact, series_id=wide) for _ in range(3)]
    second = [await world.approved(contact, series_id=narrow) for _ in range(3)]
    third = await world.approved(contact, series_id=wide)
    numbers = [document["number"] for document in (*first, *second, third)]
    assert numbers == ["C001", "C002", "C003", "C004", "C005", "C006", "C007"]
    drafts = [await world.draft(contact, series_id=series) for series in (wide, narrow) * 3]
    for draft in drafts:  # each approved at once may lose one race, and then finds the next
        await world.approve(draft)
    listed = (await world.done("GET", f"/api/v1/documents?contact_id={contact}"))["items"]
    assert len({item["number"] for item in listed}) == 13


async def test_a_series_that_finds_no_number_of_its_own_says_so(world: World) -> None:
    """And not that somebody was faster."""
    contact = await world.contact()
    wide, narrow = await old_series(world, "D%%"), await old_series(world, "D%")
    first = await world.approved(contact, series_id=wide)
    async with world.database.transaction(Scope(world.org_id)) as session:
        await session.execute(_NUMBER_FURTHER, {"id": first["id"]})
    draft = await world.draft(contact, series_id=narrow)
    path = f"/api/v1/documents/{draft['id']}/approve"
    assert await world.refused("POST", path) == (409, "documents.number_taken")
    assert (await world.approved(contact))["number"] == f"F{TODAY:%y}0001", "the others go on"


_NUMBER_FURTHER = text(
    """
    INSERT INTO document
    SELECT further.* FROM document d, generate_series(1, 6000) n,
           jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'number', 'D' || n)) further
     WHERE d.id = :id
    """
)


async def old_series(world: World, series_format: str) -> str:
    """As it could be made before formats were compared."""
    async with world.database.transaction(Scope(world.org_id)) as session:
        made = await repository.add_series(
            session, name=series_format, number_format=series_format, document_type="invoice", is_default=False
        )
    assert made
    return str(made.id)
