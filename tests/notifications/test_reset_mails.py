"""The mail of a forgotten password: its link is in the mail and nowhere else."""

import re
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from shared.db.session import Database
from shared.db.tenancy import Scope
from tests.notifications.conftest import Delivering
from tests.notifications.factories import TO, ask_for_reset, settled
from tests.notifications.servers import LinkServer, MailServer
from tests.notifications.test_mails import body
from tests.support.outbox import recorded


@pytest.mark.parametrize(
    ("language", "subject", "button", "ending"),
    [
        ("es", "Nueva contraseña para el portal de", "Elegir una contraseña nueva", "caduca una hora después"),
        ("en", "New password for the portal of", "Choose a new password", "expires one hour after"),
        ("ca", "Contrasenya nova per al portal de", "Triar una contrasenya nova", "caduca una hora després"),
    ],
)
async def test_it_brings_the_link_to_the_client_alone_in_its_language(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    portal: LinkServer,
    delivering: Delivering,
    language: str,
    subject: str,
    button: str,
    ending: str,
) -> None:
    reset = await ask_for_reset(database, org_id, language=language)
    async with delivering(mail_server):
        message = await settled(client, reset, "sent")
    [(asked_for, link)] = portal.links
    assert asked_for == str(reset.id)
    [received] = mail_server.inbox
    mail = received.mail
    assert (received.recipients, mail["Cc"], list(mail.iter_attachments())) == ([TO], None, [])
    assert mail["Subject"] == f"{subject} Acme & Hijos, S.A."
    assert mail["From"].addresses[0].display_name == "Acme & Hijos, S.A."
    for kind in ("plain", "html"):
        assert button in body(mail, kind)
        assert ending in body(mail, kind)
    assert link in body(mail, "plain")
    assert re.findall(r'href="([^"]+)"', body(mail, "html")) == [link.replace("&", "&amp;")]
    assert (message["kind"], message["document_id"], message["language"]) == ("password_reset", None, language)


async def test_the_link_is_kept_nowhere(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    portal: LinkServer,
    delivering: Delivering,
) -> None:
    reset = await ask_for_reset(database, org_id)
    async with delivering(mail_server):
        await settled(client, reset, "sent")
    shown = (await client.get(f"/api/v1/messages/{reset.id}")).json()
    assert "[link]" in shown["text"]
    async with database.transaction(Scope(org_id)) as session:
        rows = await session.execute(
            text("SELECT message::text FROM message UNION ALL SELECT attempt::text FROM attempt")
        )
        kept = " ".join(row[0] for row in rows)
    told = [event.model_dump_json() for event in await recorded(database, org_id)]
    assert portal.links
    assert "secret" not in f"{shown}{kept}{told}"


async def test_each_attempt_takes_a_new_link(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    portal: LinkServer,
    delivering: Delivering,
) -> None:
    mail_server.data_answers = ["451 try later"]
    portal.answers = [503]
    reset = await ask_for_reset(database, org_id)
    async with delivering(mail_server):
        message = await settled(client, reset, "sent")
    assert message["attempts"] == 3
    log = (await client.get(f"/api/v1/messages/{reset.id}")).json()["log"]
    assert [entry["outcome"] for entry in log] == ["accepted", "deferred", "deferred"]
    assert log[-1]["detail"].startswith("portal: ")
    [received] = mail_server.inbox
    assert [link for _, link in portal.links if link in body(received.mail, "plain")] == [portal.links[-1][1]]


async def test_a_wish_that_is_over_is_not_mailed(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    portal: LinkServer,
    delivering: Delivering,
) -> None:
    portal.answers = [404]
    reset = await ask_for_reset(database, org_id)
    async with delivering(mail_server):
        message = await settled(client, reset, "failed")
    assert "too old" in message["last_error"]
    assert mail_server.inbox == []
