"""What a door takes, the service that then has to do it does: a client told "placed" must not wait for ever.

Each event that makes its listener do something, rather than keep a copy, is a command that was answered before it was
carried out. All there are stand in COMMANDS, each with the property that whatever its door accepts, its listener does.
"""

import importlib
from collections.abc import Callable
from typing import Any, get_args
from zoneinfo import available_timezones

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, event, given, settings
from pydantic import ValidationError

from contacts.schemas import ContactIn
from gateway.accounts.schemas import ApiKeyIn, OrganizationPatch, UserIn
from shared.bus.consumer import AnySubscription
from shared.clock import utc_now
from shared.events.base import EVERYTHING
from shared.events.contacts import ContactState
from shared.events.gateway import SecurityNoticeKind, SecurityNoticeRaised, SecurityNoticeState
from shared.events.portal import (
    ClientNoticeKind,
    ClientNoticeRaised,
    ClientNoticeState,
    NewDeviceNoticed,
    NewDeviceState,
)
from shared.events.taxes import TAXES
from shared.identifiers import new_id
from tests.architecture.test_tenancy import SERVICES
from tests.doors.house import House, Json
from tests.portal.world import PASSWORD, visitor_of

CODES = sorted(TAXES)
_NULL = st.none()
# Drawn wide: what the door does not take is as good an example.
DEFAULTS = st.fixed_dictionaries(
    {},
    optional={
        "taxes": st.lists(st.sampled_from([*CODES, "iva_99"]), max_size=4),
        "irpf": st.sampled_from([*CODES, "irpf_99"]),
        "tax_regime": st.sampled_from(
            ["general", "intra_eu", "import_export", "not_subject", "equivalence_surcharge", "exempt"]
        ),
        "discount_pct": st.decimals(0, 100, places=3).map(str),
        "payment_days": st.integers(-1, 400),
        "payment_method": st.text("ab_-", max_size=41),
        "currency": st.sampled_from(["EUR", "USD", "JPY", "KWD", "XAU", "EURO"]),
        "language": st.sampled_from(["es", "en", "ca", "fr"]),
    },
)
PRODUCTS = st.fixed_dictionaries(
    {
        "name": st.text("aé, ", min_size=1, max_size=200),
        "unit_price": st.decimals(0, 9_999_999_999, places=6).map(str),
        "currency": st.sampled_from(["EUR", "EUR", "USD", "JPY", "KWD"]),
        "taxes": st.lists(st.sampled_from(CODES), max_size=3),
    }
)
ORDERS = st.lists(st.tuples(PRODUCTS, st.decimals(0, 1_000_000, places=6).map(str)), min_size=1, max_size=4)
AFTERWARDS = st.fixed_dictionaries(
    {}, optional={"unit_price": st.just("9999999999.999999"), "currency": st.sampled_from(["EUR", "USD"])}
)
EACH = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(defaults=DEFAULTS, ordered=ORDERS, changed=AFTERWARDS)
@EACH
async def test_an_order_that_was_placed_is_drafted(house: House, defaults: Json, ordered: Any, changed: Json) -> None:
    """Also where staff change contact and products while the order is on its way."""
    contact, client = await house.client()
    lines, made = [], []
    for body, quantity in ordered:
        answer = await house.ask("documents", "POST", "/api/v1/products", {**body, "in_catalogue": True})
        if answer.status_code == 201:
            made.append(answer.json()["id"])
            lines.append({"product_id": made[-1], "quantity": quantity})
    await house.spread()
    answer = await client.post("/portal/api/orders", json={"lines": lines, "notes": "¿Mañana?\n"})
    event(f"placing answered {answer.status_code}")
    if answer.status_code == 422:
        return
    assert answer.status_code == 201, answer.text
    await house.ask("contacts", "PATCH", f"/api/v1/contacts/{contact.id}", {"defaults": defaults})
    for product in made:
        await house.done("documents", "PATCH", f"/api/v1/products/{product}", changed)
    await house.spread()
    order = answer.json()
    drafted = await house.done("documents", "GET", f"/api/v1/documents/{order['id']}")
    assert (drafted["type"], drafted["status"]) == ("sales_order", "draft")
    assert drafted["currency"] == order["lines"][0]["currency"]
    assert [line["product_id"] for line in drafted["lines"]] == [line["product_id"] for line in order["lines"]]


