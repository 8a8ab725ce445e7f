"""Tax ids, VAT numbers and phone numbers, brought to one form. The rules are the libraries'.

Sources: python-stdnum (es.nif, eu.vat), phonenumbers (E.164).
"""

import phonenumbers
from stdnum import exceptions
from stdnum.es import nif
from stdnum.eu import vat
from stdnum.util import clean

from shared.errors import invalid

_LONGEST_EXTENSION = 6
_SEPARATORS = " -./\u00a0"


def normalise_tax_id(value: str, country: str) -> str:
    """Upper case, no separators; a Spanish one without `ES`. Raises Invalid when check digits are wrong.

    Outside Spain the EU's VAT rules apply where the value carries its country's prefix; else it is kept as given.
    """
    compact = clean(value, _SEPARATORS).upper()
    try:
        if country == "ES":
            return str(nif.validate(compact.removeprefix("ES")))
        if vat.guess_country(compact):
            return str(vat.validate(compact))
    except exceptions.ValidationError as error:
        raise invalid("tax_id", "tax_id_invalid", f"{value} is not a valid tax id in {country}.") from error
    if not compact or len(compact) > 30 or not compact.isalnum():
        raise invalid("tax_id", "tax_id_invalid", "A tax id has up to 30 letters and digits.")
    return compact


def normalise_vat_number(value: str) -> str:
    """The NIF-IVA with its country prefix. Raises Invalid."""
    compact = clean(value, _SEPARATORS).upper()
    try:
        if not vat.guess_country(compact):
            raise exceptions.InvalidComponent
        return str(vat.validate(compact))
    except exceptions.ValidationError as error:
        raise invalid(
            "vat_number", "vat_number_invalid", f"{value} is not a valid VAT number of an EU country."
        ) from error


def normalise_phones(values: list[str], country: str) -> list[str]:
    """E.164, read as a subscriber in `country` would dial; an extension follows as in RFC 3966, `;ext=12`.

    Raises Invalid naming the item, also for what holds more than one number.
    """
    return [_normalise_phone(value, country, f"phones.{index}") for index, value in enumerate(values)]


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
