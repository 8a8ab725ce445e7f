"""What lines add up to: exact, rounded half up once per line and once per tax rate. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from babel.numbers import get_currency_precision

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
    cent = Decimal(1).scaleb(-min(2, get_currency_precision(currency)))
    with localcontext() as context:
        context.prec = _DIGITS
        subtotals = [_rounded(_line(line), cent) for line in lines]
        bases: dict[str, Decimal] = {}
        for line, subtotal in zip(lines, subtotals, strict=True):
            for code in line.taxes:
                bases[code] = bases.get(code, Decimal(0)) + subtotal
        taxes = [_tax(code, rate_in_force(code, on), base, cent) for code, base in bases.items()]
        subtotal = sum(subtotals, Decimal(0))
        tax_total = sum((tax.amount for tax in taxes), Decimal(0))
        return Amounts(subtotals, taxes, subtotal, tax_total, subtotal + tax_total)


def _line(line: LineFigures) -> Decimal:
    return line.quantity * line.unit_price * (_HUNDRED - line.discount_pct) / _HUNDRED


def _tax(code: str, rate: Decimal, base: Decimal, cent: Decimal) -> TaxAmount:
    return TaxAmount(code, rate, base, _rounded(base * rate / _HUNDRED, cent))


def _rounded(value: Decimal, cent: Decimal) -> Decimal:
    # Never a negative zero: it would be written "-0.00".
    return value.quantize(cent, rounding=ROUND_HALF_UP) + 0
