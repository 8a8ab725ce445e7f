"""Every SQL statement that reads running totals."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Text, and_, func, or_, select, text, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from documents.models import ItemTotal, Product, SoldLine
from documents.reports.periods import Span
from shared.currencies import decimals_sql
from shared.db.tenancy import org_of

LATEST = 10
_MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'

# One statement, so that the panel's part is one round trip. Figures travel as text: JSON numbers would become floats.
# The latest documents are asked for by `contact_id <=` and an order that begins with it: only the index by contact
# gives that order. With `=` the planner may walk the whole organisation by date instead when one contact has most of
# its documents, which cost 60 ms at 100,000.
_PANEL = text(
    f"""
    WITH home AS (
        SELECT coalesce(max(currency), :home_currency) AS currency, max(state->>'time_zone') AS time_zone
          FROM organization WHERE org_id = :org_id
    )
    SELECT
        home.currency,
        home.time_zone,
        (SELECT json_agg(json_build_array(m.year, m.month, m.type, m.net::text))
           FROM month_total m
          WHERE m.org_id = :org_id AND m.contact_id = :contact_id AND m.currency = home.currency
            AND m.year IN (:year, :year - 1)) AS months,
        (SELECT json_agg(json_build_array(o.side, o.pending::text, o.overdue::text))
           FROM (SELECT side, sum(amount) FILTER (WHERE grain = 'month') AS pending,
                        coalesce(sum(amount) FILTER (WHERE starts_on < :this_month OR grain = 'day'), 0) AS overdue
                   FROM (SELECT side, grain, starts_on, amount
                           FROM open_amount
                          WHERE org_id = :org_id AND contact_id = :contact_id AND currency = home.currency
                            AND grain = 'month'
                          UNION ALL
                         SELECT side, grain, starts_on, amount
                           FROM open_amount
                          WHERE org_id = :org_id AND contact_id = :contact_id AND currency = home.currency
                            AND grain = 'day' AND starts_on >= :this_month AND starts_on < :today) open_or_due
                  GROUP BY side) o
          WHERE o.pending IS NOT NULL) AS open,
        (SELECT json_object_agg(c.side, c.count)
           FROM document_count c
          WHERE c.org_id = :org_id AND c.contact_id = :contact_id) AS counts,
        (SELECT json_object_agg(u.side, u.count)
           FROM (SELECT d.side, count(*) AS count FROM document d
                  WHERE d.org_id = :org_id AND d.contact_id = :contact_id AND d.status IN ('draft', 'voided')
                  GROUP BY d.side) u) AS uncounted,
        (SELECT json_agg(latest)
           FROM (SELECT d.id, d.version, d.type, d.side, d.status, d.number, d.contact_id, d.contact_name,
                        d.issue_date, d.due_date, d.currency, round(d.subtotal, d.decimals)::text AS subtotal,
                        round(d.tax_total, d.decimals)::text AS tax_total, round(d.total, d.decimals)::text AS total,
                        round(d.paid_total, d.decimals)::text AS paid_total,
                        round(d.pending_total, d.decimals)::text AS pending_total,
                        coalesce(d.pending_total > 0 AND d.due_date < :today, false) AS overdue,
                        d.payment_method, d.supplier_number, d.corrects_id,
                        to_char(d.created_at AT TIME ZONE 'UTC', :moment) AS created_at,
                        to_char(d.updated_at AT TIME ZONE 'UTC', :moment) AS updated_at
                   FROM (SELECT *, {decimals_sql("currency")} AS decimals FROM document
                          WHERE org_id = :org_id AND contact_id <= :contact_id
                          ORDER BY contact_id DESC, issue_date DESC, id DESC LIMIT :latest) d
                  WHERE d.contact_id = :contact_id
                  ORDER BY d.issue_date DESC, d.id DESC) latest) AS latest
      FROM home
    """  # noqa: S608 - codes of the currency table
).columns(months=JSON, open=JSON, counts=JSON, uncounted=JSON, latest=JSON)


async def read_panel(
    session: AsyncSession, contact_id: UUID, *, year: int, today: date, home_currency: str
) -> dict[str, Any]:
    """`currency`; `time_zone`; `months` [[year, month, type, net]]; `open` [[side, pending, overdue]]; `counts`
    {side: n}; `uncounted` {side: n}, drafts and voided ones; `latest`.

    What has no rows is None, `time_zone` where the organisation is not known; `latest` is as JSON has it.
    """
    parameters = {
        "org_id": org_of(session),
        "contact_id": contact_id,
        "year": year,
        "today": today,
        "this_month": today.replace(day=1),
        "home_currency": home_currency,
        "latest": LATEST,
        "moment": _MOMENT,
    }
    return dict((await session.execute(_PANEL, parameters)).mappings().one())


async def list_items(
    session: AsyncSession,
    contact_id: UUID,
    *,
    side: str,
    currency: str,
    spans: Sequence[Span],
    first: date | None,
    last: date | None,
    after: tuple[Decimal, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Items by amount, largest first: item_key, product_id, name, quantity, amount, last_price, last_date."""
    mine = (ItemTotal.org_id == org_of(session), ItemTotal.contact_id == contact_id, ItemTotal.side == side)
    quantity, amount = func.sum(ItemTotal.quantity), func.sum(ItemTotal.amount)
    sums = (
        select(
            ItemTotal.item_key,
            cast(ColumnElement[UUID | None], func.any_value(ItemTotal.product_id)).label("product_id"),
            func.max(ItemTotal.name).label("name"),
            quantity.label("quantity"),
            amount.label("amount"),
        )
        .where(*mine, ItemTotal.currency == currency, or_(*(_within(span) for span in spans)))
        .group_by(ItemTotal.item_key)
        .having(or_(quantity != 0, amount != 0))
        .cte("sums")
    )
    page = select(sums).order_by(sums.c.amount.desc(), sums.c.item_key.desc()).limit(limit)
    if after:
        page = page.where(tuple_(sums.c.amount, sums.c.item_key) < tuple_(*after))
    items = page.cte("items")
    sold = (
        select(SoldLine.unit_price, SoldLine.sold_on)
        .where(
            SoldLine.org_id == org_of(session),
            SoldLine.contact_id == contact_id,
            SoldLine.side == side,
            SoldLine.currency == currency,
            SoldLine.item_key == items.c.item_key,
            SoldLine.sold_on >= (first or date.min),
            SoldLine.sold_on <= (last or date.max),
        )
        .order_by(SoldLine.sold_on.desc(), SoldLine.document_id.desc(), SoldLine.position.desc())
        .limit(1)
        .lateral("sold")
    )
    statement = (
        select(
            items.c.item_key,
            items.c.product_id,
            func.coalesce(Product.name, type_coerce(items.c.name, Text)).label("name"),
            items.c.quantity,
            items.c.amount,
            sold.c.unit_price.label("last_price"),
            sold.c.sold_on.label("last_date"),
        )
        .outerjoin(Product, and_(Product.org_id == org_of(session), Product.id == items.c.product_id))
        .outerjoin(sold, text("true"))
        .order_by(items.c.amount.desc(), items.c.item_key.desc())
    )
    return [dict(row) for row in (await session.execute(statement)).mappings()]


def _within(span: Span) -> ColumnElement[bool]:
    return and_(ItemTotal.grain == span.grain, ItemTotal.starts_on.between(span.first, span.last))
