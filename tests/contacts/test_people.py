"""People of companies and companies of people: one link, edited from both sides."""

from typing import Any
from uuid import UUID

import httpx

from contacts.schemas import ContactsPanelPart
from shared.db.session import Database
from tests.support.outbox import recorded


async def make(client: httpx.AsyncClient, kind: str, name: str) -> str:
    answer = await client.post("/api/v1/contacts", json={"kind": kind, "name": name})
    return str(answer.json()["id"])


async def people(client: httpx.AsyncClient, company: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"/api/v1/contacts/{company}/people")).json()["items"]
    return items


async def test_a_person_may_belong_to_several_companies(client: httpx.AsyncClient) -> None:
    one, two = await make(client, "company", "Uno"), await make(client, "company", "Dos")
    person = await make(client, "person", "Ana")
    first = await client.post(f"/api/v1/contacts/{one}/people", json={"person_id": person, "job_title": "Gerente"})
    second = await client.post(f"/api/v1/contacts/{person}/companies", json={"company_id": two, "send_copies": True})
    assert (first.status_code, second.status_code) == (201, 201)
    companies = (await client.get(f"/api/v1/contacts/{person}/companies")).json()["items"]
    assert [(item["name"], item["send_copies"]) for item in companies] == [("Dos", True), ("Uno", False)]
    assert [item["job_title"] for item in await people(client, one)] == ["Gerente"]


async def test_linking_can_create_the_person_on_the_way(
    client: httpx.AsyncClient, database: Database, org_id: UUID
) -> None:
    company = await make(client, "company", "Acme")
    body = {"person": {"name": "Eva", "emails": ["eva@acme.example"], "phones": ["612345678"]}, "is_primary": True}
    answer = await client.post(f"/api/v1/contacts/{company}/people", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["phones"] == ["+34612345678"]
    names = [event.name.removeprefix("ficha.contacts.") for event in await recorded(database, org_id)]
    assert names == ["contact.created.v1", "contact.created.v1", "person_link.linked.v1"]


async def test_ticking_send_copies_from_either_side_is_the_same_link(
    client: httpx.AsyncClient, database: Database, org_id: UUID
) -> None:
    company, person = await make(client, "company", "Acme"), await make(client, "person", "Ana")
    await client.post(f"/api/v1/contacts/{company}/people", json={"person_id": person})
    ticked = await client.patch(f"/api/v1/contacts/{company}/people/{person}", json={"send_copies": True})
    assert (ticked.status_code, ticked.json()["send_copies"], ticked.json()["version"]) == (200, True, 2)
    titled = await client.patch(f"/api/v1/contacts/{person}/companies/{company}", json={"job_title": "CEO"})
    assert (titled.json()["send_copies"], titled.json()["job_title"], titled.json()["version"]) == (True, "CEO", 3)
    last = (await recorded(database, org_id))[-1]
    assert (last.name, last.version, last.changed) == ("ficha.contacts.person_link.updated.v1", 3, ("job_title",))


async def test_a_company_has_one_primary_person(client: httpx.AsyncClient) -> None:
    company = await make(client, "company", "Acme")
    for name in ("Ana", "Eva"):
        await client.post(f"/api/v1/contacts/{company}/people", json={"person": {"name": name}, "is_primary": True})
    assert [(item["name"], item["is_primary"]) for item in await people(client, company)] == [
        ("Eva", True),
        ("Ana", False),
    ]


async def test_unlinking_keeps_both_and_says_so(client: httpx.AsyncClient, database: Database, org_id: UUID) -> None:
    company, person = await make(client, "company", "Acme"), await make(client, "person", "Ana")
    await client.post(f"/api/v1/contacts/{company}/people", json={"person_id": person})
    assert (await client.delete(f"/api/v1/contacts/{company}/people/{person}")).status_code == 204
    assert await people(client, company) == []
    assert (await client.get(f"/api/v1/contacts/{person}")).status_code == 200
    last = (await recorded(database, org_id))[-1]
    assert (last.name, last.version, last.data.deleted) == ("ficha.contacts.person_link.unlinked.v1", 2, True)


async def test_wrong_links_are_refused(client: httpx.AsyncClient) -> None:
    company, person = await make(client, "company", "Acme"), await make(client, "person", "Ana")
    people_of = f"/api/v1/contacts/{company}/people"
    await client.post(people_of, json={"person_id": person})
    for body, status, code in [
        ({"person_id": person}, 409, "contacts.already_linked"),
        ({"person_id": company}, 422, "contacts.wrong_kind"),
        ({"person_id": "00000000-0000-0000-0000-000000000000"}, 404, "contacts.not_found"),
        ({}, 422, "invalid"),
        ({"person_id": person, "person": {"name": "x"}}, 422, "invalid"),
    ]:
        answer = await client.post(people_of, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await client.patch(f"/api/v1/contacts/{person}", json={"kind": "company"})).status_code == 409


async def test_the_panel_part_holds_the_contact_and_its_people(client: httpx.AsyncClient) -> None:
    company = await make(client, "company", "Acme")
    await client.post(f"/api/v1/contacts/{company}/people", json={"person": {"name": "Ana"}})
    part = (await client.get(f"/internal/contacts/{company}/panel")).json()
    ContactsPanelPart.model_validate(part, extra="forbid")
    assert (part["contact"]["id"], [item["name"] for item in part["people"]["items"]]) == (company, ["Ana"])


async def test_pages_of_people_follow_one_another(client: httpx.AsyncClient) -> None:
    company = await make(client, "company", "Acme")
    for number in range(5):
        body = {"person": {"name": f"P{number}"}, "is_primary": number == 3}
        await client.post(f"/api/v1/contacts/{company}/people", json=body)
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await client.get(f"/api/v1/contacts/{company}/people?limit=2{cursor}")).json()
        seen += [item["name"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ["P3", "P0", "P1", "P2", "P4"]