@given(defaults=DEFAULTS, side=st.sampled_from(["invoice", "purchase_invoice"]), taxes=st.none() | st.just(["iva_10"]))
@EACH
async def test_defaults_that_contacts_takes_are_those_of_a_document(
    house: House, defaults: Json, side: str, taxes: Any
) -> None:
    body = {"kind": "company", "name": "Cliente", "defaults": defaults}
    answer = await house.ask("contacts", "POST", "/api/v1/contacts", body)
    event(f"the contact answered {answer.status_code}")
    if answer.status_code == 422:
        return
    await house.spread()
    line = {"description": "Queso", "unit_price": "10"} | ({"taxes": taxes} if taxes else {})
    draft = {"type": side, "contact_id": answer.json()["id"], "lines": [line]}
    made = await house.ask("documents", "POST", "/api/v1/documents", draft)
    assert made.status_code == 201, (defaults, made.text)
    codes = made.json()["lines"][0]["taxes"]
    if taxes is None and defaults.get("taxes") and defaults.get("tax_regime") != "equivalence_surcharge":
        in_force = [code for code in defaults["taxes"] if TAXES[code].rates[-1].valid_to is None]
        assert set(in_force) <= set(codes)


REASONS = st.none() | st.text(st.characters(blacklist_categories=["Cs"]), max_size=2001)


@given(answer=st.sampled_from(["accept", "reject"]), reason=REASONS)
@EACH
async def test_what_a_client_says_to_an_estimate_is_kept(house: House, answer: str, reason: str | None) -> None:
    contact, client = await house.client()
    estimate = await an_estimate(house, contact)
    await house.spread()
    said = {"reason": reason} if answer == "reject" else None
    taken = await client.post(f"/portal/api/documents/{estimate['id']}/{answer}", json=said)
    event(f"{answer} answered {taken.status_code}")
    if taken.status_code == 422:
        return
    assert taken.status_code == 200, taken.text
    await house.spread()
    heard = await house.done("documents", "GET", f"/api/v1/documents/{estimate['id']}")
    assert heard["status"] == taken.json()["status"]


ADDRESSES = st.emails() | st.sampled_from(["ana@straße.example", "a b@x.example", "x@y", "é@x.example"])
MAILS = st.lists(ADDRESSES, max_size=3)


@given(to=_NULL | MAILS, cc=_NULL | MAILS, subject=_NULL | st.text(max_size=201), message=_NULL | st.text(max_size=300))
@EACH
async def test_a_mail_that_was_asked_for_is_queued(
    house: House, to: Any, cc: Any, subject: str | None, message: str | None
) -> None:
    contact, _ = await house.client()
    estimate = await an_estimate(house, contact)
    wish = {"to": to, "cc": cc, "subject": subject, "message": message}
    answer = await house.ask("documents", "POST", f"/api/v1/documents/{estimate['id']}/send", wish)
    event(f"sending answered {answer.status_code}")
    assert answer.status_code in (202, 422), answer.text
    await house.spread()


@given(email=st.emails() | st.just("ana@straße.example"))
@EACH
async def test_a_new_password_that_was_asked_for_is_queued(house: House, email: str) -> None:
    body = {"kind": "company", "name": "Cliente", "emails": [email]}
    answer = await house.ask("contacts", "POST", "/api/v1/contacts", body)
    if answer.status_code == 422:
        return
    await house.spread()
    portal = house.portal()
    await portal.open_portal(answer.json()["id"], password=PASSWORD)
    async with visitor_of(portal.app) as visitor:
        asked = await visitor.post("/portal/api/password-resets", json={"email": answer.json()["emails"][0]})
    assert asked.status_code in (202, 422), asked.text
    await house.spread()


NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=60)


@given(
    kind=st.sampled_from(get_args(SecurityNoticeKind)),
    person=st.builds(dict, name=NAMES, email=ADDRESSES),
    company=NAMES,
    subject=_NULL | NAMES,
    language=st.sampled_from(["es", "en", "ca"]),
)
@EACH
async def test_a_notice_about_whatever_the_gateway_takes_is_queued(
    house: House, kind: SecurityNoticeKind, person: Json, company: str, subject: str | None, language: str
) -> None:
    try:
        user = UserIn.model_validate({**person, "password": PASSWORD})
        organization = OrganizationPatch(name=company, language=language)
        about = subject and ApiKeyIn(name=subject, scopes=["contacts:read"]).name
    except ValidationError:
        event("the gateway refused")
        return
    notice = SecurityNoticeState(
        id=new_id(),
        kind=kind,
        email=user.email,
        name=user.name,
        language=language,
        organization_name=organization.name,
        at=utc_now(),
        subject_name=about,
    )
    await house.tell("notifications", SecurityNoticeRaised, notice, subject=notice.id)


@given(
    kind=st.sampled_from(get_args(ClientNoticeKind)),
    contact=st.builds(dict, kind=st.just("company"), name=NAMES, emails=st.lists(ADDRESSES, min_size=1, max_size=1)),
    company=NAMES,
    language=st.sampled_from(["es", "en", "ca"]),
)
@EACH
async def test_a_notice_to_whatever_contact_is_taken_is_queued(
    house: House, kind: ClientNoticeKind, contact: Json, company: str, language: str
) -> None:
    try:
        client = ContactIn.model_validate(contact)
        organization = OrganizationPatch(name=company)
    except ValidationError:
        event("contacts or the gateway refused")
        return
    notice = ClientNoticeState(
        id=new_id(),
        kind=kind,
        email=client.emails[0],
        name=client.name,
        language=language,
        organization_name=organization.name,
        at=utc_now(),
    )
    await house.tell("notifications", ClientNoticeRaised, notice, subject=notice.id)


