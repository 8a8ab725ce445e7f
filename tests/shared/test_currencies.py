"""Currencies by ISO 4217: which there are, and how many decimals each has."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.currencies import CURRENCIES, currency_pattern, decimals_of, money_text, price_text, rounded
from shared.web.shapes import CurrencyCode

WEB_TABLE = Path(__file__).parents[2] / "services/gateway/web/src/i18n/currencies.ts"
CODE = TypeAdapter(CurrencyCode)


@pytest.mark.parametrize("code", ["EUR", "USD", "JPY", "KWD", "XAF", "XOF", "XPF", "XCD", "XCG", "CLP", "IQD", "MRU"])
def test_what_can_be_paid_with_is_a_currency(code: str) -> None:
    assert CODE.validate_python(code) == code


@pytest.mark.parametrize(
    "code",
    [
        *("XAU", "XAG", "XPT", "XPD"),
        *("XXX", "XTS"),
        *("XDR", "XUA", "XSU", "XAD", "XBA", "XBB", "XBC", "XBD"),
        *("CLF", "UYI", "UYW", "BOV", "COU", "MXV", "CHE", "CHW", "USN"),
        *("DEM", "ESP", "FRF", "HRK", "BGN", "ZWL", "ANG", "XEU", "USS"),
        *("AAA", "eur", "EU", "EURO", "€", "ＥＵＲ", "EUR\n", ""),
    ],
)
def test_nothing_else_is(code: str) -> None:
    with pytest.raises(ValidationError):
        CODE.validate_python(code)


def test_each_has_none_to_three_decimals() -> None:
    assert set(CURRENCIES.values()) == {0, 2, 3}
    assert [decimals_of(code) for code in ("JPY", "EUR", "KWD", "DEM")] == [0, 2, 3, 2]


@given(st.decimals(min_value="-1e11", max_value="1e11", places=6), st.sampled_from(list(CURRENCIES)))
def test_rounding_is_half_up_at_the_decimals_of_the_currency(value: Decimal, currency: str) -> None:
    steps = 10 ** decimals_of(currency)
    sign = -1 if value < 0 else 1
    expected = sign * Fraction(int(abs(Fraction(value)) * steps + Fraction(1, 2)), steps)
    assert Fraction(rounded(value, currency)) == expected
    written = money_text(value, currency)
    assert Fraction(written) == expected
    assert len(written.partition(".")[2]) == decimals_of(currency)
    assert not re.fullmatch(r"-0(\.0+)?", written)


@given(st.decimals(min_value="-1e9", max_value="1e9", places=6), st.sampled_from(["JPY", "EUR", "KWD"]))
def test_a_price_keeps_what_is_finer_and_has_the_decimals_of_the_currency(value: Decimal, currency: str) -> None:
    written = price_text(value, currency)
    assert Decimal(written) == value
    decimals = written.partition(".")[2]
    assert len(decimals) >= decimals_of(currency)
    assert len(decimals) == decimals_of(currency) or not decimals.endswith("0")


def test_a_locale_s_pattern_takes_the_decimals_of_the_currency() -> None:
    patterns = [currency_pattern("#,##0.00\u00a0¤", code) for code in ("JPY", "EUR", "KWD")]
    assert patterns == ["#,##0\u00a0¤", "#,##0.00\u00a0¤", "#,##0.000\u00a0¤"]


def test_the_web_client_has_the_same_table() -> None:
    listed = re.findall(r"'([A-Z ]{9,})'", WEB_TABLE.read_text())
    assert [codes.split() for codes in listed] == [
        [code for code, decimals in CURRENCIES.items() if decimals == wanted] for wanted in (0, 3)
    ]
