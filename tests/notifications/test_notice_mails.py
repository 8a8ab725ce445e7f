"""The mail that tells whose account it is what was done with it."""

from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

import httpx
import pytest

from notifications.handlers import SUBSCRIPTIONS
from notifications.rendering import render_notice_mail, render_reset_mail
from shared.bus.consumer import Consumer, Done
from shared.bus.message import Message
from shared.clock import utc_now
from shared.db.session import Database
from shared.events.gateway import SecurityNoticeKind, SecurityNoticeRaised, SecurityNoticeState
from shared.events.portal import NamedContact, NewDeviceState, PasswordResetState
from shared.identifiers import new_id
from tests.notifications.conftest import Delivering
from tests.notifications.servers import MailServer
from tests.notifications.test_mails import body
from tests.support.waiting import until

ANA = "ana@acme.example"


async def raise_notice(database: Database, org_id: UUID, kind: SecurityNoticeKind, language: str) -> UUID:
    """The event, handled twice."""
    notice = SecurityNoticeState(
        id=new_id(),
        kind=kind,
        email=ANA,
        name="Ana",
        language=language,
        organization_name="Acme & Hijos, S.A.",
        at=utc_now(),
        subject_name="contabilidad\r\nBcc: x@evil.example" if kind == "key_made" else None,
    )
    event = SecurityNoticeRaised(
        id=new_id(), occurred_at=utc_now(), org_id=org_id, subject=notice.id, version=1, data=notice
    )
    message = Message(event.id, event.name, event.to_bytes())
    for _ in range(2):
        assert await Consumer("notifications", database, SUBSCRIPTIONS).handle(message) == Done()
    return notice.id


@pytest.mark.parametrize(
    ("language", "subject", "password"),
    [
        ("es", "Aviso de seguridad de", "Se ha cambiado la contraseña"),
        ("en", "Security notice from", "password of your account was changed"),
        ("ca", "Avís de seguretat de", "S'ha canviat la contrasenya"),
    ],
)
async def test_every_kind_reaches_its_person_once_in_the_language_of_the_organisation(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    delivering: Delivering,
    language: str,
    subject: str,
    password: str,
) -> None:
    kinds: tuple[SecurityNoticeKind, ...] = get_args(SecurityNoticeKind)
    ids = [await raise_notice(database, org_id, kind, language) for kind in kinds]

    async def all_sent() -> bool:
        found = (await client.get("/api/v1/messages")).json()["items"]
        return sorted(m["id"] for m in found if m["status"] == "sent") == sorted(map(str, ids))

    async with delivering(mail_server):
        await until(all_sent)
    assert len(mail_server.inbox) == len(kinds)
    for received in mail_server.inbox:
        mail = received.mail
        assert (received.recipients, mail["Bcc"]) == ([ANA], None)
        assert mail["Subject"] == f"{subject} Acme & Hijos, S.A."
        assert "href" not in body(mail, "html")
    texts = [body(received.mail, "plain").replace("\u2019", "'") for received in mail_server.inbox]
    assert sum(password in text for text in texts) == 1
    [one] = [
        message for message in (await client.get("/api/v1/messages")).json()["items"] if message["id"] == str(ids[0])
    ]
    assert (one["kind"], one["contact_id"], one["language"]) == ("security_notice", None, language)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Madrid", ("1 de enero de 2027, 0:30:00 CET", "January 1, 2027, 12:30:00\u202fAM +0100")),
        ("Atlantic/Canary", ("31 de diciembre de 2026, 23:30:00 ", "December 31, 2026, 11:30:00\u202fPM +0000")),
        (None, ("31 de diciembre de 2026, 23:30:00 UTC", "December 31, 2026, 11:30:00\u202fPM UTC")),
    ],
)
def test_when_it_was_is_said_in_the_companys_time(zone: str | None, said: tuple[str, str]) -> None:
    for language, expected in zip(("es", "en"), said, strict=True):
        notice = NewDeviceState(
            id=new_id(),
            email=ANA,
            name="Ana",
            language=language,
            organization_name="Acme",
            at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
            time_zone=zone,
        )
        assert expected in render_notice_mail(notice).text


@pytest.mark.parametrize("language", ["es", "en", "ca"])
def test_a_new_password_names_the_portals_it_is_for_where_there_are_several(language: str) -> None:
    names = ("Ana <b>Núñez</b>", "Bodegas Ruiz\r\nBcc: x@evil.example")
    contacts = [NamedContact(id=new_id(), name=name) for name in names]
    reset = PasswordResetState(
        id=new_id(),
        contact_id=contacts[0].id,
        contact_name=names[0],
        contacts=contacts,
        email=ANA,
        language=language,
        organization_name="Acme",
        expires_at=utc_now(),
    )
    several = render_reset_mail(reset)
    assert "- Ana <b>Núñez</b>\n- Bodegas Ruiz Bcc: x@evil.example\n" in several.text
    assert "<li>Ana &lt;b&gt;Núñez&lt;/b&gt;</li>" in several.html
    assert "<li>" not in render_reset_mail(reset.model_copy(update={"contacts": contacts[:1]})).html
