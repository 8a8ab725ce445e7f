"""What the running totals say. Nothing here sums a contact's documents."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents.errors import ContactNotFound
from documents.kinds import KINDS
from documents.replicas import service as replicas
from documents.reports import repository
from documents.reports.periods import spans_between
from shared.clock import DEFAULT_ZONE, day_in, utc_now
from shared.currencies import money_text
from shared.events.documents import Side
from shared.service_client import ServiceClient

_NOTHING = Decimal(0)
_SIDES: tuple[Side, Side] = ("sales", "purchases")


async def get_panel(session: AsyncSession, contact_id: UUID, *, year: int | None) -> dict[str, Any]:
    """The sections `year` and `documents` as JSON has them. Without documents there are zeros.

    One statement, which also tells the time zone; a second one where it is another day there than was supposed.
    """
    now = utc_now()
    supposed = day_in(DEFAULT_ZONE, now)
    row = await _read_panel(session, contact_id, year=year, today=supposed)
    today = day_in(row["time_zone"] or DEFAULT_ZONE, now)
    if today != supposed:
        row = await _read_panel(session, contact_id, year=year, today=today)
    year = year or today.year
    counts, uncounted = row["counts"] or {}, row["uncounted"] or {}
    return {
        "year": _year(year, row),
        "documents": {
            "items": row["latest"] or [],
            "counts": {side: counts.get(side, 0) for side in _SIDES},
            "listed": {side: counts.get(side, 0) + uncounted.get(side, 0) for side in _SIDES},
        },
    }


async def get_year(
    session: AsyncSession, contact_id: UUID, *, year: int | None, asker: ServiceClient | None = None
) -> dict[str, Any]:
    """Raises ContactNotFound."""
    await _require_known(session, contact_id, asker)
    section: dict[str, Any] = (await get_panel(session, contact_id, year=year))["year"]
    return section


async def list_items(
    session: AsyncSession,
    contact_id: UUID,
    *,
    side: Side,
    first: date | None,
    last: date | None,
    currency: str | None,
    after: tuple[Decimal, UUID] | None,
    limit: int,
    asker: ServiceClient | None = None,
) -> list[dict[str, Any]]:
    """Products and services, largest amount first, in the organisation's currency unless told. Raises ContactNotFound.

    Both dates are within. A deleted contact keeps its reports.
    """
    await _require_known(session, contact_id, asker)
    currency = currency or (await replicas.get_home(session)).currency
    spans = spans_between(first, last)
    if not spans:
        return []
    rows = await repository.list_items(
        session,
        contact_id,
        side=side,
        currency=currency,
        spans=spans,
        first=first,
        last=last,
        after=after,
        limit=limit,
    )
    return [{**row, "currency": currency} for row in rows]


async def _read_panel(session: AsyncSession, contact_id: UUID, *, year: int | None, today: date) -> dict[str, Any]:
    return await repository.read_panel(
        session, contact_id, year=year or today.year, today=today, home_currency=replicas.HOME_CURRENCY
    )


async def _require_known(session: AsyncSession, contact_id: UUID, asker: ServiceClient | None) -> None:
    if await replicas.find_contact(session, contact_id, asker) is None:
        raise ContactNotFound()


def _year(year: int, row: dict[str, Any]) -> dict[str, Any]:
    """Types without turnover have month totals too; their sign of 0 drops them."""
    months = {(month, side): _NOTHING for month in range(1, 13) for side in _SIDES}
    totals = {(of, side): _NOTHING for of in (year, year - 1) for side in _SIDES}
    for of, month, document_type, net in row["months"] or ():
        kind = KINDS[document_type]
        amount = Decimal(net) * kind.turnover
        totals[of, kind.side] += amount
        if of == year:
            months[month, kind.side] += amount
    opened = _open_by_side(row["open"] or ())
    written = partial(money_text, currency=row["currency"])
    return {
        "year": year,
        "currency": row["currency"],
        "months": [
            {"month": month, **{side: written(months[month, side]) for side in _SIDES}} for month in range(1, 13)
        ],
        **{f"{side}_total": written(totals[year, side]) for side in _SIDES},
        **{f"previous_{side}_total": written(totals[year - 1, side]) for side in _SIDES},
        "pending": written(opened["sales_pending"] + opened["purchases_pending"]),
        "overdue": written(opened["sales_overdue"] + opened["purchases_overdue"]),
        **{name: written(amount) for name, amount in opened.items()},
    }


def _open_by_side(rows: Iterable[Any]) -> dict[str, Decimal]:
    opened = {f"{side}_{what}": _NOTHING for side in _SIDES for what in ("pending", "overdue")}
    for side, pending, overdue in rows:
        opened[f"{side}_pending"], opened[f"{side}_overdue"] = Decimal(pending), Decimal(overdue)
    return opened
