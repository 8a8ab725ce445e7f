"""Which taxes a line carries when it names none. Pure."""

from collections.abc import Sequence
from datetime import date

from documents.taxes.table import TAXES
from shared.events.contacts import DefaultsState
from shared.events.documents import Side

STANDARD = "iva_21"
_ZERO_RATED = {
    "intra_eu": "intra_eu",
    "import_export": "export",
    "not_subject": "not_subject",
    "exempt": "exempt",
}


def default_taxes(defaults: DefaultsState, *, side: Side, product_taxes: Sequence[str] | None, on: date) -> list[str]:
    """The contact's own taxes, else its regime's over the product's, else the standard rate.

    The contact's retention comes on top. Recargo is a property of the customer: sales only.
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
    return [code for code in dict.fromkeys(codes) if _in_force(code, on)]


def _with_surcharge(codes: Sequence[str]) -> list[str]:
    if _of_kind(codes, "surcharge"):
        return list(codes)
    surcharges = [TAXES[code].surcharge for code in _of_kind(codes, "vat")]
    return [*codes, *(surcharge for surcharge in surcharges if surcharge)]


def _of_kind(codes: Sequence[str], kind: str) -> list[str]:
    return [code for code in codes if code in TAXES and TAXES[code].kind == kind]


def _in_force(code: str, on: date) -> bool:
    """A contact's defaults are free text to contacts: what is no tax here, or not on that day, does not apply."""
    return code in TAXES and TAXES[code].rate_on(on) is not None
