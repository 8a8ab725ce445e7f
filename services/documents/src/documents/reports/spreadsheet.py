"""A report as CSV (RFC 4180, UTF-8 with a mark, so that spreadsheets read it right)."""

import csv
import io
from collections.abc import Iterable

from documents.reports.schemas import ItemOut

_COLUMNS = ("product_id", "name", "quantity", "amount", "currency", "last_price", "last_date")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def items_csv(items: Iterable[ItemOut]) -> str:
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for item in items:
        values = item.model_dump(mode="json")
        values["name"] = _harmless(item.name)
        writer.writerow([values[column] for column in _COLUMNS])
    return out.getvalue()


def _harmless(value: str) -> str:
    """A spreadsheet would run a name that starts like a formula."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
