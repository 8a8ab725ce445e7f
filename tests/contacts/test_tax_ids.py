"""A tax id is refused only where a rule surely applies; every country's valid ones are taken."""

import doctest
import pkgutil
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import stdnum
from stdnum.eu import vat
from stdnum.util import clean, get_cc_module, get_number_modules

from contacts.fiscal import normalise_tax_id, normalise_vat_number, tax_id_type_of
from shared.db.session import Database
from shared.errors import Invalid
from shared.events.contacts import TaxIdType
from tests.support.outbox import recorded

COUNTRIES = sorted(name.rstrip("_") for _, name, package in pkgutil.iter_modules(stdnum.__path__) if package)


def examples_of(module: object) -> list[str]:
    """The numbers of its own documentation that it takes."""
    found = []
    for example in doctest.DocTestParser().get_examples(module.__doc__ or ""):
        call = example.source.strip()
        if call.startswith("validate('") and "Error" not in example.want and not example.exc_msg:
            found.append(call.split("'")[1])
    return found


def valid_numbers(country: str) -> list[str]:
    numbers = []
    modules: Iterator[Any] = get_number_modules()
    for module in modules:
        parts = module.__name__.split(".")
        if len(parts) == 3 and parts[1].rstrip("_") == country and parts[2] not in _NO_IDS:
            numbers += examples_of(module)
    return numbers


_NO_IDS = {
    *("iban", "postleitzahl", "ccc", "cups", "referenciacatastral"),
    *("cae", "handelsregisternummer", "postal_code", "postnummer"),
}


@pytest.mark.parametrize("country", [country for country in COUNTRIES if len(country) == 2 and country != "eu"])
def test_what_a_country_calls_valid_is_taken_there(country: str) -> None:
    for number in valid_numbers(country):
        kept = normalise_tax_id(number, country.upper() if country != "el" else "GR")
        assert kept, number


def test_there_are_many_such_countries() -> None:
    assert sum(bool(valid_numbers(country)) for country in COUNTRIES) > 60


@pytest.mark.parametrize("state", sorted(set(vat.MEMBER_STATES) - {"el"}))
def test_a_member_states_vat_number_is_taken_with_its_prefix_and_separators(state: str) -> None:
    prefix = "EL" if state == "gr" else state.upper()
    for number in examples_of(get_cc_module(state, "vat")):
        compact = vat.validate(prefix + clean(number, " -./").upper().removeprefix(prefix))
        for written in (compact, compact.lower(), f"{compact[:2]} {compact[2:5]}.{compact[5:]}"):
            kept = compact.removeprefix("ES") if state == "es" else compact
            assert normalise_tax_id(written, state.upper()) == kept, written
            assert normalise_vat_number(written) == compact, written


@pytest.mark.parametrize(
    ("written", "country", "kept"),
    [
        ("b-85.955.367", "ES", "B85955367"),
        ("ES B85955367", "ES", "B85955367"),
        ("x1234567l", "ES", "X1234567L"),
        ("DE136695976", "ES", "DE136695976"),
        ("501964843", "PT", "501964843"),
        ("PT 501.964.843", "PT", "PT501964843"),
        ("980 7806 84", "GB", "980 7806 84"),
        ("136 695 976", "DE", "136 695 976"),
        ("00743110157", "IT", "00743110157"),
        ("ITLMRA80A01H501U", "IT", "ITLMRA80A01H501U"),
        ("428759497", "BE", "428759497"),
        ("94-2404110", "US", "94-2404110"),
        ("131052-308T", "FI", "131052-308T"),
        ("SE123456C", "GB", "SE123456C"),
        ("EL094259216", "GR", "EL094259216"),
        ("B85955367", "FR", "B85955367"),
        ("Ñ&A850101AB1", "MX", "Ñ&A850101AB1"),
        ("PAB123456", "FR", "PAB123456"),
    ],
)
def test_a_tax_id_is_kept(written: str, country: str, kept: str) -> None:
    assert normalise_tax_id(written, country) == kept
    assert normalise_tax_id(kept, country) == kept


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("J99216583", "ES"),
        ("12345678A", "ES"),
        ("ESB85955368", "ES"),
        ("X1234567A", "ES"),
        ("DE136695978", "DE"),
        ("PT501964842", "PT"),
        ("FR40303265044", "FR"),
        ("EL094259217", "GR"),
        ("BE428759498", "BE"),
        ("IT00743110158", "IT"),
    ],
)
def test_a_wrong_one_is_refused_where_its_rule_surely_applies(written: str, country: str) -> None:
    with pytest.raises(Invalid):
        normalise_tax_id(written, country)


@pytest.mark.parametrize("wrong", ["B85955367", "GB980780684", "US94-2404110", "FR00000000000", ""])
def test_a_vat_number_is_an_eu_countrys_with_its_prefix(wrong: str) -> None:
    with pytest.raises(Invalid):
        normalise_vat_number(wrong)


async def test_what_does_not_change_is_not_judged_again(client: httpx.AsyncClient) -> None:
    spain = {"street": "Mayor 1", "city": "Ávila", "country": "ES"}
    card = {"kind": "company", "name": "Acme", "billing_address": spain, "tax_id": "B85955367", "phones": ["912345678"]}
    made = (await client.post("/api/v1/contacts", json=card)).json()
    path = f"/api/v1/contacts/{made['id']}"
    for country in ("FR", "PT", "DE", "ES"):
        same = {"tax_id": made["tax_id"], "phones": made["phones"], "billing_address": {**spain, "country": country}}
        moved = await client.patch(path, json=same)
        assert (moved.status_code, moved.json()["tax_id"]) == (200, "B85955367"), country
    abroad = {"billing_address": {**spain, "country": "US"}, "tax_id": "94-2404110"}
    assert (await client.patch(path, json=abroad)).json()["tax_id"] == "94-2404110"
    back = {"tax_id": "94-2404110", "billing_address": spain}
    assert (await client.patch(path, json=back)).status_code == 200
    assert (await client.patch(path, json={"tax_id": "94-2404111"})).status_code == 422


