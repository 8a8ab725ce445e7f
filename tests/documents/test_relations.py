"""Documents that come from one another name each other, both ways."""

import pytest

from documents.kinds import KINDS
from shared.events.documents import DocumentCreated, DocumentType
from tests.documents.world import TODAY, Json, World
from tests.support.outbox import recorded

CONVERSIONS = sorted((source, into) for source, kind in KINDS.items() for into in kind.becomes)
CORRECTIONS = sorted((corrected, kind.type) for kind in KINDS.values() for corrected in kind.corrects)
RELATIONS = ("source", "became", "corrects", "corrected_by")
NONE: Json = {"source": None, "became": [], "corrects": None, "corrected_by": []}


def named(document: Json) -> Json:
    """As another document names it."""
    return {name: document[name] for name in ("id", "type", "number", "status", "contact_id")}


def relations(document: Json) -> Json:
    return {name: document[name] for name in RELATIONS}


async def convert(world: World, document: Json, into: str) -> Json:
    return await world.done("POST", f"/api/v1/documents/{document['id']}/convert", {"type": into}, status=201)


@pytest.mark.parametrize(("source", "into"), CONVERSIONS)
async def test_what_became_of_a_document_and_what_it_came_from(
    world: World, source: DocumentType, into: DocumentType
) -> None:
    first = await world.approved(await world.contact(), source)
    assert relations(first) == NONE
    down, up = ("corrected_by", "corrects") if KINDS[into].corrects else ("became", "source")

    made = await convert(world, first, into)
    assert relations(made) == {**NONE, up: named(first)}
    assert relations(await world.get(first)) == {**NONE, down: [named(made)]}

    approved = await world.approve(made)
    assert relations(approved) == {**NONE, up: named(await world.get(first))}
    assert approved["number"]
    again = await convert(world, first, into)
    assert relations(await world.get(first)) == {**NONE, down: [named(approved), named(again)]}

    voided = await world.done("POST", f"/api/v1/documents/{made['id']}/void")
    assert relations(await world.get(first)) == {**NONE, down: [named(voided), named(again)]}
    await world.client.delete(f"/api/v1/documents/{again['id']}")
    assert relations(await world.get(first)) == {**NONE, down: [named(voided)]}


@pytest.mark.parametrize(("corrected", "kind"), CORRECTIONS)
async def test_a_credit_note_stands_with_what_it_corrects_however_it_was_made(
    world: World, corrected: DocumentType, kind: DocumentType
) -> None:
    contact = await world.contact()
    first, second = [await world.approved(contact, corrected) for _ in range(2)]
    line = {"description": "Descuento", "quantity": "1", "unit_price": "10.00", "taxes": ["iva_21"]}
    written = await world.draft(contact, kind, corrects_id=first["id"], lines=[line])
    converted = await convert(world, first, kind)
    assert relations(await world.get(first)) == {**NONE, "corrected_by": [named(written), named(converted)]}

    moved = await world.done("PATCH", f"/api/v1/documents/{converted['id']}", {"corrects_id": second["id"]})
    assert relations(moved) == {**NONE, "source": named(first), "corrects": named(second)}
    assert relations(await world.get(first)) == {**NONE, "became": [named(moved)], "corrected_by": [named(written)]}
    assert relations(await world.get(second)) == {**NONE, "corrected_by": [named(moved)]}


async def test_a_document_made_from_a_draft_forgets_it_when_it_is_deleted(world: World) -> None:
    draft = await world.draft(await world.contact(), "estimate")
    order = await convert(world, draft, "sales_order")
    assert relations(await world.get(order)) == {**NONE, "source": named(draft)}
    await world.client.delete(f"/api/v1/documents/{draft['id']}")
    assert relations(await world.get(order)) == NONE
    assert relations(await world.approve(order)) == NONE


async def test_a_whole_chain_names_its_neighbours_only(world: World) -> None:
    document = await world.approved(await world.contact(), "estimate")
    chain = [document]
    for into in ("sales_order", "delivery_note", "invoice", "credit_note"):
        chain.append(await world.approve(await convert(world, chain[-1], into)))
    estimate, order, note, invoice, credit_note = [await world.get(each) for each in chain]
    assert relations(estimate) == {**NONE, "became": [named(order)]}
    assert relations(order) == {**NONE, "source": named(estimate), "became": [named(note)]}
    assert relations(note) == {**NONE, "source": named(order), "became": [named(invoice)]}
    assert relations(invoice) == {**NONE, "source": named(note), "corrected_by": [named(credit_note)]}
    assert relations(credit_note) == {**NONE, "corrects": named(invoice)}


async def test_its_tag_tells_what_became_of_it_and_writers_go_by_its_version(world: World) -> None:
    draft = await world.draft(await world.contact(), "estimate")
    path = f"/api/v1/documents/{draft['id']}"
    before = await world.client.get(path)
    assert before.headers["etag"] == '"1"'
    known = {"If-None-Match": before.headers["etag"]}
    assert (await world.client.get(path, headers=known)).status_code == 304

    order = await convert(world, draft, "sales_order")
    after = await world.client.get(path, headers=known)
    assert (after.status_code, after.json()["version"]) == (200, 1)
    assert after.json()["became"] == [named(order)]
    known = {"If-None-Match": after.headers["etag"]}
    assert (await world.client.get(path, headers=known)).status_code == 304
    await world.approve(order)
    assert (await world.client.get(path, headers=known)).json()["became"][0]["status"] == "approved"

    # Whichever of its tags a writer has read: the draft itself is as it was.
    for tag in (before.headers["etag"], after.headers["etag"]):
        version = (await world.get(draft))["version"]
        written = await world.client.patch(path, json={"notes": tag}, headers={"If-Match": tag})
        assert written.status_code == (200 if version == 1 else 412), tag


async def test_events_name_what_a_document_was_made_from(world: World) -> None:
    estimate = await world.approved(await world.contact(), "estimate", issue_date=TODAY.isoformat())
    order = await convert(world, estimate, "sales_order")
    told = [event for event in await recorded(world.database, world.org_id) if isinstance(event, DocumentCreated)]
    assert {str(event.data.id): event.data.source_id and str(event.data.source_id) for event in told} == {
        estimate["id"]: None,
        order["id"]: estimate["id"],
    }
