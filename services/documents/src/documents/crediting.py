"""How much of a document its credit notes take: by tax, so that no rate is credited beyond its base. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

UNTAXED = ""
"""Stands for the code of lines that carry no tax."""
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Share:
    """Base and tax of one code: of a document, or of all that corrects it."""

    base: Decimal = _NOTHING
    amount: Decimal = _NOTHING


Shares = Mapping[str, Share]


class TooMuch(ValueError):
    """More than is left: `left` of the base under `code`."""

    def __init__(self, code: str, left: Decimal) -> None:
        super().__init__(f"{left} are left of the base of {code or 'what carries no tax'}")


def shares_of(taxes: Iterable[Mapping[str, Any]], lines: Iterable[Mapping[str, Any]]) -> dict[str, Share]:
    """Of a document's own rows."""
    shares = {row["code"]: Share(Decimal(row["base"]), Decimal(row["amount"])) for row in taxes}
    untaxed = sum((Decimal(line["subtotal"]) for line in lines if not line["taxes"]), _NOTHING)
    return {**shares, UNTAXED: Share(untaxed)}


def tax_of(code: str, own: Share, rate: Decimal, *, whole: Shares, credited: Shares) -> Decimal:
    """The tax of one more credit note: its own rounding, unless the sum of all would stray from what they correct.

    Together they stay within a cent of the tax on the base that they took, and between nothing and the corrected tax;
    whoever takes the last of the base takes the last of the tax. Raises TooMuch.
    """
    corrected, before = whole.get(code, Share()), credited.get(code, Share())
    base = before.base + own.base
    if base > max(corrected.base, _NOTHING) or base < corrected.base < 0:
        raise TooMuch(code, corrected.base - before.base)
    if code not in whole:
        return own.amount
    if base == corrected.base:
        return corrected.amount - before.amount
    cent = Decimal(1).scaleb(int(own.amount.as_tuple().exponent))
    exact = base * rate / 100
    least = max(exact - cent, min(corrected.amount, _NOTHING))
    most = min(exact + cent, max(corrected.amount, _NOTHING))
    together = before.amount + own.amount
    together = max(together, least.quantize(cent, ROUND_CEILING))
    return min(together, most.quantize(cent, ROUND_FLOOR)) - before.amount
