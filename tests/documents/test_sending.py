"""Who gets a document, and the wish to send it."""

from uuid import UUID

import pytest

from shared.db.session import Database
from shared.events.contacts import ContactDeleted, PersonLinkUpdated, PersonUnlinked
from tests.documents.world import Json, World
from tests.support.identity import bearer
from tests.support.outbox import recorded


async def recipients(world: World, document: Json) -> list[tuple[str, str, str]]:
    items = (await world.done("GET", f"/api/v1/documents/{document['id']}/recipients"))["items"]
    return [(item["email"], item["role"], item["reason"]) for item in items]


async def test_the_contact_gets_it_and_everybody_with_copies_in_copy(world: World) -> None:
    company = await world.contact()
    ana = await world.contact("Ana", kind="person", emails=["ana@acme.example", "ana@home.example"])
    eva = await world.contact("Eva", kind="person", emails=["eva@acme.example"])
    without_mail = await world.contact("Sin", kind="person", emails=[])
    same_mail = await world.contact("Eco", kind="person", emails=["Facturas@ACME.example"])
    hidden = await world.contact("Ida", kind="person", emails=["ida@acme.example"])
    await world.link(company, ana)
    unticked = await world.link(company, eva)
    for person in (without_mail, same_mail, hidden):
        await world.link(company, person)
    invoice = await world.draft(company)
    await world.contact("Ida", event=ContactDeleted, contact_id=UUID(hidden), version=2, deleted=True)
    everybody = [
        ("facturas@acme.example", "to", "contact"),
        ("ana@acme.example", "cc", "send_copies"),
        ("eva@acme.example", "cc", "send_copies"),
    ]
    assert await recipients(world, invoice) == everybody
    await world.link(company, eva, event=PersonLinkUpdated, link_id=unticked, version=2, send_copies=False)
    assert await recipients(world, invoice) == everybody[:2]
    await world.link(company, eva, event=PersonUnlinked, link_id=unticked, version=4, deleted=True)
    await world.link(company, eva, event=PersonLinkUpdated, link_id=unticked, version=3)
    assert await recipients(world, invoice) == everybody[:2], "an older event arrived after the newer one"


async def test_without_an_address_of_its_own_its_people_get_the_mail(world: World) -> None:
    company = await world.contact(emails=[])
    invoice = await world.approved(company)
    path = f"/api/v1/documents/{invoice['id']}/send"
    answer = await world.client.post(path)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "to")
    await world.link(company, await world.contact("Ana", kind="person", emails=["ana@acme.example"]))
    assert await recipients(world, invoice) == [("ana@acme.example", "to", "send_copies")]
    assert (await world.done("POST", path, {}, status=202))["to"] == ["ana@acme.example"]


async def test_sending_settles_the_recipients_now(world: World, database: Database, org_id: UUID) -> None:
    company = await world.contact(defaults={"language": "ca"})
    await world.link(company, await world.contact("Ana", kind="person", emails=["ana@acme.example"]))
    invoice = await world.approved(company)
    path = f"/api/v1/documents/{invoice['id']}/send"
    body = {"bcc": ["ana@acme.example", "archivo@norte.example"], "subject": "Su factura", "message": "Gracias."}
    sent = await world.done("POST", path, body, status=202)
    event = (await recorded(database, org_id))[-1]
    assert (event.name, str(event.subject), event.version) == (
        "ficha.documents.document.send_requested.v1",
        sent["id"],
        1,
    )
    state = event.data
    assert [(one.email, one.name) for one in state.to] == [("facturas@acme.example", "Acme, S.A.")]
    assert [(one.email, one.name) for one in state.cc] == [("ana@acme.example", "Ana")]
    assert [one.email for one in state.bcc] == ["archivo@norte.example"]
    assert (state.number, state.language, state.organization_name) == (invoice["number"], "ca", "Norte, S.L.")
    assert (state.reply_to, state.subject, state.message) == ("hola@norte.example", "Su factura", "Gracias.")
    chosen = await world.done("POST", path, {"to": ["jefe@acme.example"], "cc": []}, status=202)
    assert (chosen["to"], chosen["cc"]) == (["jefe@acme.example"], [])


async def test_a_draft_is_not_sent(world: World) -> None:
    draft = await world.draft(await world.contact())
    path = f"/api/v1/documents/{draft['id']}/send"
    assert await world.refused("POST", path, {}) == (409, "documents.not_approved")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("to.0", {"to": ["nobody"]}),
        ("to.0", {"to": ["a@b.example\nBcc: c@d.example"]}),
        ("cc.1", {"cc": ["a@b.example", "x@y@z"]}),
        ("bcc", {"bcc": ["a@b.example"] * 51}),
        ("message", {"message": "a\u0000"}),
        ("message", {"message": "😀" * 20_000}),
        ("surprise", {"surprise": 1}),
    ],
)
async def test_a_wrong_field_is_named(world: World, field: str, change: Json) -> None:
    invoice = await world.approved(await world.contact())
    answer = await world.client.post(f"/api/v1/documents/{invoice['id']}/send", json=change)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_mailing_a_document_takes_reading_it(world: World, org_id: UUID) -> None:
    """Else who may only write would read it in a mailbox of its own."""
    invoice = await world.approved(await world.contact())
    path = f"/api/v1/documents/{invoice['id']}/send"
    for scopes, status in ((("documents:write",), 403), (("documents:write", "documents:read"), 202)):
        headers = {"Authorization": bearer("documents", org_id, *scopes)}
        answer = await world.client.post(path, json={"to": ["me@elsewhere.example"]}, headers=headers)
        assert answer.status_code == status, scopes


async def test_who_may_write_documents_only_reads_none_by_writing(world: World, org_id: UUID) -> None:
    draft = await world.draft(await world.contact())
    path = f"/api/v1/documents/{draft['id']}"
    headers = {"Authorization": bearer("documents", org_id, "documents:write"), "Idempotency-Key": "once"}
    patched = await world.client.patch(path, json={}, headers=headers)
    assert (patched.status_code, set(patched.json())) == (200, {"id", "version"})
    for _ in range(2):
        approved = await world.client.post(f"{path}/approve", headers=headers)
        assert (approved.status_code, set(approved.json())) == (200, {"id", "version"}), "the stored answer too"


async def test_addresses_that_are_not_the_contacts_are_marked(world: World, database: Database, org_id: UUID) -> None:
    company = await world.contact(emails=["facturas@acme.example", "otra@acme.example"])
    await world.link(company, await world.contact("Ana", kind="person", emails=["ana@acme.example"]))
    invoice = await world.approved(company)
    body = {"to": ["OTRA@acme.example"], "cc": ["ana@acme.example"], "bcc": ["fuera@norte.example"]}
    await world.done("POST", f"/api/v1/documents/{invoice['id']}/send", body, status=202)
    data = (await recorded(database, org_id))[-1].data
    marked = {one.email: one.outside for one in (*data.to, *data.cc, *data.bcc)}
    assert marked == {"OTRA@acme.example": False, "ana@acme.example": False, "fuera@norte.example": True}
