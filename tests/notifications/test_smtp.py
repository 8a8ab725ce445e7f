"""How we speak to SMTP servers: encryption, login, what is whose fault."""

import ssl
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr, ValidationError

from notifications.config import Settings
from notifications.mailers import FolderMailer, SmtpMailer, mailer_for
from shared.db.session import Database
from tests.notifications.conftest import WEBHOOK_KEY, Delivering
from tests.notifications.factories import ask_for, settled
from tests.notifications.servers import MailServer
from tests.support.identity import PRIVATE_KEY


def authenticator(password: str) -> Callable[[SMTP, Session, Envelope, str, object], AuthResult]:
    def check(_: SMTP, __: Session, ___: Envelope, ____: str, given: object) -> AuthResult:
        assert isinstance(given, LoginPassword)
        return AuthResult(success=(given.login, given.password) == (b"ficha", password.encode()), handled=False)

    return check


def guarded(tls: ssl.SSLContext) -> dict[str, object]:
    """A server that wants STARTTLS, then the password `secret`."""
    return {
        "tls_context": tls,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": authenticator("secret"),
    }


async def test_a_mail_goes_over_starttls_and_with_a_login(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    delivering: Delivering,
    certificate: Path,
    tls: ssl.SSLContext,
) -> None:
    async with MailServer(options=guarded(tls)).running() as server:
        mailer = SmtpMailer(
            "127.0.0.1", server.port, security="starttls", ca_file=certificate, user="ficha", password="secret"
        )
        async with delivering(mailer):
            await settled(client, await ask_for(database, org_id), "sent")
    assert len(server.inbox) == 1


async def test_a_mail_goes_over_tls_from_the_first_byte(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    delivering: Delivering,
    certificate: Path,
    tls: ssl.SSLContext,
) -> None:
    async with MailServer(tls=tls).running() as server:
        mailer = SmtpMailer("127.0.0.1", server.port, security="tls", ca_file=certificate)
        async with delivering(mailer):
            await settled(client, await ask_for(database, org_id), "sent")
    assert len(server.inbox) == 1


async def test_no_mail_goes_in_the_clear_when_encryption_is_asked_for(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    async with delivering(SmtpMailer("127.0.0.1", mail_server.port, security="starttls"), ladder=()):
        message = await settled(client, await ask_for(database, org_id), "failed")
    assert "STARTTLS" in message["last_error"]
    assert mail_server.inbox == []


async def test_a_certificate_nobody_vouches_for_is_not_trusted(
    database: Database, client: httpx.AsyncClient, org_id: UUID, delivering: Delivering, tls: ssl.SSLContext
) -> None:
    async with (
        MailServer(tls=tls).running() as server,
        delivering(SmtpMailer("127.0.0.1", server.port, security="tls"), ladder=()),
    ):
        message = await settled(client, await ask_for(database, org_id), "failed")
    assert "certificate" in message["last_error"].lower()
    assert server.inbox == []


async def test_a_wrong_password_is_our_fault_and_the_mail_waits_for_it_to_be_mended(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    delivering: Delivering,
    certificate: Path,
    tls: ssl.SSLContext,
) -> None:
    async with MailServer(options=guarded(tls)).running() as server:
        wrong = SmtpMailer(
            "127.0.0.1", server.port, security="starttls", ca_file=certificate, user="ficha", password="wrong"
        )
        async with delivering(wrong, ladder=(0.01,)):
            message = await settled(client, await ask_for(database, org_id), "failed")
    assert [attempt["outcome"] for attempt in message["log"]] == ["deferred", "deferred"]
    assert "535" in message["last_error"]
    assert "wrong" not in message["last_error"]


def settings(**values: object) -> Settings:
    return Settings.model_validate(
        {
            "database_url": SecretStr("postgresql+asyncpg:///unused"),
            "identity_private_key": SecretStr(PRIVATE_KEY),
            "documents_url": "http://documents",
            "portal_url": "http://portal",
            "mail_from": "ficha@ficha.example",
            "webhook_keys": WEBHOOK_KEY,
            **values,
        }
    )


def test_the_settings_choose_the_way_out(tmp_path: Path) -> None:
    assert isinstance(mailer_for(settings(mail_folder=tmp_path)), FolderMailer)
    assert isinstance(mailer_for(settings(smtp_host="mail.example", mail_folder=tmp_path)), SmtpMailer)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "mail_folder"),
        ({"smtp_host": "mail.example", "mail_from": "nobody"}, "mail_from"),
        ({"smtp_host": "mail.example", "smtp_security": "some"}, "smtp_security"),
    ],
)
def test_a_wrong_setting_is_named(values: dict[str, object], name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**values)
    assert [error["loc"] for error in caught.value.errors()] == [(name,)]
