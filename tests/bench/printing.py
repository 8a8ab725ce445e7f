"""How long the PDF of an invoice takes, warm: one page, ten lines. The goal is 30 ms."""

import statistics
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

from documents.printing import PrintedDocument, PrintedLine, PrintedParty, PrintedTax, render_pdf

TIMES = 50


def main() -> None:
    render_pdf(INVOICE)
    taken = []
    for number in range(TIMES):
        started = time.perf_counter()
        render_pdf(replace(INVOICE, number=f"F26{number:04}"))
        taken.append((time.perf_counter() - started) * 1000)
    print(f"\nPDF of an invoice, warm: p50 {statistics.median(taken):.1f} ms, best {min(taken):.1f} ms")


def party(name: str) -> PrintedParty:
    return PrintedParty(name=name, tax_id="B85955367", street="Calle de Alcalá 45", city="Madrid", country="ES")


INVOICE = PrintedDocument(
    type="invoice",
    language="es",
    number="F260001",
    issue_date=date(2026, 11, 23),
    due_date=date(2026, 12, 23),
    organization=party("Northwind Traders"),
    contact=party("Bólido Comidas preparadas"),
    currency="EUR",
    lines=tuple(
        PrintedLine(
            description=f"Queso curado de oveja, pieza {number}",
            quantity=Decimal(3),
            unit_price=Decimal("12.50"),
            discount_pct=Decimal(0),
            taxes=("iva_10",),
            subtotal=Decimal("37.50"),
        )
        for number in range(10)
    ),
    taxes=(PrintedTax(code="iva_10", kind="vat", rate=Decimal(10), base=Decimal(375), amount=Decimal("37.50")),),
    subtotal=Decimal(375),
    total=Decimal("412.50"),
)

if __name__ == "__main__":
    main()
