"""What was saved under older rules is saved again while it stays as it is; only what changes is judged."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from contacts.models import Contact
from contacts.schemas import ContactOut, ContactPatch
from shared.db.session import Database
from shared.db.tenancy import Scope

SPAIN = {"street": "Mayor 1", "city": "Ávila", "country": "ES"}
LONG = "x" * 600
OLD: list[tuple[str, Any, Any]] = [
    ("name", LONG, "y" * 600),
    ("trade_name", LONG, "y" * 600),
    ("tax_id", "B85955368", "x" * 50),
    ("tax_id_type", "other", "nif"),
    ("vat_number", "FR00000000000", "FR00000000001"),
    ("emails", ["nobody", "ana@norte.example"], ["nobody", "somebody"]),
    ("phones", ["12", "+34612345678"], ["12", "13"]),
    ("website", "javascript:alert(1)", "javascript:alert(2)"),
    ("tags", [LONG, "vip"], [LONG, "y" * 600]),
    ("billing_address", {**SPAIN, "country": "DD"}, {**SPAIN, "country": "SU"}),
    (
        "billing_address",
        {**SPAIN, "postal_code": LONG, "city": LONG},
        {**SPAIN, "postal_code": LONG, "city": "y" * 600},
    ),
    ("shipping_addresses", [SPAIN, {**SPAIN, "country": "DD"}], [SPAIN, {**SPAIN, "country": "SU"}]),
    ("bank_accounts", [{"iban": "ES00", "holder": "Ana"}], [{"iban": "ES01", "holder": "Ana"}]),
    ("bank_accounts", [{"iban": "ES9121000418450200051332", "bic": "?"}], [{"iban": "ES00", "bic": "?"}]),
    ("defaults", {"currency": "DEM", "payment_days": 30}, {"currency": "FRF", "payment_days": 30}),
    ("defaults", {"language": "gl", "discount_pct": "150.00"}, {"language": "gl", "discount_pct": "151.00"}),
    ("defaults", {"taxes": ["iva_99"], "irpf": "irpf_99"}, {"taxes": ["iva_98"], "irpf": "irpf_99"}),
    ("custom_fields", {"Zona": LONG, "Nota": "a"}, {"Zona": LONG, "Nota": "y" * 600}),
]


async def stored(client: httpx.AsyncClient, database: Database, org_id: UUID, **values: Any) -> dict[str, Any]:
    card = {"kind": "company", "name": "Acme", "tax_id": "B-1", "tax_id_type": "passport", "billing_address": SPAIN}
    made = (await client.post("/api/v1/contacts", json=card)).json()
    async with database.transaction(Scope(org_id)) as session:
        await session.execute(update(Contact).where(Contact.id == UUID(made["id"])).values(values))
    shown: dict[str, Any] = (await client.get(f"/api/v1/contacts/{made['id']}")).json()
    return shown


@pytest.mark.parametrize(("field", "old", "wrong"), OLD)
async def test_a_card_from_before_is_saved_again(
    client: httpx.AsyncClient, database: Database, org_id: UUID, field: str, old: Any, wrong: Any
) -> None:
    shown = await stored(client, database, org_id, **{field: old})
    whole = {name: shown[name] for name in ContactPatch.model_fields}
    path = f"/api/v1/contacts/{shown['id']}"
    again = await client.patch(path, json=whole)
    assert (again.status_code, again.json()) == (200, shown), again.text
    named = await client.patch(path, json={**whole, "name": "Otra"})
    assert (named.status_code, named.json()[field]) == (200, "Otra" if field == "name" else old), named.text
    refused = await client.patch(path, json={**whole, "name": "Otra", field: wrong})
    assert refused.status_code == 422, refused.text
    assert {error["field"].split(".")[0] for error in refused.json()["errors"]} <= {field, "tax_id"}


@pytest.mark.parametrize(
    ("field", "old", "new", "blamed"),
    [
        ("emails", ["nobody", "no"], ["ana@norte.example", "no", "neither"], ["emails.2"]),
        ("phones", ["12", "13"], ["+34612345678", "13", "14"], ["phones.2"]),
        ("bank_accounts", [{"iban": "ES00"}], [{"iban": "ES00", "bic": "?"}, {"iban": "X"}], 3),
        ("shipping_addresses", [{**SPAIN, "country": "DD"}], [{**SPAIN, "country": "DD", "city": ""}], 1),
    ],
)
async def test_only_what_is_new_is_blamed(
    client: httpx.AsyncClient, database: Database, org_id: UUID, field: str, old: Any, new: Any, blamed: Any
) -> None:
    shown = await stored(client, database, org_id, **{field: old})
    refused = await client.patch(f"/api/v1/contacts/{shown['id']}", json={field: new})
    assert refused.status_code == 422, refused.text
    fields = [error["field"] for error in refused.json()["errors"]]
    assert fields == blamed if isinstance(blamed, list) else not [name for name in fields if name.endswith("country")]


async def test_what_is_old_stays_beside_what_is_new(
    client: httpx.AsyncClient, database: Database, org_id: UUID
) -> None:
    accounts = [{"iban": "ES00", "bic": None, "holder": "Ana", "is_default": True}]
    shown = await stored(client, database, org_id, emails=["nobody", "no"], phones=["12"], bank_accounts=accounts)
    given = {
        "emails": ["ana@norte.example", "no"],
        "phones": ["612 34 56 78", "12"],
        "bank_accounts": [{**accounts[0], "holder": "Eva"}, {"iban": "ES91 2100 0418 4502 0005 1332"}],
    }
    saved = await client.patch(f"/api/v1/contacts/{shown['id']}", json=given)
    assert saved.status_code == 200, saved.text
    assert saved.json()["emails"] == ["ana@norte.example", "no"]
    assert saved.json()["phones"] == ["+34612345678", "12"]
    assert [account["iban"] for account in saved.json()["bank_accounts"]] == ["ES00", "ES9121000418450200051332"]
    assert saved.json()["bank_accounts"][0]["holder"] == "Eva"


async def test_a_new_card_is_judged_whole(client: httpx.AsyncClient) -> None:
    for field, old, _ in OLD:
        if field in ("tax_id_type", "phones"):
            continue
        card = {"kind": "company", "name": "Acme", "billing_address": SPAIN, field: old}
        assert (await client.post("/api/v1/contacts", json=card)).status_code == 422, field


async def test_every_field_that_is_judged_is_tried() -> None:
    free = {"kind", "roles"}  # a closed set, the database's own
    assert {field for field, _, _ in OLD} == set(ContactPatch.model_fields) - free
    assert set(ContactPatch.model_fields) <= set(ContactOut.model_fields)
