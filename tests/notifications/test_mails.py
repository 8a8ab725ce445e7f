"""What a mail looks like when it arrives."""

from email.message import EmailMessage
from uuid import UUID

import httpx
import pytest

from notifications.rendering import render_document_mail
from shared.db.session import Database
from shared.events.documents import RecipientState
from tests.notifications.conftest import FROM, Delivering
from tests.notifications.factories import a_send, ask_for, settled
from tests.notifications.servers import PDF, MailServer, PdfServer
from tests.support.outbox import recorded


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content())


@pytest.mark.parametrize(
    ("language", "subject", "sentence", "day", "money", "file"),
    [
        (
            "es",
            "Presupuesto P26/7 · Acme & Hijos, S.A.",
            "Le enviamos el presupuesto P26/7",
            "3 de noviembre de 2026",
            "1.234,50 €",
            "Presupuesto-P26-7.pdf",
        ),
        (
            "en",
            "Estimate P26/7 · Acme & Hijos, S.A.",
            "Please find the estimate P26/7",
            "November 3, 2026",
            "€1,234.50",
            "Estimate-P26-7.pdf",
        ),
        (
            "ca",
            "Pressupost P26/7 · Acme & Hijos, S.A.",
            "Us enviem el pressupost P26/7",
            "3 de novembre del 2026",
            "1.234,50 €",
            "Pressupost-P26-7.pdf",
        ),
    ],
)
async def test_one_mail_with_everyone_in_copy_and_the_pdf_in_the_contacts_language(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    documents: PdfServer,
    delivering: Delivering,
    language: str,
    subject: str,
    sentence: str,
    day: str,
    money: str,
    file: str,
) -> None:
    blind = RecipientState(email="archivo@acme.example")
    async with delivering(mail_server):
        send = await ask_for(database, org_id, language=language, document_type="estimate", number="P26/7", bcc=[blind])
        message = await settled(client, send, "sent")
    [received] = mail_server.inbox
    mail = received.mail
    assert received.sender == FROM
    assert received.recipients == ["pedidos@penalver.example", "ana@penalver.example", "archivo@acme.example"]
    [sender] = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Acme & Hijos, S.A.", FROM)
    [to] = mail["To"].addresses
    assert (to.display_name, to.addr_spec) == ("Construcciones Peñalver, S.L.", "pedidos@penalver.example")
    [copy] = mail["Cc"].addresses
    assert (copy.display_name, copy.addr_spec) == ("Ana «la jefa» Núñez, dir.", "ana@penalver.example")
    assert mail["Bcc"] is None
    assert mail["Reply-To"].addresses[0].addr_spec == "ventas@acme.example"
    assert mail["Subject"] == subject == message["subject"]
    assert mail["Message-ID"] == f"<{send.id}@ficha.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime
    assert not mail.defects
    for kind in ("plain", "html"):
        shown = body(mail, kind).replace("\xa0", " ")
        assert sentence in shown
        assert day in shown
        assert money in shown
    assert "Acme &amp; Hijos" in body(mail, "html")
    [attached] = mail.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("application/pdf", file)
    assert attached.get_content() == PDF
    [(document_id, identity)] = documents.asked
    assert (document_id, identity.org_id) == (str(send.document_id), org_id)
    assert (identity.actor, identity.scopes) == ("service:notifications", frozenset({"documents:read"}))
    assert {r["status"] for r in message["recipients"]} == {"accepted"}
    [event] = await recorded(database, org_id)
    assert (event.name, event.subject, event.correlation_id) == (
        "ficha.notifications.message.sent.v1", send.id, "r-1",
    )  # fmt: skip
    assert (event.data.cause_id, event.data.document_id, event.version) == (
        send.id, send.document_id, message["version"],
    )  # fmt: skip


async def test_a_subject_and_message_of_the_senders_own_win() -> None:
    mail = render_document_mail(a_send(subject="Su factura", message="Hola, Ana:\n\nva <b>adjunta</b>.\nSaludos"))
    assert mail.subject == "Su factura"
    assert "Hola, Ana:\n\nva <b>adjunta</b>.\nSaludos" in mail.text
    assert "Le enviamos" not in mail.text
    assert "<p>va &lt;b&gt;adjunta&lt;/b&gt;.<br>Saludos</p>" in mail.html
    assert "F260001" in mail.text


async def test_a_language_of_nobody_is_spanish() -> None:
    assert render_document_mail(a_send(language="eu")).subject.startswith("Factura F260001")
    assert render_document_mail(a_send(language="en-GB")).subject.startswith("Invoice F260001")


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\x0b", "\x1c", "\x85", "\u2028", "\u2029"])
async def test_no_name_or_subject_can_begin_another_header(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    delivering: Delivering,
    line_break: str,
) -> None:
    evil = f"Eva{line_break}Bcc: all@evil.example{line_break}{line_break}<script>"
    async with delivering(mail_server):
        send = await ask_for(
            database,
            org_id,
            to=[RecipientState(email="pedidos@penalver.example", name=evil)],
            cc=[RecipientState(email=f"a@b.example{line_break}RCPT TO:<all@evil.example>", name=evil)],
            subject=f"Hola{line_break}X-Evil: 1",
            contact_name=evil,
            organization_name=evil,
            number=f"F1{line_break}X-Evil: 1",
            reply_to=f"v@acme.example{line_break}X-Evil: 1",
        )
        message = await settled(client, send, "sent")
    [received] = mail_server.inbox
    assert received.recipients == ["pedidos@penalver.example"]
    mail = received.mail
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert mail["Subject"] == "Hola X-Evil: 1"
    assert [a.addr_spec for a in mail["To"].addresses] == ["pedidos@penalver.example"]
    assert "<script>" not in body(mail, "html")
    assert [r["status"] for r in message["recipients"]] == ["accepted", "refused"]


async def test_everyone_gets_one_copy_and_hopeless_addresses_are_named(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    to = [RecipientState(email="info@münchen.example")]
    cc = [RecipientState(email=e) for e in ("INFO@xn--mnchen-3ya.example", "no address", "ñandú@x.example")]
    async with delivering(mail_server):
        send = await ask_for(database, org_id, to=to, cc=cc)
        message = await settled(client, send, "sent")
    [received] = mail_server.inbox
    assert received.recipients == ["info@xn--mnchen-3ya.example"]
    assert received.mail["Cc"] is None
    assert [(r["kind"], r["status"]) for r in message["recipients"]] == [
        ("to", "accepted"), ("cc", "refused"), ("cc", "refused"),
    ]  # fmt: skip


async def test_nobody_to_send_it_to_fails_at_once(database: Database, client: httpx.AsyncClient, org_id: UUID) -> None:
    send = await ask_for(database, org_id, to=[RecipientState(email="nowhere")], cc=[])
    message = await settled(client, send, "failed")
    assert "no recipient has a usable address" in message["last_error"]
    [event] = await recorded(database, org_id)
    assert event.name == "ficha.notifications.message.failed.v1"
