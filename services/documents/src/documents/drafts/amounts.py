"""What lines add up to: exact, rounded half up once per line and once per tax rate. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from shared.currencies import rounded, zero
from shared.events.taxes import rate_in_force

_HUNDRED = Decimal(100)
_DIGITS = 60
"""More than any product of a line's fields takes, so that only the rounding meant takes place."""


@dataclass(frozen=True, slots=True)
class LineFigures:
    quantity: Decimal
    unit_price: Decimal
    discount_pct: Decimal
    taxes: Sequence[str]


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """One tax over all lines that carry it: `amount` is `base` × `rate` / 100, rounded."""

    code: str
    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Amounts:
    line_subtotals: list[Decimal]
    taxes: list[TaxAmount]
    subtotal: Decimal
    tax_total: Decimal
    total: Decimal


def add_up(lines: Sequence[LineFigures], *, on: date, currency: str) -> Amounts:
    """Taxes in order of first appearance, at their rates on that day. Raises TaxesWrong."""
    nothing = zero(currency)
    with localcontext() as context:
        context.prec = _DIGITS
        subtotals = [rounded(_line(line), currency) for line in lines]
        bases: dict[str, Decimal] = {}
        for line, subtotal in zip(lines, subtotals, strict=True):
            for code in line.taxes:
                bases[code] = bases.get(code, nothing) + subtotal
        taxes = [_tax(code, rate_in_force(code, on), base, currency) for code, base in bases.items()]
        subtotal = sum(subtotals, nothing)
        tax_total = sum((tax.amount for tax in taxes), nothing)
        return Amounts(subtotals, taxes, subtotal, tax_total, subtotal + tax_total)


def _line(line: LineFigures) -> Decimal:
    return line.quantity * line.unit_price * (_HUNDRED - line.discount_pct) / _HUNDRED


def _tax(code: str, rate: Decimal, base: Decimal, currency: str) -> TaxAmount:
    return TaxAmount(code, rate, base, rounded(base * rate / _HUNDRED, currency))
