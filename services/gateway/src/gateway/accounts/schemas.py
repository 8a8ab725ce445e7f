"""HTTP shapes of accounts."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, computed_field

from gateway.accounts.scopes import KNOWN, MEANING
from shared.addresses import comparable
from shared.clock import DEFAULT_ZONE, TimeZone, utc_now
from shared.passwords.rules import Lack, NewPassword
from shared.web.shapes import CurrencyCode, Email, LanguageCode, Line, Shape, View, Website
from shared.web.texts import one_line

_LONGEST_KEY_LIFE = timedelta(days=3660)


def _iban(value: str) -> str:
    """ISO 13616: letters count from 10, the first four characters go last, and the number leaves 1 over 97."""
    compact = value.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", compact):
        raise ValueError("not a valid IBAN")
    digits = "".join(str(int(character, 36)) for character in compact[4:] + compact[:4])
    if int(digits) % 97 != 1:
        raise ValueError("the check digits of the IBAN are wrong")
    return compact


def _tax_id(value: str) -> str:
    compact = re.sub(r"[\s.\-/]", "", value).upper()
    if not re.fullmatch(r"[A-Z0-9]{4,20}", compact):
        raise ValueError("a tax id has 4 to 20 letters and digits")
    return compact


def _known_scope(value: str) -> str:
    if value not in KNOWN:
        raise ValueError(f"no such scope; there are {', '.join(sorted(KNOWN))}")
    return value


def _sensible_expiry(value: datetime) -> datetime:
    if not utc_now() < value <= utc_now() + _LONGEST_KEY_LIFE:
        raise ValueError("must lie in the future, at most ten years ahead")
    return value


UserEmail = Annotated[Email, AfterValidator(comparable)]
GivenEmail = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^\x00-\x1f]*$"), AfterValidator(comparable)]
GivenPassword = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=False)]
Iban = Annotated[str, StringConstraints(max_length=50), AfterValidator(_iban)]
Bic = Annotated[str, StringConstraints(pattern=r"^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$")]
TaxId = Annotated[str, StringConstraints(max_length=40), AfterValidator(_tax_id)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ().\-]{5,30}$")]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
PostalCode = Annotated[str, StringConstraints(max_length=20), BeforeValidator(one_line)]


class Address(Shape):
    street: Line
    city: Line
    postal_code: PostalCode | None = None
    province: Line | None = None
    country: Country


class OrganizationPatch(Shape):
    """What is absent stays. `time_zone` of the IANA database: it decides which day it is for the organisation."""

    name: Line = ""
    tax_id: TaxId | None = None
    email: Email | None = None
    phone: Phone | None = None
    website: Website | None = None
    address: Address | None = None
    iban: Iban | None = None
    bic: Bic | None = None
    currency: CurrencyCode = "EUR"
    language: LanguageCode = "es"
    time_zone: TimeZone = DEFAULT_ZONE
    color: Color | None = None


class OrganizationOut(View):
    """`logo_url` names its content: what is there stays so, and anybody may see it."""

    id: UUID
    version: int
    name: str
    slug: str
    tax_id: str | None
    email: str | None
    phone: str | None
    website: str | None
    address: dict[str, Any] | None
    iban: str | None
    bic: str | None
    currency: str
    language: str
    time_zone: str
    color: str | None
    logo: Annotated[str | None, Field(exclude=True)]
    created_at: datetime
    updated_at: datetime

    @computed_field
    def logo_url(self) -> str | None:
        return f"/logos/{self.logo}.png" if self.logo else None


class UserIn(Shape):
    name: Line
    email: UserEmail
    password: NewPassword
    is_admin: bool = False


class UserPatch(Shape):
    """What is absent stays. A new password, or `active: false`, ends the user's sessions."""

    name: Line = ""
    is_admin: bool = False
    active: bool = True
    password: NewPassword = ""


class UserOut(View):
    id: UUID
    version: int
    name: str
    email: str
    is_admin: bool
    active: bool
    created_at: datetime
    updated_at: datetime


class LoginIn(Shape):
    email: GivenEmail
    password: GivenPassword


class SessionOut(View):
    user: UserOut
    organization: OrganizationOut


class ConfirmationIn(Shape):
    password: GivenPassword


class PasswordIn(Shape):
    current_password: GivenPassword
    new_password: NewPassword


class PasswordCheckIn(Shape):
    password: GivenPassword


class PasswordCheckOut(View):
    """`lacks`: the code it would be refused with; null where it would be taken."""

    lacks: Lack | None


class ApiKeyIn(Shape):
    name: Line
    scopes: Annotated[
        list[Annotated[str, AfterValidator(_known_scope)]],
        Field(min_length=1, max_length=len(KNOWN), description=MEANING),
    ]
    expires_at: Annotated[AwareDatetime, AfterValidator(_sensible_expiry)] | None = None


class ApiKeyOut(View):
    id: UUID
    version: int
    name: str
    prefix: str
    scopes: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class NewApiKeyOut(ApiKeyOut):
    """`key` is shown this once."""

    key: str