@pytest.mark.parametrize(
    ("written", "country", "stated", "kept", "kind"),
    [
        ("b-85.955.367", "ES", None, "B85955367", "nif"),
        ("x1234567l", "ES", None, "X1234567L", "nif"),
        ("DE 136695976", "ES", None, "DE136695976", "vat"),
        ("PT 501.964.843", "PT", None, "PT501964843", "vat"),
        ("501964843", "PT", None, "501964843", "other"),
        ("EL094259216", "GR", None, "EL094259216", "vat"),
        ("ITLMRA80A01H501U", "IT", None, "ITLMRA80A01H501U", "other"),
        ("94-2404110", "US", None, "94-2404110", "other"),
        ("b-85.955.367", "FR", "nif", "B85955367", "nif"),
        ("ES N0032484H", "DE", "nif", "N0032484H", "nif"),
        ("501 964 843", "PT", "vat", "PT501964843", "vat"),
        ("094259216", "GR", "vat", "EL094259216", "vat"),
        ("de 136695976", "US", "vat", "DE136695976", "vat"),
        ("B85955367", "ES", "vat", "ESB85955367", "vat"),
        ("AAB 123456", "ES", "passport", "AAB 123456", "passport"),
        ("12345678A", "ES", "passport", "12345678A", "passport"),
        ("CR-2026/1", "FR", "residence", "CR-2026/1", "residence"),
        ("PT501964842", "PT", "other", "PT501964842", "other"),
    ],
)
def test_a_number_is_what_is_said_of_it_else_what_it_looks_like(
    written: str, country: str, stated: TaxIdType | None, kept: str, kind: str
) -> None:
    number = normalise_tax_id(written, country, stated)
    assert (number, stated or tax_id_type_of(number, country)) == (kept, kind)
    assert normalise_tax_id(number, country, stated) == kept


@pytest.mark.parametrize(
    ("written", "country", "stated"),
    [
        ("AAB123456", "FR", "nif"),
        ("DE136695976", "ES", "nif"),
        ("12345678A", "PT", "nif"),
        ("DE136695978", "ES", "vat"),
        ("94-2404110", "US", "vat"),
        ("B85955368", "ES", "vat"),
    ],
)
def test_a_number_that_cannot_be_what_is_said_of_it_is_refused(written: str, country: str, stated: TaxIdType) -> None:
    with pytest.raises(Invalid):
        normalise_tax_id(written, country, stated)


@pytest.mark.parametrize(
    ("changes", "number", "kind"),
    [
        ({}, "AAB123456", "passport"),
        ({"name": "Otra"}, "AAB123456", "passport"),
        ({"tax_id": "AAB123456"}, "AAB123456", "passport"),
        ({"tax_id": "AAB123456", "tax_id_type": "passport"}, "AAB123456", "passport"),
        ({"tax_id_type": "residence"}, "AAB123456", "residence"),
        ({"tax_id_type": None}, "AAB123456", "nif"),
        ({"tax_id": "12345678Z"}, "12345678Z", "nif"),
        ({"tax_id": "AAB1", "tax_id_type": "passport"}, "AAB1", "passport"),
        ({"tax_id": None}, None, None),
        ({"tax_id": "", "tax_id_type": None}, None, None),
    ],
)
async def test_type_and_number_change_together(
    client: httpx.AsyncClient, changes: dict[str, Any], number: str | None, kind: str | None
) -> None:
    card = {"kind": "person", "name": "Zoë", "tax_id": "AAB123456", "tax_id_type": "passport"}
    made = await client.post("/api/v1/contacts", json=card)
    assert made.status_code == 201, made.text
    answer = await client.patch(f"/api/v1/contacts/{made.json()['id']}", json=changes)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["tax_id"], answer.json()["tax_id_type"]) == (number, kind)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tax_id_type": "nif"}, "tax_id_invalid"),
        ({"tax_id": "AAB123457"}, "tax_id_invalid"),
        ({"tax_id": None, "tax_id_type": "passport"}, "tax_id_missing"),
    ],
)
async def test_what_does_not_go_together_is_refused(
    client: httpx.AsyncClient, changes: dict[str, Any], code: str
) -> None:
    card = {"kind": "person", "name": "Zoë", "tax_id": "AAB123456", "tax_id_type": "passport"}
    made = (await client.post("/api/v1/contacts", json=card)).json()
    refused = await client.patch(f"/api/v1/contacts/{made['id']}", json=changes)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    assert refused.json()["errors"][0]["field"] == "tax_id"


async def test_a_passport_is_found_shown_on_the_panel_and_told(
    client: httpx.AsyncClient, database: Database, org_id: UUID
) -> None:
    card = {"kind": "person", "name": "Zoë", "tax_id": "AAB-123456", "tax_id_type": "passport"}
    made = (await client.post("/api/v1/contacts", json=card)).json()
    for q in ("aab123456", "AAB-123456", "123456"):
        found = (await client.get("/api/v1/contacts", params={"q": q})).json()["items"]
        assert [item["tax_id_type"] for item in found] == ["passport"], q
    panel = (await client.get(f"/internal/contacts/{made['id']}/panel")).json()
    assert panel["contact"]["tax_id_type"] == "passport"
    [event] = await recorded(database, org_id)
    assert event.data.tax_id_type == "passport"
