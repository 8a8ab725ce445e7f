"""A company's logo, from its settings to the documents it sends."""

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pypdf import PdfReader

from tests.support.ficha import Ficha
from tests.support.pictures import png
from tests.support.waiting import until_now


@pytest.fixture(scope="module")
def client(ficha: Ficha) -> Iterator[httpx.Client]:
    """Of an organisation of its own: the others' documents look as before."""
    email = f"{uuid4().hex[:8]}@logos.example"
    with closing(ficha.add_organization(f"Logos {email}", email, "una contraseña bien larga")) as client:
        yield client


def test_documents_bear_the_logo_there_was_when_they_were_approved(client: httpx.Client) -> None:
    contact = until_now(lambda: made(client, "/api/v1/contacts", kind="company", name="Cliente"), what="a contact")
    before = approved(client, contact)
    change = client.put("/api/v1/organization/logo", content=png((240, 80)), headers={"Content-Type": "image/png"})
    assert change.status_code == 200, change.text
    until_now(lambda: logos_of(client, drafted(client, contact)) == 1, within=20, what="the logo on a draft")
    invoice = approved(client, contact)
    assert logos_of(client, invoice) == 1
    assert client.delete("/api/v1/organization/logo").status_code == 204
    until_now(lambda: logos_of(client, drafted(client, contact)) == 0, within=20, what="a draft without it")
    assert logos_of(client, invoice) == 1
    assert logos_of(client, before) == 0


def drafted(client: httpx.Client, contact: dict[str, Any]) -> dict[str, Any]:
    line = {"description": "Servicio", "quantity": "1", "unit_price": "10.00", "taxes": ["iva_21"]}
    body = {"type": "invoice", "contact_id": contact["id"], "lines": [line]}
    return until_now(lambda: made(client, "/api/v1/documents", **body), what="a draft")


def approved(client: httpx.Client, contact: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/v1/documents/{drafted(client, contact)['id']}/approve"
    return until_now(lambda: made(client, path), what="an approved invoice")


def made(client: httpx.Client, path: str, **body: Any) -> dict[str, Any] | None:
    """None while the organisation has not reached the service yet."""
    answer = client.post(path, json=body or None)
    assert answer.status_code in (200, 201, 409), answer.text
    found: dict[str, Any] = answer.json()
    return found if answer.is_success else None


def logos_of(client: httpx.Client, document: dict[str, Any]) -> int:
    answer = client.get(f"/api/v1/documents/{document['id']}/pdf")
    assert answer.status_code == 200, answer.text
    return len(PdfReader(io.BytesIO(answer.content)).pages[0].images)
