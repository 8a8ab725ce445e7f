"""The PDF of a document over HTTP; how it looks is tests/documents/test_printing.py's."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from fastapi import FastAPI, Response
from pypdf import PdfReader

from documents.main import create_app
from shared.db.session import Database
from shared.web.server import serve
from tests.documents.conftest import settings_with
from tests.documents.world import Json, World
from tests.support.identity import client_of
from tests.support.pictures import png

PICTURE = png((90, 30))


async def text_of(world: World, document: Json) -> str:
    answer = await world.client.get(f"/api/v1/documents/{document['id']}/pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


async def test_an_approved_invoice_is_printed_with_its_frozen_facts(world: World) -> None:
    contact = await world.contact(phones=["+34612345678"])
    invoice = await world.approved(contact)
    await world.organization(version=2, name="Sur, S.L.")
    text = await text_of(world, invoice)
    for fact in (invoice["number"], "Norte, S.L.", "B85955367", "Acme, S.A.", "A13585625", "Consultoría", "121,00"):
        assert fact in text
    assert "Sur, S.L." not in text
    answer = await world.client.get(f"/api/v1/documents/{invoice['id']}/pdf")
    assert answer.headers["content-disposition"] == f'inline; filename="{invoice["number"]}.pdf"'


async def test_a_draft_is_printed_as_a_draft_and_a_credit_note_names_its_invoice(world: World) -> None:
    contact = await world.contact()
    assert "BORRADOR" in (await text_of(world, await world.draft(contact))).upper()
    invoice = await world.approved(contact)
    credit_note = await world.approved(contact, "credit_note", corrects_id=invoice["id"])
    text = await text_of(world, credit_note)
    assert invoice["number"] in text
    assert credit_note["number"] in text


@pytest.mark.parametrize("times", [1, 12])
async def test_a_description_of_two_thousand_characters_is_kept_and_printed_whole(world: World, times: int) -> None:
    words = [f"palabra{number:03}" for number in range(181)]
    description = " ".join(words) + "\nfin" + "x" * 5
    assert len(description) == 2000 - 1
    contact = await world.contact()
    lines = [{"description": f"{description}y", "unit_price": "1.00", "taxes": ["iva_21"]}] * times
    invoice = await world.approved(contact, lines=lines)
    assert [line["description"] for line in invoice["lines"]] == [f"{description}y"] * times
    text = await text_of(world, invoice)
    assert {word for word in words if text.count(word) != times} == set()
    too_long = {"type": "invoice", "contact_id": contact, "lines": [{**lines[0], "description": f"{description}yy"}]}
    answer = await world.client.post("/api/v1/documents", json=too_long)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("lines.0.description", "string_too_long")
    ]


class Gateway:
    """Serves one logo, and counts how often it is asked."""

    def __init__(self, logo: bytes) -> None:
        self.asked = 0
        self.logo = logo
        self.app = FastAPI()

        @self.app.get("/logos/{name}")
        async def serve_logo(name: str) -> Response:
            self.asked += 1
            if name != f"{digest_of(PICTURE)}.png":
                return Response(status_code=404)
            return Response(self.logo, media_type="image/png")


@pytest.fixture
async def beside_gateway(database: Database, org_id: UUID) -> AsyncIterator[tuple[World, Gateway]]:
    gateway, stop = Gateway(PICTURE), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        port = await serve(tasks, gateway.app, "127.0.0.1", 0, stop)
        settings = settings_with(owners={"gateway": f"http://127.0.0.1:{port}"})
        app = create_app(settings, database)
        async with app.router.lifespan_context(app), client_of(app, org_id) as client:
            yield World(database, client, org_id), gateway
        stop.set()


async def test_a_logo_is_asked_for_once_and_stays_on_what_bears_it(beside_gateway: tuple[World, Gateway]) -> None:
    world, gateway = beside_gateway
    await world.organization(logo=digest_of(PICTURE))
    contact = await world.contact()
    invoice = await world.approved(contact)
    for _ in range(2):
        assert await pictures_of(world, invoice) == 1
    assert gateway.asked == 1
    await world.organization(version=2, logo=None)
    assert await pictures_of(world, invoice) == 1
    assert await pictures_of(world, await world.draft(contact)) == 0
    await world.organization(version=3, logo=digest_of(b"another"))
    assert await pictures_of(world, await world.draft(contact)) == 0


async def test_no_document_waits_for_a_picture(beside_gateway: tuple[World, Gateway]) -> None:
    world, gateway = beside_gateway
    await world.organization(logo=digest_of(PICTURE))
    invoice = await world.approved(await world.contact())
    gateway.logo = b"something else"
    assert await pictures_of(world, invoice) == 0
    gateway.logo = PICTURE
    assert await pictures_of(world, invoice) == 1


async def test_without_the_gateway_it_is_printed_without_a_logo(database: Database, org_id: UUID) -> None:
    app = create_app(settings_with(owners={"gateway": "http://127.0.0.1:9"}), database)
    async with app.router.lifespan_context(app), client_of(app, org_id) as client:
        world = World(database, client, org_id)
        await world.organization(logo=digest_of(PICTURE))
        assert await pictures_of(world, await world.approved(await world.contact())) == 0


async def pictures_of(world: World, document: Json) -> int:
    answer = await world.client.get(f"/api/v1/documents/{document['id']}/pdf")
    assert answer.status_code == 200, answer.text
    return len(PdfReader(io.BytesIO(answer.content)).pages[0].images)


def digest_of(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()
