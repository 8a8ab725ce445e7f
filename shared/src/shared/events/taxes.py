"""The taxes that Spanish documents carry, with the dates between which each rate is in force; which go together.

A contact's defaults and products name them by code, so who takes such a code and who uses it ask the same table.

Sources: Ley 37/1992 arts. 90, 91 and 161 (IVA, recargo de equivalencia) with their changes of 2010 and 2012;
RDL 20/2022 and RDL 4/2024 (temporary food rates); Ley 35/2006 art. 101 and RD 439/2007 art. 95 (IRPF).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["vat", "surcharge", "retention"]


@dataclass(frozen=True, slots=True)
class Rate:
    """Per cent; below zero where it is held back. Both ends are within; no end is still in force."""

    percent: Decimal
    valid_from: date
    valid_to: date | None = None

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Tax:
    """`surcharge`: the code that a customer under recargo de equivalencia pays on top of this one."""

    code: str
    name: str
    kind: Kind
    rates: tuple[Rate, ...]
    surcharge: str | None = None

    def rate_on(self, on: date) -> Rate | None:
        return next((rate for rate in self.rates if rate.in_force(on)), None)


class TaxesWrong(ValueError):
    """Taxes that one line cannot carry. `code` says why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def rate_in_force(code: str, on: date) -> Decimal:
    """Raises TaxesWrong for an unknown code, and for one that is not in force on that date."""
    tax = TAXES.get(code)
    if tax is None:
        raise TaxesWrong("tax_unknown", f"There is no tax {code}.")
    rate = tax.rate_on(on)
    if rate is None:
        raise TaxesWrong("tax_not_in_force", f"{tax.name} is not in force on {on}.")
    return rate.percent


def check_taxes(codes: Sequence[str], on: date) -> None:
    """One VAT, its own surcharge and one retention at most, all in force. Raises TaxesWrong."""
    for code in codes:
        rate_in_force(code, on)
    check_together(codes)


def check_together(codes: Sequence[str]) -> None:
    """As `check_taxes`, whatever the day. Raises TaxesWrong."""
    for code in codes:
        if code not in TAXES:
            raise TaxesWrong("tax_unknown", f"There is no tax {code}.")
    by_kind: dict[Kind, Tax] = {}
    for code in codes:
        tax = TAXES[code]
        if tax.kind in by_kind:
            raise TaxesWrong("taxes_exclude", f"{by_kind[tax.kind].name} and {tax.name} exclude each other.")
        by_kind[tax.kind] = tax
    surcharge, vat = by_kind.get("surcharge"), by_kind.get("vat")
    if surcharge and (vat is None or vat.surcharge != surcharge.code):
        raise TaxesWrong("surcharge_without_vat", f"{surcharge.name} only goes with its own IVA.")


def _rates(*spans: tuple[str, str, str | None]) -> tuple[Rate, ...]:
    return tuple(
        Rate(Decimal(percent), date.fromisoformat(start), date.fromisoformat(end) if end else None)
        for percent, start, end in spans
    )


def _table(taxes: Iterable[Tax]) -> dict[str, Tax]:
    return {tax.code: tax for tax in taxes}


_BEGINNING = "1993-01-01"

TAXES = _table(
    (
        Tax("iva_21", "IVA 21 %", "vat", _rates(("21", "2012-09-01", None)), "re_5_2"),
        Tax("iva_10", "IVA 10 %", "vat", _rates(("10", "2012-09-01", None)), "re_1_4"),
        Tax("iva_4", "IVA 4 %", "vat", _rates(("4", "1995-01-01", None)), "re_0_5"),
        Tax("iva_0", "IVA 0 %", "vat", _rates(("0", _BEGINNING, None))),
        Tax("iva_18", "IVA 18 %", "vat", _rates(("18", "2010-07-01", "2012-08-31")), "re_4"),
        Tax("iva_16", "IVA 16 %", "vat", _rates(("16", "1995-01-01", "2010-06-30")), "re_4"),
        Tax("iva_8", "IVA 8 %", "vat", _rates(("8", "2010-07-01", "2012-08-31")), "re_1"),
        Tax("iva_7", "IVA 7 %", "vat", _rates(("7", "1995-01-01", "2010-06-30")), "re_1"),
        Tax("iva_5", "IVA 5 %", "vat", _rates(("5", "2022-07-01", "2024-09-30")), "re_0_62"),
        Tax("iva_7_5", "IVA 7,5 %", "vat", _rates(("7.5", "2024-10-01", "2024-12-31")), "re_1"),
        Tax("iva_2", "IVA 2 %", "vat", _rates(("2", "2024-10-01", "2024-12-31")), "re_0_26"),
        Tax("intra_eu", "Operación intracomunitaria", "vat", _rates(("0", _BEGINNING, None))),
        Tax("export", "Exportación", "vat", _rates(("0", _BEGINNING, None))),
        Tax("exempt", "Exento de IVA", "vat", _rates(("0", _BEGINNING, None))),
        Tax("not_subject", "No sujeto a IVA", "vat", _rates(("0", _BEGINNING, None))),
        Tax("re_5_2", "Recargo de equivalencia 5,2 %", "surcharge", _rates(("5.2", "2012-09-01", None))),
        Tax("re_1_4", "Recargo de equivalencia 1,4 %", "surcharge", _rates(("1.4", "2012-09-01", None))),
        Tax("re_0_5", "Recargo de equivalencia 0,5 %", "surcharge", _rates(("0.5", "1995-01-01", None))),
        Tax("re_4", "Recargo de equivalencia 4 %", "surcharge", _rates(("4", "1995-01-01", "2012-08-31"))),
        Tax(
            "re_1",
            "Recargo de equivalencia 1 %",
            "surcharge",
            _rates(("1", "1995-01-01", "2012-08-31"), ("1", "2024-10-01", "2024-12-31")),
        ),
        Tax("re_0_62", "Recargo de equivalencia 0,62 %", "surcharge", _rates(("0.62", "2023-01-01", "2024-09-30"))),
        Tax("re_0_26", "Recargo de equivalencia 0,26 %", "surcharge", _rates(("0.26", "2024-10-01", "2024-12-31"))),
        Tax("irpf_15", "IRPF 15 %", "retention", _rates(("-15", "2015-07-12", None))),
        Tax("irpf_7", "IRPF 7 %", "retention", _rates(("-7", "2015-07-12", None))),
        Tax("irpf_19", "IRPF 19 %", "retention", _rates(("-19", "2016-01-01", None))),
        Tax("irpf_2", "IRPF 2 %", "retention", _rates(("-2", "2007-01-01", None))),
        Tax("irpf_1", "IRPF 1 %", "retention", _rates(("-1", "2007-01-01", None))),
    )
)
"""By code. A code never changes its meaning; a new rate is a new span or a new code."""
