"""One document for the whole API."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gateway.openapi import merge
from gateway.panel import PART_PATH


@pytest.fixture
async def document(anonymous: httpx.AsyncClient) -> dict[str, Any]:
    answer = await anonymous.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


async def test_every_reference_in_it_leads_somewhere(document: dict[str, Any]) -> None:
    found = list(references(document))
    assert found
    for reference in found:
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert isinstance(node, dict)
    assert "$defs" not in str(document)


async def test_it_has_what_every_service_and_the_gateway_offer(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert "x-missing" not in document
    expected = {
        "/api/v1/contacts",
        "/api/v1/documents",
        "/api/v1/notes",
        "/api/v1/contacts/7/files",
        "/api/v1/messages",
        "/api/v1/session",
        "/api/v1/session/password",
        "/api/v1/organization",
        "/api/v1/users/{user_id}",
        "/api/v1/api-keys/{key_id}",
        "/api/v1/contacts/{contact_id}/panel",
        "/api/v1/stream",
        "/api/v1/events",
    }
    assert expected <= set(document["paths"])
    assert not [path for path in document["paths"] if path.startswith("/internal")]


async def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))


async def test_components_of_one_name_but_two_meanings_are_told_apart(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    body = document["paths"]["/api/v1/notes"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/CrmThing"}
    assert set(schemas["CrmThing"]["properties"]) == {"title"}
    assert set(schemas["ContactsThing"]["properties"]) == {"name"}
    # What means the same everywhere is there once.
    assert [name for name in schemas if re.fullmatch(r".*FieldProblem", name)] == ["FieldProblem"]


async def test_it_says_how_to_log_in(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {"session", "key", "portal"}
    assert document["security"] == [{"session": []}, {"key": []}]
    assert document["paths"]["/api/v1/session"]["post"]["security"] == []


def test_the_same_nested_in_different_things_stays_different() -> None:
    """`Page` reads alike in both, and means two things."""

    def of(service: str, field: str) -> dict[str, Any]:
        page = {"properties": {"items": {"items": {"$ref": "#/components/schemas/Out"}}}}
        out = {"properties": {field: {"type": "string"}}}
        path = {"contacts": "/api/v1/contacts", "crm": "/api/v1/notes"}[service]
        answer = {"schema": {"$ref": "#/components/schemas/Page"}}
        operation = {"operationId": "list", "responses": {"200": {"content": {"application/json": answer}}}}
        return {"paths": {path: {"get": operation}}, "components": {"schemas": {"Page": page, "Out": out}}}

    merged = merge({"contacts": of("contacts", "name"), "crm": of("crm", "title")})
    schemas = merged["components"]["schemas"]
    assert set(schemas) == {"ContactsPage", "ContactsOut", "CrmPage", "CrmOut"}
    assert schemas["CrmPage"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/CrmOut"}
    ids = [merged["paths"][path]["get"]["operationId"] for path in ("/api/v1/contacts", "/api/v1/notes")]
    assert ids == ["list", "list_crm"]


def test_a_section_of_the_panel_is_of_the_type_that_its_service_declares(app: FastAPI) -> None:
    reference = {"schema": {"$ref": "#/components/schemas/Part"}}
    operation = {"responses": {"200": {"content": {"application/json": reference}}}}
    note = {"properties": {"count": {"type": "integer"}}}
    part = {"properties": {"notes": {"$ref": "#/components/schemas/Notes"}, "activities": {"type": "array"}}}
    crm = {"paths": {PART_PATH: {"get": operation}}, "components": {"schemas": {"Part": part, "Notes": note}}}
    schemas = merge({"gateway": app.openapi(), "crm": crm})["components"]["schemas"]
    sections = schemas["SectionsOut"]["properties"]
    assert sections["notes"] == {"$ref": "#/components/schemas/NotesSectionOut"}
    typed, general = schemas["NotesSectionOut"]["properties"], schemas["SectionOut"]["properties"]
    assert typed["data"] == {"anyOf": [{"$ref": "#/components/schemas/Notes"}, {"type": "null"}]}
    assert {**typed, "data": general["data"]} == general
    # What nobody declared stays open.
    assert sections["files"] == {"$ref": "#/components/schemas/SectionOut"}


def test_a_path_that_is_not_a_services_own_is_left_out() -> None:
    stray: dict[str, Any] = {"paths": {"/api/v1/contacts": {"get": {}}, "/metrics": {"get": {}}}, "components": {}}
    assert merge({"crm": stray})["paths"] == {}


async def test_the_page_for_people_asks_nothing_of_others(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/docs")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "/api/v1/contacts/{contact_id}/panel" in answer.text
    assert not re.findall(r"""(?:src|href)=['"]?(?:https?:)?//""", answer.text)
