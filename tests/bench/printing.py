"""How long the PDF of an invoice takes, warm: one page, ten lines. The goal is 30 ms. And how long others wait for the
event loop while ten PDFs of 500 lines are asked for at once, drawn by the press and, beside it, by threads as before.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from documents.printing import PrintedDocument, PrintedLine, PrintedParty, PrintedTax
from documents.printing.press import Press
from documents.printing.render import render_pdf

TIMES = 50
LONG = 10


def main() -> None:
    render_pdf(INVOICE)
    taken = []
    for number in range(TIMES):
        started = time.perf_counter()
        render_pdf(replace(INVOICE, number=f"F26{number:04}"))
        taken.append((time.perf_counter() - started) * 1000)
    print(f"\nPDF of an invoice, warm: p50 {statistics.median(taken):.1f} ms, best {min(taken):.1f} ms")

    asyncio.run(compare())


async def compare() -> None:
    await others("at rest", idle)
    async with Press(processes=2, waiting=LONG, seconds=300) as press:
        await press.draw(INVOICE)
        await others("while the press draws", lambda: all_drawn(press.draw))
        await others("while threads draw", lambda: all_drawn(lambda document: asyncio.to_thread(render_pdf, document)))


async def idle() -> None:
    await asyncio.sleep(2)


async def all_drawn(draw: Callable[[PrintedDocument], Awaitable[bytes]]) -> None:
    long = replace(INVOICE, lines=INVOICE.lines * 50)
    await asyncio.gather(*(draw(replace(long, number=f"F26{number:04}")) for number in range(LONG)))


async def others(what: str, work: Callable[[], Awaitable[None]]) -> None:
    """How much later than after 5 ms a small piece of work is done, again and again, until `work` is."""
    started, working, late = time.perf_counter(), asyncio.ensure_future(work()), []
    while not working.done():
        asked = time.perf_counter()
        await asyncio.sleep(0.005)
        sum(range(20_000))
        late.append((time.perf_counter() - asked) * 1000 - 5)
    print(
        f"Others, {what}: p50 {statistics.median(late):.1f} ms, p99 {sorted(late)[len(late) * 99 // 100]:.1f} ms "
        f"({time.perf_counter() - started:.1f} s)"
    )


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
