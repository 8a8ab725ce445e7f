"""What lines add up to, against an independent reckoning in fractions."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.drafts.amounts import LineFigures, add_up
from shared.events.taxes import TaxesWrong

TODAY = date(2026, 6, 1)

quantities = st.decimals(min_value="-99999", max_value="99999", places=6)
prices = st.decimals(min_value="-99999", max_value="99999", places=6)
discounts = st.decimals(min_value="0", max_value="100", places=3)
taxes = st.lists(st.sampled_from(["iva_21", "iva_10", "iva_4", "re_5_2", "irpf_15", "export"]), unique=True, max_size=3)
lines = st.lists(st.builds(LineFigures, quantities, prices, discounts, taxes), max_size=12)


def half_up(value: Fraction) -> Fraction:
    """To cents, halves away from zero."""
    sign = -1 if value < 0 else 1
    return sign * Fraction(int(abs(value) * 100 + Fraction(1, 2)), 100)


def line(price: str, *codes: str, quantity: str = "1", discount: str = "0") -> LineFigures:
    return LineFigures(Decimal(quantity), Decimal(price), Decimal(discount), codes)


@given(lines)
def test_every_figure_is_exact_and_rounded_once(given_lines: list[LineFigures]) -> None:
    amounts = add_up(given_lines, on=TODAY, currency="EUR")
    subtotals = [
        half_up(Fraction(line.quantity) * Fraction(line.unit_price) * (100 - Fraction(line.discount_pct)) / 100)
        for line in given_lines
    ]
    assert [Fraction(subtotal) for subtotal in amounts.line_subtotals] == subtotals
    assert Fraction(amounts.subtotal) == sum(subtotals)
    for tax in amounts.taxes:
        base = sum(
            (subtotal for line, subtotal in zip(given_lines, subtotals, strict=True) if tax.code in line.taxes),
            Fraction(0),
        )
        assert Fraction(tax.base) == base
        assert Fraction(tax.amount) == half_up(base * Fraction(tax.rate) / 100)
    assert {tax.code for tax in amounts.taxes} == {code for line in given_lines for code in line.taxes}
    assert amounts.tax_total == sum((tax.amount for tax in amounts.taxes), Decimal(0))
    assert amounts.total == amounts.subtotal + amounts.tax_total


@given(lines)
def test_what_is_returned_is_what_was_charged(given_lines: list[LineFigures]) -> None:
    charged = add_up(given_lines, on=TODAY, currency="EUR")
    returned = add_up(
        [LineFigures(-line.quantity, line.unit_price, line.discount_pct, line.taxes) for line in given_lines],
        on=TODAY,
        currency="EUR",
    )
    assert returned.total == -charged.total
    assert [tax.amount for tax in returned.taxes] == [-tax.amount for tax in charged.taxes]


def test_retention_is_held_back_from_the_base_without_vat() -> None:
    amounts = add_up([line("1000", "iva_21", "irpf_15")], on=TODAY, currency="EUR")
    assert [(tax.code, tax.amount) for tax in amounts.taxes] == [
        ("iva_21", Decimal("210.00")),
        ("irpf_15", Decimal("-150.00")),
    ]
    assert amounts.total == Decimal("1060.00")


def test_tax_is_rounded_per_rate_not_per_line() -> None:
    three_cents_of_tax = [line("0.02", "iva_21")] * 7  # 7 × 0.0042 rounds to nothing line by line
    assert add_up(three_cents_of_tax, on=TODAY, currency="EUR").tax_total == Decimal("0.03")


def test_halves_go_up_and_yen_have_no_cents() -> None:
    assert add_up([line("0.125")], on=TODAY, currency="EUR").total == Decimal("0.13")
    assert add_up([line("-0.125")], on=TODAY, currency="EUR").total == Decimal("-0.13")
    assert add_up([line("100.5", "iva_10")], on=TODAY, currency="JPY").total == Decimal("111")


def test_the_rate_is_the_one_in_force_on_that_day() -> None:
    assert add_up([line("100", "iva_7_5", "re_1")], on=date(2024, 11, 1), currency="EUR").tax_total == Decimal("8.50")
    with pytest.raises(TaxesWrong, match="not in force"):
        add_up([line("100", "re_1")], on=TODAY, currency="EUR")
