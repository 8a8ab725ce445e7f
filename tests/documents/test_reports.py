"""Reports by product and by year, and this service's part of the panel."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from documents.reports.periods import Span, spans_between
from documents.reports.schemas import DocumentsPanelPart
from shared.db.session import Database
from shared.identifiers import new_id
from tests.documents.world import LINE, TODAY, World

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2023, 12, 31))


@given(days, days, days)
def test_a_range_is_covered_once_by_whole_months_and_single_days(first: date, last: date, day: date) -> None:
    def holds(span: Span) -> bool:
        starts_on = day if span.grain == "day" else day.replace(day=1)
        return span.first <= starts_on <= span.last

    assert sum(holds(span) for span in spans_between(first, last)) == (1 if first <= day <= last else 0)


@given(days)
def test_open_ends_reach_everything(day: date) -> None:
    assert spans_between(None, None) == [Span("month", date.min, date.max)]
    assert all(span.last >= day or span.grain == "day" for span in spans_between(day, None))
    assert spans_between(day, day - timedelta(days=1)) == []


async def test_products_are_reported_by_amount_with_their_last_price(world: World) -> None:
    contact = await world.contact()
    body = {"name": "Queso", "unit_price": "10.00", "taxes": ["iva_10"]}
    cheese = await world.done("POST", "/api/v1/products", body, status=201)
    for day, price in (("2026-01-10", "10.00"), ("2026-03-05", "12.00"), ("2026-02-01", "11.00")):
        line = {"product_id": cheese["id"], "quantity": "2", "unit_price": price, "discount_pct": "50"}
        await world.approved(contact, issue_date=day, lines=[line, {**LINE, "quantity": "1", "unit_price": "20"}])
    path = f"/api/v1/contacts/{contact}/reports/products"
    report = await world.done("GET", f"{path}?side=sales")
    assert report["items"] == [
        {
            "product_id": None,
            "name": "Consultoría",
            "quantity": "3",
            "amount": "60.00",
            "currency": "EUR",
            "last_price": "20.00",
            "last_date": "2026-03-05",
        },
        {
            "product_id": cheese["id"],
            "name": "Queso",
            "quantity": "6",
            "amount": "33.00",
            "currency": "EUR",
            "last_price": "12.00",
            "last_date": "2026-03-05",
        },
    ]
    ranged = await world.done("GET", f"{path}?side=sales&from=2026-01-05&to=2026-02-28")
    assert [(item["quantity"], item["amount"], item["last_price"]) for item in ranged["items"]] == [
        ("2", "40.00", "20.00"),
        ("4", "21.00", "11.00"),
    ]
    assert (await world.done("GET", f"{path}?side=purchases"))["items"] == []
    first = await world.done("GET", f"{path}?limit=1")
    second = await world.done("GET", f"{path}?limit=1&cursor={first['next_cursor']}")
    assert first["items"] + second["items"] == report["items"]
    assert second["next_cursor"] is None


async def test_the_last_price_is_that_before_a_voided_sale(world: World) -> None:
    contact = await world.contact()
    await world.approved(contact, issue_date="2026-01-10")
    later = await world.approved(contact, issue_date="2026-01-11", lines=[{**LINE, "unit_price": "70.00"}])
    await world.done("POST", f"/api/v1/documents/{later['id']}/void")
    [item] = (await world.done("GET", f"/api/v1/contacts/{contact}/reports/products"))["items"]
    assert (item["last_price"], item["last_date"], item["amount"]) == ("50.00", "2026-01-10", "100.00")


@pytest.mark.parametrize(("query", "accept"), [("?format=csv", "*/*"), ("", "text/csv")])
async def test_the_report_is_exported_whole_and_harmless(world: World, query: str, accept: str) -> None:
    contact = await world.contact()
    await world.approved(contact, lines=[{**LINE, "description": "=HYPERLINK(1)"}, {**LINE, "description": 'a "b", ñ'}])
    path = f"/api/v1/contacts/{contact}/reports/products{query}"
    answer = await world.client.get(path, headers={"Accept": accept})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="products-sales.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["name"] for row in rows} == {"'=HYPERLINK(1)", 'a "b", ñ'}
    assert {row["amount"] for row in rows} == {"100.00"}


async def test_the_year_report_is_the_panels_year(world: World) -> None:
    contact = await world.contact()
    await world.approved(contact, issue_date=f"{TODAY.year - 1}-05-05")
    await world.approved(contact, "purchase_invoice")
    section = (await world.panel(contact))["year"]
    assert (section["previous_sales_total"], section["purchases_total"]) == ("100.00", "100.00")
    assert len(section["months"]) == 12
    assert await world.done("GET", f"/api/v1/contacts/{contact}/reports/year") == section
    assert await world.done("GET", f"/api/v1/contacts/{contact}/reports/year?year={TODAY.year}") == section


async def test_pending_and_overdue_tell_what_is_due(world: World) -> None:
    contact = await world.contact(defaults={"payment_days": 30})
    late = await world.approved(contact, issue_date=(TODAY - timedelta(days=31)).isoformat())
    on_time = await world.approved(contact, issue_date=(TODAY - timedelta(days=30)).isoformat())
    await world.approved(contact, "purchase_invoice", issue_date=(TODAY - timedelta(days=90)).isoformat())
    await world.pay(late, "21.00")
    year = (await world.panel(contact))["year"]
    assert (year["sales_pending"], year["sales_overdue"]) == ("221.00", "100.00")
    assert (year["purchases_pending"], year["purchases_overdue"]) == ("121.00", "121.00")
    assert (year["pending"], year["overdue"]) == ("342.00", "221.00")
    assert ((await world.get(late))["overdue"], (await world.get(on_time))["overdue"]) == (True, False)


async def test_the_panel_speaks_the_organisations_currency(world: World) -> None:
    contact = await world.contact()
    await world.approved(contact, currency="USD")
    await world.approved(contact)
    assert (await world.panel(contact))["year"]["sales_total"] == "100.00"
    await world.organization(version=2, currency="USD")
    year = (await world.panel(contact))["year"]
    assert (year["currency"], year["sales_total"], year["pending"]) == ("USD", "100.00", "121.00")


async def test_the_panel_takes_one_statement_however_many_documents(world: World, database: Database) -> None:
    contact = await world.contact()
    counts: list[int] = []
    for _ in range(3):
        for _ in range(6):
            await world.approved(contact, issue_date=f"2026-0{len(counts) + 1}-01")
        with statements(database) as seen:
            panel = await world.panel(contact)
        counts.append(len(seen))
    assert counts == [2, 2, 2], "entering the organisation, and the panel itself"
    assert len(panel["documents"]["items"]) == 10
    assert panel["documents"]["counts"]["sales"] == 18
    dates = [item["issue_date"] for item in panel["documents"]["items"]]
    assert dates == sorted(dates, reverse=True)
    newest = await world.done("GET", f"/api/v1/documents?contact_id={contact}&limit=10")
    assert panel["documents"]["items"] == newest["items"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("reports/year?year=1", "year"),
        ("reports/year?year=x", "year"),
        ("reports/products?side=both", "side"),
        ("reports/products?from=0001-01-01", "from"),
        ("reports/products?currency=ZZZ", "currency"),
        ("reports/products?cursor=W10", "cursor"),
        ("reports/products?cursor=WyJOYU4iLCJ4Il0", "cursor"),
        ("reports/products?limit=201", "limit"),
    ],
)
async def test_a_wrong_question_names_its_field(world: World, path: str, field: str) -> None:
    answer = await world.client.get(f"/api/v1/contacts/{await world.contact()}/{path}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_the_panels_part_has_its_declared_shape(world: World) -> None:
    contact = await world.contact()
    await world.approved(contact)
    await world.draft(contact, "purchase_order")
    panel = await world.panel(contact)
    assert DocumentsPanelPart.model_validate(panel).model_dump(mode="json") == panel


async def test_a_contact_without_documents_has_zeros(world: World) -> None:
    panel = await world.panel(str(new_id()))
    assert (panel["year"]["pending"], panel["year"]["months"][0]) == (
        "0.00",
        {"month": 1, "sales": "0.00", "purchases": "0.00"},
    )
    nothing = {"sales": 0, "purchases": 0}
    assert panel["documents"] == {"items": [], "counts": nothing, "listed": nothing}


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
