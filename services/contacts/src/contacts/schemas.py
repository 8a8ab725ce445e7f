"""HTTP shapes of contacts and people."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import pycountry
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from shared.events.contacts import Kind, Role, TaxIdType, TaxRegime
from shared.events.taxes import TAXES, TaxesWrong, check_together
from shared.web.shapes import CurrencyCode, Email, LanguageCode, Line, Shape, ShortText, View, Website
from shared.web.texts import is_empty, one_line


def _country(value: str) -> str:
    if pycountry.countries.get(alpha_2=value) is None:
        raise ValueError("not an ISO 3166-1 alpha-2 country code")
    return value


def _iban(value: str) -> str:
    try:
        return str(IBAN(value))
    except SchwiftyException as error:
        raise ValueError(str(error) or "not a valid IBAN") from error


def _bic(value: str) -> str:
    try:
        return str(BIC(value))
    except SchwiftyException as error:
        raise ValueError(str(error) or "not a valid BIC") from error


def _together(codes: list[str]) -> list[str]:
    # By documents' own rule: no line of a draft for the contact could carry others.
    try:
        check_together(codes)
    except TaxesWrong as wrong:
        raise PydanticCustomError(wrong.code, "{detail}", {"detail": str(wrong)}) from None
    return codes


def _retention(code: str) -> str:
    _together([code])
    if TAXES[code].kind != "retention":
        raise PydanticCustomError("no_retention", "{name} is no retention.", {"name": TAXES[code].name})
    return code


def _distinct_names(value: Any) -> Any:
    """Two that are one to the eye would be one field, and the first value lost."""
    if isinstance(value, dict):
        names = [one_line(name) for name in value]
        if len(set(names)) < len(names):
            raise ValueError("two fields have the same name")
    return value


Phone = Annotated[str, StringConstraints(min_length=3, max_length=50), BeforeValidator(one_line)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_country)]
TaxId = Annotated[str, StringConstraints(max_length=40), BeforeValidator(one_line)]
PostalCode = Annotated[str, StringConstraints(max_length=20), BeforeValidator(one_line)]
Iban = Annotated[str, StringConstraints(max_length=50), AfterValidator(_iban)]
Bic = Annotated[str, StringConstraints(max_length=20), AfterValidator(_bic)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
Sort = Literal["name", "-updated_at"]


class Address(Shape):
    street: Line
    city: Line
    postal_code: PostalCode | None = None
    province: Line | None = None
    country: Country


class BankAccount(Shape):
    iban: Iban
    bic: Bic | None = None
    holder: Line | None = None
    is_default: bool = False


class Defaults(Shape):
    """What a document for this contact starts from. `taxes` go together on one line; `irpf` is a retention."""

    language: LanguageCode | None = None
    currency: CurrencyCode | None = None
    payment_method: Code | None = None
    payment_days: Annotated[int, Field(ge=0, le=365)] | None = None
    discount_pct: Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)] | None = None
    tax_regime: TaxRegime | None = None
    taxes: Annotated[list[Code], Field(max_length=3), AfterValidator(_together)] | None = None
    irpf: Annotated[Code, AfterValidator(_retention)] | None = None


_TAX_ID_TYPE = """How `tax_id` identifies. Without it: `nif` in Spain, `vat` for a valid VAT number of an EU country,
`other` else."""


class _Fields(Shape):
    trade_name: Line | None = None
    tax_id: TaxId | None = None
    tax_id_type: Annotated[TaxIdType | None, Field(description=_TAX_ID_TYPE)] = None
    vat_number: TaxId | None = None
    website: Website | None = None
    billing_address: Address | None = None


Emails = Annotated[list[Email], Field(max_length=20)]
Phones = Annotated[list[Phone], Field(max_length=20)]
Roles = Annotated[list[Role], Field(max_length=5)]
Tags = Annotated[list[Line], Field(max_length=50)]
Whole = Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)]
"""As large as every reader of JSON takes it exactly."""
CustomValue = Annotated[
    ShortText | Whole | bool | None, BeforeValidator(lambda value: None if is_empty(value) else value)
]
CustomFields = Annotated[dict[Line, CustomValue], Field(max_length=50), BeforeValidator(_distinct_names)]


class ContactIn(_Fields):
    kind: Kind
    name: Line
    roles: Roles = Field(default_factory=list)
    emails: Emails = Field(default_factory=list)
    phones: Phones = Field(default_factory=list)
    shipping_addresses: Annotated[list[Address], Field(max_length=50)] = Field(default_factory=list)
    bank_accounts: Annotated[list[BankAccount], Field(max_length=20)] = Field(default_factory=list)
    defaults: Defaults = Field(default_factory=Defaults)
    tags: Tags = Field(default_factory=list)
    custom_fields: CustomFields = Field(default_factory=dict)


class ContactPatch(_Fields):
    """What is absent stays; lists and objects are replaced whole."""

    kind: Kind = "company"
    name: Line = ""
    roles: Roles = Field(default_factory=list)
    emails: Emails = Field(default_factory=list)
    phones: Phones = Field(default_factory=list)
    shipping_addresses: Annotated[list[Address], Field(max_length=50)] = Field(default_factory=list)
    bank_accounts: Annotated[list[BankAccount], Field(max_length=20)] = Field(default_factory=list)
    defaults: Defaults = Field(default_factory=Defaults)
    tags: Tags = Field(default_factory=list)
    custom_fields: CustomFields = Field(default_factory=dict)


class ContactOut(View):
    id: UUID
    version: int
    kind: Kind
    name: str
    trade_name: str | None
    roles: list[Role]
    tax_id: str | None
    tax_id_type: TaxIdType | None
    vat_number: str | None
    emails: list[str]
    phones: list[str]
    website: str | None
    billing_address: dict[str, Any] | None
    shipping_addresses: list[dict[str, Any]]
    bank_accounts: list[dict[str, Any]]
    defaults: dict[str, Any]
    tags: list[str]
    custom_fields: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class NewContact(Shape):
    """A person or company made on the way, while linking."""

    name: Line
    emails: Emails = Field(default_factory=list)
    phones: Phones = Field(default_factory=list)


class _LinkFields(Shape):
    job_title: Line | None = None
    is_primary: bool = False
    send_copies: bool = False


class PersonLinkIn(_LinkFields):
    """Either an existing person or a new one."""

    person_id: UUID | None = None
    person: NewContact | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.person_id is None) == (self.person is None):
            raise ValueError("give either person_id or person")
        return self


class CompanyLinkIn(_LinkFields):
    """Either an existing company or a new one."""

    company_id: UUID | None = None
    company: NewContact | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.company_id is None) == (self.company is None):
            raise ValueError("give either company_id or company")
        return self


class LinkPatch(_LinkFields):
    """What is absent stays."""


class LinkShown(View):
    """What of a link a patch may change, as it is shown."""

    job_title: str | None
    is_primary: bool
    send_copies: bool


class _LinkOut(View):
    version: int
    name: str
    job_title: str | None
    is_primary: bool
    send_copies: bool
    emails: list[str]
    phones: list[str]


class PersonOut(_LinkOut):
    person_id: UUID


class CompanyOut(_LinkOut):
    company_id: UUID


class PeopleSection(View):
    """At most 50 of each: the people of a company, the companies of a person."""

    items: list[PersonOut | CompanyOut]


class ContactsPanelPart(View):
    contact: ContactOut
    people: PeopleSection
