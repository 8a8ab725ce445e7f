"""The PDF of a document over HTTP; how it looks is tests/documents/test_printing.py's."""

import io

from pypdf import PdfReader

from tests.documents.world import Json, World


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
