"""Numbers: gapless and never double, however many are approved at once."""

import asyncio
import random

import pytest

from documents.series.numbers import check_format, counting_year, write_number
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
