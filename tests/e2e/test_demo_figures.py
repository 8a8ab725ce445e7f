"""The panel's figures for every Northwind customer, against sums taken from the CSV files alone.

Runs before the journey, which sells to one of them: files run in the order of their names.
"""

import csv
from collections import defaultdict
from collections.abc import Container, Iterator
from contextlib import closing
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.demo.loader import load_demo
from shared.clock import DEFAULT_ZONE, day_in
from tests.support.ficha import Ficha
from tests.support.waiting import until_now

DATA = Path(__file__).parents[2] / "deploy/local/src/local/demo/northwind"
CENT = Decimal("0.01")
RECENT = {*range(64), *range(365, 429)}
"""Days ago that orders were made which a stack has."""
SECTIONS = ["people", "portal", "year", "documents", "activities", "opportunities", "files", "notes"]


def table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Expected:
    """Straight from the files: net and gross of every order, by customer; nothing of Ficha's own code."""

    def __init__(self, today: date, days: Container[int]) -> None:
        shift = today - date(1998, 5, 6)
        ages = {row["order_id"]: date(1998, 5, 6) - date.fromisoformat(row["order_date"]) for row in table("orders")}
        orders = [row for row in table("orders") if ages[row["order_id"]].days in days]
        spanish = {row["customer_id"] for row in table("customers") if row["country"] == "Spain"}
        nets: dict[str, Decimal] = defaultdict(Decimal)
        self.products: dict[str, dict[str, list[Decimal]]] = defaultdict(
            lambda: defaultdict(lambda: [Decimal(), Decimal()])
        )
        customer_of = {row["order_id"]: row["customer_id"] for row in orders}
        names = {row["product_id"]: row["product_name"] for row in table("products")}
        for row in table("order_details"):
            if row["order_id"] not in customer_of:
                continue
            net = Decimal(row["unit_price"]) * Decimal(row["quantity"]) * (1 - Decimal(row["discount"]))
            net = net.quantize(CENT, ROUND_HALF_UP)
            nets[row["order_id"]] += net
            sold = self.products[customer_of[row["order_id"]]][names[row["product_id"]]]
            sold[0] += Decimal(row["quantity"])
            sold[1] += net
        self.year: dict[tuple[str, int], list[Decimal]] = defaultdict(lambda: [Decimal()] * 12)
        self.counts: dict[str, int] = defaultdict(int)
        self.pending: dict[str, Decimal] = defaultdict(Decimal)
        self.overdue: dict[str, Decimal] = defaultdict(Decimal)
        for row in orders:
            customer, issued = row["customer_id"], date.fromisoformat(row["order_date"]) + shift
            net = nets[row["order_id"]] + Decimal(row["freight"])
            self.year[customer, issued.year][issued.month - 1] += net
            self.counts[customer] += 1
            if issued >= today - timedelta(days=60):
                tax = (net * Decimal("0.10")).quantize(CENT, ROUND_HALF_UP) if customer in spanish else Decimal()
                self.pending[customer] += net + tax
                if issued + timedelta(days=30) < today:
                    self.overdue[customer] += net + tax


@pytest.fixture(scope="module")
def client(ficha: Ficha) -> Iterator[httpx.Client]:
    with closing(ficha.client()) as client:
        yield client


@pytest.fixture(scope="module")
def expected(ficha: Ficha) -> Expected:
    return Expected(day_in(DEFAULT_ZONE), RECENT if ficha.mode == "stack" else range(10**4))


@pytest.fixture(scope="module")
def customers(client: httpx.Client) -> dict[str, str]:
    """Northwind's customer id → contact id."""
    found: dict[str, str] = {}
    params: dict[str, str] = {"role": "client", "tag": "northwind", "limit": "200"}
    while True:
        page = client.get("/api/v1/contacts", params=params).json()
        for item in page["items"]:
            found[item["custom_fields"]["Northwind"].removeprefix("customer:")] = item["id"]
        if not page["next_cursor"]:
            return found
        params["cursor"] = page["next_cursor"]


