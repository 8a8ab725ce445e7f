"""Contacts over HTTP: create, read, edit, delete, restore, list and search."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from shared.db.session import Database
from shared.identifiers import new_id
from tests.support.identity import client_of
from tests.support.outbox import recorded

ACME = {
    "kind": "company",
    "name": "Construcciones Peñalver, S.L.",
    "trade_name": "Peñalver",
    "roles": ["client", "supplier", "client"],
    "tax_id": "es b-85.955.367",
    "emails": ["Hola@penalver.example"],
    "phones": ["612 34 56 78"],
    "website": "https://penalver.example",
    "billing_address": {"street": "Gran Vía 1", "city": "Madrid", "postal_code": "28013", "country": "ES"},
    "bank_accounts": [{"iban": "ES91 2100 0418 4502 0005 1332", "is_default": True}],
    "defaults": {"payment_days": 30, "discount_pct": "5.00", "currency": "EUR"},
    "tags": ["obra"],
    "custom_fields": {"Zona": "Norte"},
}


async def create(client: httpx.AsyncClient, **values: object) -> dict[str, object]:
    answer = await client.post("/api/v1/contacts", json={"kind": "company", "name": "Acme", **values})
    assert answer.status_code == 201, answer.text
    created: dict[str, object] = answer.json()
    return created


async def test_a_created_contact_comes_back_in_one_form(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/contacts", json=ACME)
    assert answer.status_code == 201, answer.text
    contact = answer.json()
    assert contact["tax_id"] == "B85955367"
    assert contact["phones"] == ["+34612345678"]
    assert contact["emails"] == ["Hola@penalver.example"]
    assert contact["roles"] == ["client", "supplier"]
    assert contact["bank_accounts"][0]["iban"] == "ES9121000418450200051332"
    assert contact["defaults"] == {"payment_days": 30, "discount_pct": "5.00", "currency": "EUR"}
    assert answer.headers["etag"] == '"1"'
    again = await client.get(f"/api/v1/contacts/{contact['id']}")
    assert again.json() == contact


async def test_creating_records_one_event_with_the_public_state(
    client: httpx.AsyncClient, database: Database, org_id: UUID
) -> None:
    contact = (await client.post("/api/v1/contacts", json=ACME)).json()
    [event] = await recorded(database, org_id)
    assert event.name == "ficha.contacts.contact.created.v1"
    assert (str(event.subject), event.version, event.actor) == (contact["id"], 1, "user:test")
    assert event.data.name == contact["name"]
    assert not hasattr(event.data, "bank_accounts")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("tax_id", "J99216583"),
        ("tax_id", "12345678A"),
        ("vat_number", "FR00000000000"),
        ("emails.0", "nobody"),
        ("phones.0", "12"),
        ("bank_accounts.0.iban", "ES9121000418450200051333"),
        ("billing_address.country", "XX"),
        ("website", "javascript:alert(1)"),
        ("name", ""),
        ("name", "a\u0000b"),
        ("roles.0", "friend"),
        ("kind", "robot"),
        ("defaults.discount_pct", "100.01"),
        *(("defaults.currency", code) for code in ("ZZZ", "XAU", "XXX", "XTS", "XDR", "DEM", "CLF", "eur")),
        ("surprise", 1),
    ],
)
async def test_a_wrong_field_is_named(
    client: httpx.AsyncClient, database: Database, org_id: UUID, field: str, wrong: object
) -> None:
    head, *rest = field.split(".")
    value: object = wrong
    for part in reversed(rest):
        value = (
            [value]
            if part == "0"
            else {"street": "a", "city": "b", part: value}
            if head == "billing_address"
            else {part: value}
        )
    answer = await client.post("/api/v1/contacts", json={"kind": "company", "name": "Acme", head: value})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await recorded(database, org_id) == []


async def test_a_patch_changes_only_what_was_sent(client: httpx.AsyncClient, database: Database, org_id: UUID) -> None:
    contact = await create(client, tags=["uno"], phones=["+34612345678"])
    answer = await client.patch(f"/api/v1/contacts/{contact['id']}", json={"name": "Otra", "phones": ["612345678"]})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.json()["tags"], answer.json()["version"]) == ("Otra", ["uno"], 2)
    events = await recorded(database, org_id)
    assert [(event.version, event.changed) for event in events] == [(1, ()), (2, ("name",))]


async def test_a_stale_writer_gets_412_and_changes_nothing(client: httpx.AsyncClient) -> None:
    contact = await create(client)
    path = f"/api/v1/contacts/{contact['id']}"
    assert (await client.patch(path, json={"name": "A"}, headers={"If-Match": '"1"'})).status_code == 200
    stale = await client.patch(path, json={"name": "B"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert (await client.delete(path, headers={"If-Match": '"1"'})).status_code == 412
    assert (await client.get(path)).json()["name"] == "A"


async def test_a_deleted_contact_is_hidden_and_comes_back_with_the_same_id(client: httpx.AsyncClient) -> None:
    contact = await create(client)
    path = f"/api/v1/contacts/{contact['id']}"
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await client.get("/api/v1/contacts")).json()["items"] == []
    restored = await client.post(f"{path}/restore")
    assert (restored.status_code, restored.json()["id"], restored.json()["version"]) == (200, contact["id"], 3)
    assert (await client.post(f"{path}/restore")).json()["version"] == 3


async def test_pages_follow_one_another_without_gap_or_repetition(client: httpx.AsyncClient) -> None:
    names = ["Ávila", "avispa", "Zurbano", "Bilbao", "Ñandú", "bilbao", "Ceuta"]
    for name in names:
        await create(client, name=name)
    for sort in ("", "&sort=name", "&sort=-updated_at"):
        seen: list[str] = []
        cursor = ""
        while True:
            page = (await client.get(f"/api/v1/contacts?limit=2{sort}{cursor}")).json()
            seen += [item["name"] for item in page["items"]]
            if not page["next_cursor"]:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert sorted(seen) == sorted(names)
        if sort == "-updated_at":
            assert seen == names[::-1]
        elif sort == "&sort=name":
            assert seen == ["Ávila", "avispa", "Bilbao", "bilbao", "Ceuta", "Ñandú", "Zurbano"]


@pytest.mark.parametrize(
    "q",
    [
        *("peñalver", "PENALVER", "construcciones penalver", "B-85.955.367", "612 345 678", "hola@penal"),
        *("constucciones", "penalbver", "penlaver", "pemalver", "construccoines penalber"),
    ],
)
async def test_search_forgives_accents_case_and_small_typos(client: httpx.AsyncClient, q: str) -> None:
    await client.post("/api/v1/contacts", json=ACME)
    await create(client, name="Bodegas Riojanas", phones=["+34911111111"])
    found = (await client.get("/api/v1/contacts", params={"q": q})).json()["items"]
    assert [item["name"] for item in found] == [ACME["name"]]


async def test_what_is_similar_is_found_where_nothing_is_as_written(client: httpx.AsyncClient) -> None:
    for name in ("Lopez Uno", "Lopez Dos", "Lopes Tres"):
        await create(client, name=name)
    assert await names_of(client, q="lopez") == ["Lopez Dos", "Lopez Uno"]
    everybody = ["Lopes Tres", "Lopez Dos", "Lopez Uno"]
    assert await names_of(client, q="lopec", limit=2) == everybody
    assert await names_of(client, q="lopec", limit=1, sort="-updated_at") == ["Lopes Tres", "Lopez Dos", "Lopez Uno"]


async def names_of(client: httpx.AsyncClient, **query: Any) -> list[str]:
    """Through all pages."""
    names, cursor = [], None
    while True:
        page = (await client.get("/api/v1/contacts", params={**query, **({"cursor": cursor} if cursor else {})})).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            return names


async def test_filters_narrow_the_list(client: httpx.AsyncClient) -> None:
    await create(client, name="Uno", roles=["client"], tags=["vip"])
    await create(client, name="Dos", roles=["supplier"])
    await create(client, name="Tres", kind="person")
    for query, expected in [("role=client", ["Uno"]), ("tag=vip", ["Uno"]), ("kind=person", ["Tres"])]:
        items = (await client.get(f"/api/v1/contacts?{query}")).json()["items"]
        assert [item["name"] for item in items] == expected


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMiwzXQ", "é", "WyIxIiwgIjIiLCAiMyJd"])
async def test_a_made_up_cursor_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    answer = await client.get("/api/v1/contacts", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


async def test_another_organisations_contact_is_not_found(app: FastAPI, client: httpx.AsyncClient) -> None:
    contact = await create(client)
    path = f"/api/v1/contacts/{contact['id']}"
    async with client_of(app, new_id()) as stranger:
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.patch(path, json={"name": "Mine"})).status_code == 404
        assert (await stranger.delete(path)).status_code == 404
        assert (await stranger.get("/api/v1/contacts")).json()["items"] == []


async def test_scopes_are_asked_for(app: FastAPI, org_id: UUID) -> None:
    async with client_of(app, org_id, "contacts:read", "documents:write") as reader:
        assert (await reader.get("/api/v1/contacts")).status_code == 200
        refused = await reader.post("/api/v1/contacts", json={"kind": "company", "name": "Acme"})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_the_same_idempotency_key_creates_once(
    client: httpx.AsyncClient, database: Database, org_id: UUID
) -> None:
    headers = {"Idempotency-Key": "abc"}
    first = await client.post("/api/v1/contacts", json=ACME, headers=headers)
    second = await client.post("/api/v1/contacts", json=ACME, headers=headers)
    assert (second.status_code, second.json()) == (201, first.json())
    assert len(await recorded(database, org_id)) == 1
    other = await client.post("/api/v1/contacts", json={**ACME, "name": "Otro"}, headers=headers)
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    "number",
    [2**53, 2**63, 2**64, -(2**64), 10**400],
    ids=lambda number: f"{number:.0e}"[:12] if number < 10**300 else "huge",
)
async def test_a_number_of_ones_own_is_as_large_as_json_takes_it(client: httpx.AsyncClient, number: int) -> None:
    body = {"kind": "company", "name": "Acme", "custom_fields": {"n": number}}
    answer = await client.post("/api/v1/contacts", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"].startswith("custom_fields.n")


async def test_a_number_of_ones_own_is_kept(client: httpx.AsyncClient) -> None:
    body = {"kind": "company", "name": "Acme", "custom_fields": {"n": 2**53 - 1}}
    answer = await client.post("/api/v1/contacts", json=body)
    assert (answer.status_code, answer.json()["custom_fields"]) == (201, {"n": 2**53 - 1})


async def test_a_number_too_long_to_be_read_is_refused(client: httpx.AsyncClient) -> None:
    body = '{"kind": "company", "name": "Acme", "custom_fields": {"n": ' + "9" * 5000 + "}}"
    answer = await client.post("/api/v1/contacts", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