@given(
    contact=st.builds(dict, kind=st.just("company"), name=NAMES, emails=st.lists(ADDRESSES, min_size=1, max_size=1)),
    company=NAMES,
    language=st.sampled_from(["es", "en", "ca"]),
    time_zone=st.sampled_from(sorted(available_timezones())),
)
@EACH
async def test_a_new_device_of_whatever_contact_is_told(
    house: House, contact: Json, company: str, language: str, time_zone: str
) -> None:
    try:
        client = ContactIn.model_validate(contact)
        organization = OrganizationPatch(name=company, time_zone=time_zone)
    except ValidationError:
        event("contacts or the gateway refused")
        return
    notice = NewDeviceState(
        id=new_id(),
        email=client.emails[0],
        name=client.name,
        language=language,
        organization_name=organization.name,
        at=utc_now(),
        time_zone=organization.time_zone,
    )
    await house.tell("notifications", NewDeviceNoticed, notice, subject=notice.id)


async def an_estimate(house: House, contact: ContactState) -> Json:
    line = {"description": "Queso", "unit_price": "10"}
    body = {"type": "estimate", "contact_id": str(contact.id), "lines": [line]}
    estimate = await house.done("documents", "POST", "/api/v1/documents", body)
    return await house.done("documents", "POST", f"/api/v1/documents/{estimate['id']}/approve")


COMMANDS: dict[str, Callable[..., Any]] = {
    "ficha.portal.order.placed.v1": test_an_order_that_was_placed_is_drafted,
    "ficha.portal.estimate.accepted.v1": test_what_a_client_says_to_an_estimate_is_kept,
    "ficha.portal.estimate.rejected.v1": test_what_a_client_says_to_an_estimate_is_kept,
    "ficha.documents.document.send_requested.v1": test_a_mail_that_was_asked_for_is_queued,
    "ficha.gateway.security_notice.raised.v1": test_a_notice_about_whatever_the_gateway_takes_is_queued,
    "ficha.portal.security_notice.raised.v1": test_a_notice_to_whatever_contact_is_taken_is_queued,
    "ficha.portal.new_device.noticed.v1": test_a_new_device_of_whatever_contact_is_told,
    "ficha.portal.password_reset.requested.v1": test_a_new_password_that_was_asked_for_is_queued,
}


ENDINGS = {"ficha.gateway.user.updated.v1", "ficha.gateway.api_key.deleted.v1"}
"""Facts, promised to nobody: a listener that keeps no copy of them only ends what depended on them (previews)."""


def test_every_command_that_travels_has_its_property() -> None:
    tables: list[tuple[AnySubscription, ...]] = [
        importlib.import_module(f"{service}.handlers").SUBSCRIPTIONS for service in SERVICES
    ]
    commands = {row.event.name for table in tables for row in table if not row.keeps_replica} - {EVERYTHING} - ENDINGS
    assert commands == COMMANDS.keys()


@pytest.mark.parametrize(
    ("defaults", "field", "code"),
    [
        ({"taxes": ["iva_21", "iva_10"]}, "defaults.taxes", "taxes_exclude"),
        ({"taxes": ["iva_21", "re_1_4"]}, "defaults.taxes", "surcharge_without_vat"),
        ({"taxes": ["irpf_15", "irpf_7"]}, "defaults.taxes", "taxes_exclude"),
        ({"taxes": ["iva_99"]}, "defaults.taxes", "tax_unknown"),
        ({"irpf": "iva_21"}, "defaults.irpf", "no_retention"),
        ({"irpf": "irpf_99"}, "defaults.irpf", "tax_unknown"),
    ],
)
async def test_defaults_that_no_line_could_carry_are_refused(
    house: House, defaults: Json, field: str, code: str
) -> None:
    body = {"kind": "company", "name": "Cliente", "defaults": defaults}
    answer = await house.ask("contacts", "POST", "/api/v1/contacts", body)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]


async def test_one_order_is_in_one_currency(house: House) -> None:
    _, client = await house.client()
    portal = house.portal()
    products = [await portal.product(currency, currency=currency, id=new_id()) for currency in ("EUR", "USD", "EUR")]
    lines = [{"product_id": str(product), "quantity": "1"} for product in products]
    answer = await client.post("/portal/api/orders", json={"lines": lines})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("lines.1.product_id", "another_currency")
    assert (await client.post("/portal/api/orders", json={"lines": lines[1:2]})).status_code == 201
