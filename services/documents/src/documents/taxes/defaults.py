"""Which taxes a line carries when it names none. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from shared.events.contacts import DefaultsState
from shared.events.documents import Side
from shared.events.taxes import TAXES, TaxesWrong, check_together

STANDARD = "iva_21"
_ZERO_RATED = {
    "intra_eu": "intra_eu",
    "import_export": "export",
    "not_subject": "not_subject",
    "exempt": "exempt",
}


def default_taxes(defaults: DefaultsState, *, side: Side, product_taxes: Sequence[str] | None, on: date) -> list[str]:
    """The contact's own taxes, else its regime's over the product's, else the standard rate.

    The contact's retention comes on top. Recargo is a property of the customer: sales only. They always go together:
    what does not go with those before it is left out, in defaults that are older than the door's check of them.
    """
    zero = _ZERO_RATED.get(defaults.tax_regime or "general")
    if defaults.taxes is not None:
        codes = list(defaults.taxes)
    elif zero:
        codes = [zero, *_of_kind(product_taxes or (), "retention")]
    else:
        codes = list(product_taxes or [STANDARD])
    if defaults.tax_regime == "equivalence_surcharge" and side == "sales":
        codes = _with_surcharge(codes)
    if defaults.irpf and not _of_kind(codes, "retention"):
        codes.append(defaults.irpf)
    return _going_together(code for code in dict.fromkeys(codes) if _in_force(code, on))


def _going_together(codes: Iterable[str]) -> list[str]:
    chosen: list[str] = []
    # A surcharge goes with its VAT, wherever that was named.
    for code in sorted(codes, key=lambda code: TAXES[code].kind == "surcharge"):
        try:
            check_together([*chosen, code])
        except TaxesWrong:
            continue
        chosen.append(code)
    return chosen


def _with_surcharge(codes: Sequence[str]) -> list[str]:
    if _of_kind(codes, "surcharge"):
        return list(codes)
    surcharges = [TAXES[code].surcharge for code in _of_kind(codes, "vat")]
    return [*codes, *(surcharge for surcharge in surcharges if surcharge)]


def _of_kind(codes: Sequence[str], kind: str) -> list[str]:
    return [code for code in codes if code in TAXES and TAXES[code].kind == kind]


def _in_force(code: str, on: date) -> bool:
    """What is no tax any more on that day does not apply."""
    return code in TAXES and TAXES[code].rate_on(on) is not None
