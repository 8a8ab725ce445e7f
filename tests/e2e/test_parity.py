"""A field added to a shape reaches everything that shows or tells the same entity, or is named here with its reason."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.ficha import Ficha
from tests.support.waiting import until_now

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)


@dataclass(frozen=True)
class Entity:
    """`made` is posted to `path`; the panel's `section` lists it; `event` tells of it.

    `untold`: fields of the shape that its event leaves out, and why; `told`: fields that only the event has.
    """

    path: str
    made: Mapping[str, Any]
    listed: str
    section: str
    event: str
    untold: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


ENVELOPE = {"version": "the envelope's aggregateversion"}
TOLD = {"deleted": "of the event alone: what is deleted is not shown", "changed": "of the event alone"}
NAMED = {"contact_name": "contacts' to tell"}
OWNED = {"owner_name": "the gateway's to tell"}
MOMENTS = dict.fromkeys(("created_at", "updated_at"), "the envelope has the time")
FREE_TEXT = "free text stays at home: events go to logs, webhooks and other systems"

ENTITIES = {
    "document": Entity(
        path="/api/v1/documents",
        made={"type": "invoice", "lines": [{"description": "Horas", "quantity": "2", "unit_price": "50"}]},
        listed="/api/v1/documents",
        section="documents",
        event="ficha.documents.document.created.v1",
        untold={
            **ENVELOPE,
            "pending_total": "total less paid_total",
            "overdue": "by the reader's clock",
        },
        told={
            **TOLD,
            "language": "what mails are written in",
            "source_id": "in the document itself, as `origin`",
        },
    ),
    "activity": Entity(
        path="/api/v1/activities",
        made={"kind": "call", "title": "Llamar", "starts_at": "2027-01-15T10:00:00Z"},
        listed="/api/v1/activities",
        section="activities",
        event="ficha.crm.activity.created.v1",
        untold={**ENVELOPE, **NAMED, **OWNED, **MOMENTS, "notes": FREE_TEXT},
        told=TOLD,
    ),
    "opportunity": Entity(
        path="/api/v1/opportunities",
        made={"title": "Ampliación", "value": "100", "currency": "EUR"},
        listed="/api/v1/opportunities",
        section="opportunities",
        event="ficha.crm.opportunity.created.v1",
        untold={
            **ENVELOPE,
            **NAMED,
            **MOMENTS,
            "stage_name": "the pipeline's",
            "closed_at": "the envelope of won and lost has it",
        },
        told=TOLD,
    ),
    "note": Entity(
        path="/api/v1/notes",
        made={"body": "Prefiere **correo**"},
        listed="/api/v1/notes",
        section="notes",
        event="ficha.crm.note.created.v1",
        untold={**ENVELOPE, **NAMED, **MOMENTS, "author_name": "the gateway's to tell", "body": FREE_TEXT},
        told=TOLD,
    ),
}


@pytest.fixture(scope="module")
def client(ficha: Ficha) -> Iterator[httpx.Client]:
    with closing(ficha.client()) as client:
        yield client


@pytest.fixture(scope="module")
def contact(client: httpx.Client) -> dict[str, Any]:
    body = {"kind": "company", "name": f"Paridad {uuid4().hex[:8]} SL", "roles": ["client", "supplier"]}
    return _sent(client, "/api/v1/contacts", body)


def test_a_contact(client: httpx.Client, contact: dict[str, Any]) -> None:
    shown = client.get(f"/api/v1/contacts/{contact['id']}/panel").json()["contact"]
    assert shown.keys() == contact.keys()
    untold = {"bank_accounts": "no listener needs them", "custom_fields": "no listener needs them", **ENVELOPE}
    assert _data_of(client, "ficha.contacts.contact.created.v1", contact["id"]).keys() == (
        contact.keys() - untold.keys() | TOLD.keys()
    )


@pytest.mark.parametrize("name", ENTITIES)
def test_an_entity(client: httpx.Client, contact: dict[str, Any], name: str) -> None:
    entity = ENTITIES[name]
    made = _sent(client, entity.path, {**entity.made, "contact_id": contact["id"]})
    [listed] = client.get(entity.listed, params={"contact_id": contact["id"]}).json()["items"]
    [shown] = _shown(client, contact, entity.section)
    assert listed["id"] == shown["id"] == made["id"]
    assert shown.keys() == listed.keys()
    assert listed.keys() <= made.keys()
    data = _data_of(client, entity.event, made["id"])
    assert data.keys() == listed.keys() - entity.untold.keys() | entity.told.keys()


def test_a_file(client: httpx.Client, contact: dict[str, Any]) -> None:
    path = f"/api/v1/contacts/{contact['id']}/files"
    made = client.post(path, files={"file": ("oferta.txt", b"hola", "text/plain")}).json()
    [listed] = client.get(path).json()["items"]
    [shown] = _shown(client, contact, "files")
    assert shown.keys() == listed.keys() == made.keys()
    untold = {**ENVELOPE, "uploaded_by": "the envelope's actor", "uploaded_by_name": "the gateway's to tell"}
    assert _data_of(client, "ficha.files.file.uploaded.v1", made["id"]).keys() == (
        made.keys() - untold.keys() | TOLD.keys()
    )


def _sent(client: httpx.Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _shown(client: httpx.Client, contact: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    panel = client.get(f"/api/v1/contacts/{contact['id']}/panel").json()
    items: list[dict[str, Any]] = panel["sections"][section]["data"]["items"]
    return items


def _data_of(client: httpx.Client, event: str, subject: str) -> dict[str, Any]:
    """What the first event of that type tells of it, as soon as the feed has it."""
    position = 0

    def find() -> dict[str, Any] | None:
        nonlocal position
        while True:
            asked: dict[str, str | int] = {"after": position, "type": event, "limit": 200}
            answer = client.get("/api/v1/events", params=asked).raise_for_status().json()
            for item in answer["items"]:
                if item["event"]["subject"] == subject:
                    data: dict[str, Any] = item["event"]["data"]
                    return data
            position = answer["position"]
            if not answer["next_cursor"]:
                return None

    return until_now(find, what=f"{event} of {subject}")
