"""What is written is found: as it is, by any of its words, and first."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from shared.db.session import Database
from shared.db.tenancy import Scope
from tests.support.drawing import NAMES, drawn

ADDRESS = {"street": "Gran Vía 1", "city": "A Coruña", "province": "Castelló", "postal_code": "08013", "country": "ES"}


async def create(client: httpx.AsyncClient, name: str, **values: object) -> str:
    answer = await client.post("/api/v1/contacts", json={"kind": "company", "name": name, **values})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def found(client: httpx.AsyncClient, q: str, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/contacts", params={"q": q, "limit": 200, **query})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def names(client: httpx.AsyncClient, q: str, **query: Any) -> list[str]:
    return [item["name"] for item in await found(client, q, **query)]


@pytest.mark.parametrize(
    ("name", "values", "asked"),
    [
        (
            "Ferretería Ruiz, S.L.",
            {},
            ("Ferretería Ruiz, S.L.", "ferreteria ruiz sl", "RUIZ S.L", "ruiz ferret", "ferr,ruiz", "feretería ruis"),
        ),
        ("Straße & Söhne", {}, ("strasse", "STRASSE", "Straße & Söhne", "sohne", "straße&söhne", "söhne strase")),
        ("Łódź Ørsted Æther Đặng Þór", {}, ("lodz", "orsted", "aether", "dang", "thor", "ŁÓDŹ", "ørsted æther")),
        ("Bar O’Hara", {}, ("o'hara", "O’HARA", "ohara", "oʼhara", "o`hara", "o´hara", "o hara", "hara")),
        ("Cal Paral·lel", {}, ("parallel", "paral·lel", "paral.lel", "paral-lel", "PARAĿLEL", "paral", "lel cal")),
        ("Peñalver-Ruiz", {}, ("penalver ruiz", "ruiz penalver", "penalverruiz", "peñalver–ruiz", "PEÑALVER_RUIZ")),
        ("İstanbul Ilgaz ırmak", {}, ("istanbul", "İSTANBUL", "ilgaz", "ırmak", "irmak", "IRMAK")),
        ("ΟΔΥΣΣΕΎΣ Ёлка", {}, ("οδυσσεύς", "οδυσσευσ", "елка", "ЁЛКА", "Елка")),
        ("ﬁnca ＡＢＣ１ №7", {}, ("finca", "abc1", "ＡＢＣ", "no7")),
        ("🍕 Pizza ❤️", {}, ("🍕", "🍕 pizza", "❤", "pizza ❤️")),
        ("50 % + 1", {}, ("50", "50 %", "50 % + 1", "%50")),
        ("***", {}, ("***",)),
        ("株式会社 한국", {}, ("株式会社", "会社", "한국", "한국 株式会社")),
        ("Uno", {"trade_name": "La Ñora"}, ("ñora", "la nora", "La Ñora")),
        ("Dos", {"billing_address": ADDRESS}, ("a coruña", "CORUNA", "castello", "08013", "dos 08013", "castelló dos")),
        ("Tres", {"shipping_addresses": [ADDRESS]}, ("coruña", "castello", "08013")),
        ("Cuatro", {"tax_id": "B85955367"}, ("B85955367", "b-85.955.367", "b 85 955 367", "85955367", "b-8595")),
        ("Cinco", {"vat_number": "ESB85955367"}, ("ESB85955367", "es-b85955367", "ES B85955367")),
        (
            "Seis",
            {"phones": ["+34612345678"]},
            ("612345678", "612 345 678", "+34 612-345-678", "0034612345678", "(612) 34.56.78", "612 345", "5678"),
        ),
        ("Siete", {"phones": ["+4930123456"]}, ("030 123456", "+49 30 123456", "30123456")),
        (
            "Ocho",
            {"emails": ["Hola@mi-casa.example.com"]},
            ("hola@mi-casa.example.com", "mi-casa.example", "hola", "@mi"),
        ),
        ("Ana Mª Núñez", {"kind": "person"}, ("ana nunez", "núñez ana", "ana ma", "NUÑEZ")),
    ],
)
async def test_what_is_stored_is_found_however_it_is_asked(
    client: httpx.AsyncClient, name: str, values: dict[str, Any], asked: tuple[str, ...]
) -> None:
    wanted = await create(client, name, **values)
    await create(client, "Bodegas Xuxu", phones=["+34911119999"], emails=["b@xuxu.example"])
    for q in asked:
        assert [item["id"] for item in await found(client, q)] == [wanted], q


async def test_what_is_exactly_as_asked_is_alone_where_it_can_mean_nothing_else(client: httpx.AsyncClient) -> None:
    for n in range(20):
        values = {"emails": [f"ana{n}@norte.example", f"juana@norte{n}.example"], "phones": [f"+346123456{n + 10}"]}
        await create(client, f"Ana García {n}", **values)
    await create(client, "Ana", emails=["ana@norte.example"], phones=["+34612345610"], tax_id="12345678Z")
    await create(client, "Ana García", emails=["juana@norte.example"], tax_id="X1234567L")
    await create(client, "Ana García Ruiz", trade_name="Ana García & Cía")
    for q, expected in (
        ("ana@norte.example", ["Ana"]),
        ("ANA@NORTE.EXAMPLE", ["Ana"]),
        ("juana@norte7.example", ["Ana García 7"]),
        ("12.345.678-z", ["Ana"]),
        ("+34 612 34 56 29", ["Ana García 19"]),
        ("612345610", ["Ana", "Ana García 0"]),
        ("Ana García", ["Ana García"]),
        ("Ana García & Cía", ["Ana García Ruiz"]),
    ):
        assert await names(client, q) == expected, q
    for q, first in (("ana", "Ana"), ("Ana", "Ana"), ("ana garcia", "Ana García")):
        listed = await names(client, q)
        assert (listed[0], len(listed)) == (first, 23 if q.lower() == "ana" else 22), q


async def test_pages_of_a_search_follow_one_another_over_what_is_exact_and_what_is_not(
    client: httpx.AsyncClient,
) -> None:
    for name in ("Sol", "sol", "Sol Uno", "El Sol", "SOL", "Luna"):
        await create(client, name)
    for sort, expected in (
        ("name", ["Sol", "sol", "SOL", "El Sol", "Sol Uno"]),
        ("-updated_at", ["SOL", "sol", "Sol", "El Sol", "Sol Uno"]),
    ):
        for limit in (1, 2, 3, 4):
            seen: list[str] = []
            cursor: dict[str, str] = {}
            while True:
                query = {"q": "sol", "limit": limit, "sort": sort, **cursor}
                page = (await client.get("/api/v1/contacts", params=query)).json()
                seen += [item["name"] for item in page["items"]]
                if not page["next_cursor"]:
                    break
                cursor = {"cursor": page["next_cursor"]}
            assert seen == expected, (sort, limit)


async def test_names_are_sorted_as_in_a_spanish_dictionary(client: httpx.AsyncClient) -> None:
    dictionary = [
        *("10 Bares", "Ábaco", "Abad", "ábad 2", "Àger", "Álamo", "Cádiz", "Çeltik", "Cobre", "Łagów", "Luz", "Nabo"),
        *("Nunca", "Nzz", "Ñandú", "ñora", "Ñu\u0301", "O'Hara", "Oca", "Ohara", "Zurbano"),
    ]
    for name in reversed(dictionary):
        await create(client, name)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await client.get("/api/v1/contacts", params={"limit": 3, **cursor})).json()
        seen += [item["name"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == dictionary


async def test_whatever_is_written_is_found_first_as_it_is_and_by_each_of_its_words(
    client: httpx.AsyncClient, database: Database, org_id: UUID
) -> None:
    made = {await create(client, name): name for name in drawn(NAMES, 60)}
    async with database.transaction(Scope(org_id)) as session:
        forms: dict[str, list[str]] = {
            name: (await session.execute(select(func.search_forms(name)))).scalar_one() for name in made.values()
        }
    for contact_id, name in made.items():
        asked = {*forms[name], forms[name][-1].replace(" ", "")}
        exact = [other for other in made.values() if asked & set(forms[other])]
        first = (await found(client, name))[: len(exact)]
        assert contact_id in [item["id"] for item in first], (name, first)
        for word in name.split():
            if any(character.isalnum() for character in word):
                assert contact_id in [item["id"] for item in await found(client, word)], (name, word)


async def test_a_company_is_found_by_its_people(client: httpx.AsyncClient) -> None:
    await create(client, "Bodegas Xuxu")
    company = await create(client, "Acme")
    other = await create(client, "Zeta")
    path = f"/api/v1/contacts/{company}/people"
    ana = {"name": "Ana Núñez", "emails": ["ana.nunez@norte.example"]}
    linked = (await client.post(path, json={"person": ana})).json()
    person = f"/api/v1/contacts/{linked['person_id']}"
    await client.post(f"{person}/companies", json={"company_id": other})
    for q in ("Ana Núñez", "nunez", "ana.nunez@norte.example", "norte.example", "núñes"):
        assert await names(client, q) == ["Acme", "Ana Núñez", "Zeta"], q
    assert await names(client, "nunez", kind="company") == ["Acme", "Zeta"]

    await client.patch(person, json={"name": "Eva Pla", "emails": ["eva@sur.example"]})
    assert await names(client, "nunez") == []
    assert await names(client, "eva@sur.example", kind="company") == ["Acme", "Zeta"]
    await client.patch(f"/api/v1/contacts/{company}", json={"name": "Acme Dos"})
    assert await names(client, "eva pla", kind="company") == ["Acme Dos", "Zeta"]

    await client.delete(f"/api/v1/contacts/{other}/people/{linked['person_id']}")
    assert await names(client, "eva pla", kind="company") == ["Acme Dos"]
    await client.delete(person)
    assert await names(client, "eva pla") == []
    await client.post(f"{person}/restore")
    assert await names(client, "eva pla", kind="company") == ["Acme Dos"]
