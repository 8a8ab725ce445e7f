"""Tax ids, VAT numbers and phone numbers, brought to one form. The rules are the libraries'.

Sources: python-stdnum (es.nif, eu.vat), phonenumbers (E.164).
"""

from collections.abc import Collection

import phonenumbers
from stdnum import exceptions
from stdnum.es import nif
from stdnum.eu import vat
from stdnum.util import clean

from shared.errors import invalid
from shared.events.contacts import TaxIdType

_EU = frozenset(vat.MEMBER_STATES)
_VAT_PREFIXES = {"GR": "EL"}
_LONGEST_EXTENSION = 6
_SEPARATORS = " -./\u00a0"


def normalise_tax_id(value: str, country: str, stated: TaxIdType | None = None) -> str:
    """A NIF, or a VAT number with its EU prefix, in upper case without separators; before a NIF `ES` goes.

    What is `stated` decides which of both it has to be, with or without the country's own prefix. Else a Spanish one is
    a NIF, and one that carries its own country's EU prefix a VAT number: only these have a rule that surely applies.
    Any other is kept as given: each country has several kinds of ids. Raises Invalid when check digits are wrong.
    """
    compact = clean(value, _SEPARATORS).upper()
    try:
        if stated == "nif":
            return str(nif.validate(compact.removeprefix("ES")))
        if stated == "vat":
            prefixed = f"{_VAT_PREFIXES.get(country, country)}{compact}"
            return str(vat.validate(prefixed if vat.is_valid(prefixed) else compact))
        if stated is not None:
            return value
        if country == "ES":
            own = vat.is_valid(compact) and not compact.startswith("ES")
            return compact if own else str(nif.validate(compact.removeprefix("ES")))
        if _claims_vat(compact, country):
            return str(vat.validate(compact))
    except exceptions.ValidationError as error:
        raise invalid(
            "tax_id", "tax_id_invalid", f"{value} is not a valid {stated or 'tax id'} in {country}."
        ) from error
    return value


def tax_id_type_of(tax_id: str, country: str) -> TaxIdType:
    """What one in its one form is where nobody said it."""
    if country == "ES":
        return "vat" if vat.is_valid(tax_id) and not tax_id.startswith("ES") else "nif"
    return "vat" if _claims_vat(tax_id, country) else "other"


def normalise_vat_number(value: str) -> str:
    """The NIF-IVA with its country prefix. Raises Invalid."""
    try:
        return str(vat.validate(clean(value, _SEPARATORS).upper()))
    except exceptions.ValidationError as error:
        raise invalid(
            "vat_number", "vat_number_invalid", f"{value} is not a valid VAT number of an EU country."
        ) from error


def _claims_vat(compact: str, country: str) -> bool:
    """Whether it is the country's prefix and a VAT number, right or wrong: a letter or sign there makes other ids.

    A name may begin with the prefix too, and with it a codice fiscale.
    """
    prefix = _VAT_PREFIXES.get(country, country)
    if country.lower() not in _EU or not compact.startswith(prefix):
        return False
    return compact[2:].isdigit() or vat.is_valid(compact)


def normalise_phones(values: list[str], country: str, *, known: Collection[str] = ()) -> list[str]:
    """E.164, read as a subscriber in `country` would dial; an extension follows as in RFC 3966, `;ext=12`.

    Those that are `known` stay. Raises Invalid naming the item, also for what holds more than one number.
    """
    return [
        value if value in known else _normalise_phone(value, country, f"phones.{index}")
        for index, value in enumerate(values)
    ]


def _normalise_phone(value: str, country: str, field: str) -> str:
    try:
        number = phonenumbers.parse(value, country)
    except phonenumbers.NumberParseException as error:
        raise invalid(field, "phone_invalid", f"{value} is not one phone number.") from error
    extension = number.extension or ""
    # The library reads over what it does not understand: nothing of what was given may be left behind.
    read = f"{number.national_number}{extension}"
    if not phonenumbers.normalize_digits_only(value).endswith(read) or len(extension) > _LONGEST_EXTENSION:
        raise invalid(field, "phone_invalid", f"{value} is not one phone number: give each its own place.")
    if not phonenumbers.is_possible_number(number):
        raise invalid(field, "phone_invalid", f"{value} is not a possible phone number in {country}.")
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{written};ext={extension}" if extension else str(written)