def panel(client: httpx.Client, contact_id: str, year: int) -> dict[str, Any]:
    """Every section's data. On a busy machine one may miss its deadline: it is asked again."""

    def whole() -> dict[str, Any] | None:
        answer = client.get(f"/api/v1/contacts/{contact_id}/panel", params={"year": year})
        assert answer.status_code == 200, answer.text
        sections = answer.json()["sections"]
        assert list(sections) == SECTIONS
        ready = {section["status"] for section in sections.values()} == {"ready"}
        return {name: section["data"] for name, section in sections.items()} if ready else None

    return until_now(whole, what="the whole panel")


def test_panel_totals_and_counts_of_all_customers(
    client: httpx.Client, customers: dict[str, str], expected: Expected
) -> None:
    today = day_in(DEFAULT_ZONE)
    assert len(customers) == 91
    for customer, contact_id in customers.items():
        for year in (today.year, today.year - 1):
            data = panel(client, contact_id, year)
            months = [Decimal(month["sales"]) for month in data["year"]["months"]]
            assert months == expected.year[customer, year], (customer, year)
            assert Decimal(data["year"]["sales_total"]) == sum(months), customer
            before = sum(expected.year[customer, year - 1])
            assert Decimal(data["year"]["previous_sales_total"]) == before, customer
            assert Decimal(data["year"]["pending"]) == expected.pending[customer], customer
            assert Decimal(data["year"]["overdue"]) == expected.overdue[customer], customer
            assert data["documents"]["counts"] == {"sales": expected.counts[customer], "purchases": 0}, customer


def test_the_product_report_of_all_customers(
    client: httpx.Client, customers: dict[str, str], expected: Expected
) -> None:
    for customer, contact_id in customers.items():
        answer = client.get(f"/api/v1/contacts/{contact_id}/reports/products", params={"side": "sales", "limit": "200"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["next_cursor"] is None
        reported = {
            item["name"]: [Decimal(item["quantity"]), Decimal(item["amount"])]
            for item in answer.json()["items"]
            if item["product_id"]
        }
        assert reported == expected.products[customer], customer


def test_invoice_numbers_have_no_gap(client: httpx.Client, expected: Expected) -> None:
    numbers: list[str] = []
    params = {"side": "sales", "type": "invoice", "limit": "200"}
    while True:
        page = client.get("/api/v1/documents", params=params).json()
        numbers += [item["number"] for item in page["items"] if item["number"]]
        if not page["next_cursor"]:
            break
        params["cursor"] = page["next_cursor"]
    assert len(numbers) == len(set(numbers)) >= sum(expected.counts.values()) > 150
    by_year: dict[str, list[int]] = defaultdict(list)
    for number in numbers:
        by_year[number[:3]].append(int(number[3:]))
    for year, found in by_year.items():
        assert sorted(found) == list(range(1, len(found) + 1)), year


async def test_loading_again_repeats_nothing(ficha: Ficha, client: httpx.Client, tmp_path: Path) -> None:
    """Also where the journal lost its end: the steps done without a line in it are known by their keys."""
    lines = (ficha.home / "demo.jsonl").read_text().splitlines(keepends=True)
    journal = tmp_path / "demo.jsonl"
    journal.write_text("".join(lines[:-150]) + lines[-150][:20])
    before = volumes(client)
    await load_demo(ficha.url, "admin@ficha.localhost", ficha.password, journal, recent=ficha.mode == "stack")
    assert volumes(client) == before
    assert sorted(journal.read_text().splitlines()) == sorted("".join(lines).splitlines())


def volumes(client: httpx.Client) -> dict[str, int]:
    """How many there are of everything that the demo data makes."""
    counts = {}
    for path in ("contacts", "products", "documents", "activities", "opportunities"):
        counts[path], params = 0, {"limit": "200"}
        while True:
            page = client.get(f"/api/v1/{path}", params=params).json()
            counts[path] += len(page["items"])
            if not page["next_cursor"]:
                break
            params["cursor"] = page["next_cursor"]
    return counts
