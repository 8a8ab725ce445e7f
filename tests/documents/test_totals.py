"""The running totals always equal what the documents add up to, whatever was done in whatever order."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.documents.world import TODAY, Json, World

DOCUMENT_TYPES = ["invoice", "sales_receipt", "purchase_invoice", "estimate", "delivery_note"]
SIGNS = {"invoice": 1, "sales_receipt": 1, "purchase_invoice": 1, "credit_note": -1, "purchase_credit_note": -1}
DAYS = [TODAY - timedelta(days=days) for days in (0, 1, 20, 40, 200, 400)]


class Play:
    """Random use of the API by one client, remembering nothing but ids."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.contacts: list[str] = []
        self.products: list[str] = []
        self.documents: list[str] = []

    async def start(self) -> None:
        self.contacts = [await self.world.contact(defaults={"payment_days": 15}) for _ in range(2)]
        for name in ("Queso", "Vino"):
            body = {"name": name, "unit_price": "7.77", "taxes": ["iva_10"]}
            product = await self.world.done("POST", "/api/v1/products", body, status=201)
            self.products.append(product["id"])

    async def step(self) -> None:
        """Refusals are fine: nothing may have changed then."""
        action = self.random.choices(
            [self.draft, self.approve, self.pay, self.unpay, self.credit, self.void], weights=[5, 6, 4, 1, 2, 2]
        )[0]
        await action()

    async def draft(self) -> None:
        lines = [self.line() for _ in range(self.random.randint(1, 3))]
        body = {
            "type": self.random.choice(DOCUMENT_TYPES),
            "contact_id": self.random.choice(self.contacts),
            "issue_date": self.random.choice(DAYS).isoformat(),
            "currency": self.random.choice(["EUR", "EUR", "USD"]),
            "lines": lines,
        }
        self.documents.append((await self.world.done("POST", "/api/v1/documents", body, status=201))["id"])

    def line(self) -> Json:
        return {
            "product_id": self.random.choice([*self.products, None]),
            "description": self.random.choice(["Portes", "portes", "Montaje"]),
            "quantity": str(self.random.randint(1, 5)),
            "unit_price": f"{self.random.uniform(0, 50):.2f}",
            "discount_pct": self.random.choice(["0", "12.5"]),
            "taxes": self.random.choice([["iva_21"], ["iva_10", "re_1_4"], []]),
        }

    async def approve(self) -> None:
        await self.post("approve")

    async def void(self) -> None:
        await self.post("void")

    async def pay(self) -> None:
        await self.post("payments", {"amount": f"{self.random.uniform(0.01, 60):.2f}", "method": "cash"})

    async def unpay(self) -> None:
        if self.documents:
            path = f"/api/v1/documents/{self.random.choice(self.documents)}/payments"
            for payment in (await self.world.done("GET", path))["items"][:1]:
                await self.world.client.delete(f"{path}/{payment['id']}")

    async def credit(self) -> None:
        if not self.documents:
            return
        path = f"/api/v1/documents/{self.random.choice(self.documents)}/convert"
        for into in ("credit_note", "purchase_credit_note"):
            answer = await self.world.client.post(path, json={"type": into})
            if answer.status_code == 201:
                self.documents.append(answer.json()["id"])
                await self.world.client.post(f"/api/v1/documents/{answer.json()['id']}/approve")

    async def post(self, verb: str, body: Json | None = None) -> None:
        if self.documents:
            path = f"/api/v1/documents/{self.random.choice(self.documents)}/{verb}"
            answer = await self.world.client.post(path, json=body)
            assert answer.status_code < 500, answer.text


def counted(documents: list[Json]) -> list[Json]:
    return [document for document in documents if document["status"] not in ("draft", "voided")]


