"""Currencies and their decimals, by the table of ISO 4217. The only place that knows either."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext

import iso4217

from shared.errors import invalid

_OF_ACCOUNT = {"UYW", "XAD"}
"""Units that contracts are reckoned in and nobody pays with; the table does not mark them as funds."""
_USUAL = 2
_DIGITS = 60
"""More than any amount has, so that only the rounding meant takes place."""


def _in_use() -> dict[str, int]:
    """Neither funds nor what has no decimals: metals, baskets, tests. Withdrawn codes are not in the table."""
    rows = list(iso4217.raw_xml.iter("CcyNtry"))
    funds = {row.findtext("Ccy") for row in rows for name in row.iter("CcyNm") if name.get("IsFund") == "true"}
    return {
        currency.code: currency.exponent
        for currency in iso4217.Currency
        if currency.exponent is not None and currency.code not in funds | _OF_ACCOUNT
    }


CURRENCIES: Mapping[str, int] = dict(sorted(_in_use().items()))
"""What can be paid with: code → decimals, 0 to 3."""


def decimals_of(currency: str) -> int:
    """Two also for what was written in a currency that has been withdrawn since."""
    return CURRENCIES.get(currency, _USUAL)


def zero(currency: str) -> Decimal:
    """Returns 0 with the currency's decimals."""
    return Decimal(0).scaleb(-decimals_of(currency))


def rounded(value: Decimal, currency: str) -> Decimal:
    """Half up, away from zero, to the currency's decimals. Never a negative zero, which would be written `-0.00`."""
    with localcontext(prec=_DIGITS):
        return value.quantize(zero(currency), rounding=ROUND_HALF_UP) + 0


def exact_amount(field: str, value: Decimal, currency: str) -> Decimal:
    """As it is, with the currency's decimals. Raises Invalid at `field` for what is finer than its smallest coin."""
    exact = rounded(value, currency)
    if exact != value:
        raise invalid(field, "too_many_decimals", f"{currency} has {decimals_of(currency)} decimals.")
    return exact


def money_text(value: Decimal, currency: str) -> str:
    """With exactly the currency's decimals: `"1234.50"`, `"1235"` of yens, `"1.235"` of dinars."""
    return f"{rounded(value, currency):f}"


def price_text(value: Decimal, currency: str) -> str:
    """With the currency's decimals at least, and more only where the price of one unit has them."""
    return at_least(value, decimals_of(currency))


def at_least(value: Decimal, places: int) -> str:
    """Returns `value` as text with `places` decimals, or as many as it has where these are more."""
    exponent = value.normalize().as_tuple().exponent
    return f"{value:.{max(places, -exponent if isinstance(exponent, int) else places)}f}"


def currency_pattern(pattern: str, currency: str) -> str:
    """A pattern of CLDR (`#,##0.00 ¤`) with the currency's decimals: CLDR's own are those of cash, not of ISO 4217."""
    places = decimals_of(currency)
    return pattern.replace("0.00", f"0.{'0' * places}" if places else "0")


def decimals_sql(column: str) -> str:
    """SQL for the decimals of the currency in `column`, to round what a statement writes as text itself."""
    codes = {
        places: ", ".join(f"'{code}'" for code, of in CURRENCIES.items() if of == places)
        for places in sorted(set(CURRENCIES.values()) - {_USUAL})
    }
    cases = " ".join(f"WHEN {column} IN ({listed}) THEN {places}" for places, listed in codes.items())
    return f"CASE {cases} ELSE {_USUAL} END"
