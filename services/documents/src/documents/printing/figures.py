"""Numbers, money and dates as the document's language writes them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from documents.printing.model import Language
from shared.currencies import currency_pattern, decimals_of

# Plain "en" is American: its dates and its "$" would mislead European readers.
_LOCALES: dict[Language, Locale] = {"es": Locale("es", "ES"), "en": Locale("en", "GB"), "ca": Locale("ca", "ES")}
_FINEST = 6


@dataclass(frozen=True, slots=True)
class Figures:
    language: Language
    currency: str

    def money(self, value: Decimal) -> str:
        pattern = currency_pattern(str(self._locale.currency_formats["standard"].pattern), self.currency)
        return _signed(format_currency(value, self.currency, pattern, locale=self._locale, currency_digits=False))

    def amount(self, value: Decimal) -> str:
        """Money without its currency, for columns."""
        return self._decimal(value, decimals_of(self.currency), 0)

    def price(self, value: Decimal) -> str:
        """An amount which may be finer than the currency's smallest coin."""
        places = decimals_of(self.currency)
        return self._decimal(value, places, _FINEST - places)

    def quantity(self, value: Decimal) -> str:
        return self._decimal(value, 0, _FINEST)

    def percent(self, value: Decimal) -> str:
        """Of a value in per cent: 5.2 is 5.2 %."""
        pattern = str(self._locale.percent_formats[None].pattern).replace("0", "0.###")
        return _signed(format_percent(value / 100, pattern, locale=self._locale))

    def date(self, value: date) -> str:
        return format_date(value, "long", locale=self._locale)

    def country(self, code: str) -> str:
        return str(self._locale.territories.get(code.upper(), code))

    @property
    def _locale(self) -> Locale:
        return _LOCALES[self.language]

    def _decimal(self, value: Decimal, fixed: int, more: int) -> str:
        places = "0" * fixed + "#" * more
        return _signed(format_decimal(value, f"#,##0.{places}" if places else "#,##0", locale=self._locale))


def _signed(text: str) -> str:
    """With a real minus sign: a hyphen next to figures is easily overlooked."""
    return text.replace("-", "−")