def expected_year(documents: list[Json], year: int) -> Json:
    """The panel's year, added up from the documents themselves."""
    euros = [document for document in counted(documents) if document["currency"] == "EUR"]
    months: dict[tuple[int, int, str], Decimal] = defaultdict(Decimal)
    open_amounts: dict[str, Decimal] = defaultdict(Decimal)
    for document in euros:
        sign = SIGNS.get(document["type"], 0)
        day = date.fromisoformat(document["issue_date"])
        months[day.year, day.month, document["side"]] += sign * Decimal(document["subtotal"])
        pending = sign * (Decimal(document["total"]) - Decimal(document["paid_total"]))
        open_amounts["pending"] += pending
        if document["due_date"] and document["due_date"] < TODAY.isoformat():
            open_amounts["overdue"] += pending
    total = {
        (of, side): sum((net for (y, _, s), net in months.items() if (y, s) == (of, side)), Decimal(0))
        for of in (year, year - 1)
        for side in ("sales", "purchases")
    }
    return {
        "months": [
            {"month": month, **{side: f"{months[year, month, side]:.2f}" for side in ("sales", "purchases")}}
            for month in range(1, 13)
        ],
        "sales_total": f"{total[year, 'sales']:.2f}",
        "purchases_total": f"{total[year, 'purchases']:.2f}",
        "previous_sales_total": f"{total[year - 1, 'sales']:.2f}",
        "previous_purchases_total": f"{total[year - 1, 'purchases']:.2f}",
        "pending": f"{open_amounts['pending']:.2f}",
        "overdue": f"{open_amounts['overdue']:.2f}",
    }


def expected_items(documents: list[Json], side: str, first: date, last: date) -> dict[str, tuple[str, str, Any]]:
    """{product id or folded description: (quantity, amount, last date)}"""
    sums: dict[str, list[Any]] = defaultdict(lambda: [Decimal(0), Decimal(0), None])
    for document in counted(documents):
        day = document["issue_date"]
        sign = SIGNS.get(document["type"], 0)
        inside = first.isoformat() <= day <= last.isoformat()
        if sign == 0 or not inside or document["side"] != side or document["currency"] != "EUR":
            continue
        for line in document["lines"]:
            row = sums[line["product_id"] or line["description"].lower()]
            row[0] += sign * Decimal(line["quantity"])
            row[1] += sign * Decimal(line["subtotal"])
            if sign > 0:
                row[2] = max(row[2] or day, day)
    return {
        key: (f"{quantity.normalize():f}", f"{amount:.2f}", last_date)
        for key, (quantity, amount, last_date) in sums.items()
        if quantity or amount
    }


@pytest.mark.parametrize("seed", range(6))
async def test_totals_equal_the_sum_of_the_documents_after_anything(world: World, seed: int) -> None:
    play = Play(world, seed)
    await play.start()
    for _ in range(90):
        await play.step()
    everything = [await world.done("GET", f"/api/v1/documents/{document}") for document in play.documents]
    assert len(counted(everything)) > 5
    for contact in play.contacts:
        documents = [document for document in everything if document["contact_id"] == contact]
        for year in (TODAY.year, TODAY.year - 1):
            panel = await world.panel(contact, year)
            expected = expected_year(documents, year)
            assert {key: panel["year"][key] for key in expected} == expected
            assert panel["documents"]["counts"] == {
                side: len([document for document in counted(documents) if document["side"] == side])
                for side in ("sales", "purchases")
            }
            assert panel["documents"]["listed"] == {
                side: len([document for document in documents if document["side"] == side])
                for side in ("sales", "purchases")
            }
        for side in ("sales", "purchases"):
            for first, last in ((date(2000, 1, 1), TODAY), (TODAY - timedelta(days=45), TODAY - timedelta(days=1))):
                path = f"/api/v1/contacts/{contact}/reports/products?side={side}&from={first}&to={last}"
                items = (await world.done("GET", path))["items"]
                found = {
                    item["product_id"] or item["name"].lower(): (item["quantity"], item["amount"], item["last_date"])
                    for item in items
                }
                assert found == expected_items(documents, side, first, last)
