"""Two ways out for a mail: an SMTP server, or a folder where there is none."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal, Protocol

import structlog
from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPRecipientRefused, SMTPSenderRefused

from notifications.addresses import one_line
from notifications.composing import Mail
from notifications.config import Settings
from notifications.outcomes import Accepted, Answer, Deferred, Outcome, Rejected, Uncertain
from shared.identifiers import new_id

logger = structlog.get_logger("mail")

HandOver = Callable[[], Awaitable[None]]
"""Awaited at the last moment at which nothing can have been accepted. What it raises stops the attempt."""

_HAND_OVER_PATIENCE = 10
"""Servers scan a mail before they answer for it: this many times the usual timeout."""
_QUIT_SECONDS = 2
_MOST_WORDS = 500


class Mailer(Protocol):
    async def send(self, mail: Mail, hand_over: HandOver) -> Outcome:
        """One attempt. Raises only what `hand_over` raises."""
        ...


def mailer_for(settings: Settings) -> Mailer:
    if settings.smtp_host:
        return SmtpMailer(
            settings.smtp_host,
            settings.smtp_port,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value(),
            security=settings.smtp_security,
            ca_file=settings.smtp_ca_file,
            timeout=settings.smtp_timeout,
        )
    assert settings.mail_folder
    return FolderMailer(settings.mail_folder)


class SmtpMailer:
    """A connection per mail: connections kept open die unnoticed, and a dead one found during DATA is a doubt."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        user: str = "",
        password: str = "",
        security: Literal["none", "starttls", "tls"] = "none",
        ca_file: Path | None = None,
        timeout: float = 30,
    ) -> None:
        self._host = host
        self._port = port
        self._user = user
        self._password = password
        self._security = security
        self._ca_file = ca_file
        self._timeout = timeout

    async def send(self, mail: Mail, hand_over: HandOver) -> Outcome:
        """A 5xx before MAIL refuses us, not this mail (a password to be mended): that is tried again."""
        client = SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user or None,
            password=self._password if self._user else None,
            use_tls=self._security == "tls",
            start_tls=self._security == "starttls",
            cert_bundle=str(self._ca_file) if self._ca_file else None,
            local_hostname=socket.gethostname() or "localhost",
            timeout=self._timeout,
        )
        try:
            await client.connect()
        except (SMTPException, OSError, ValueError) as error:
            return Deferred(_words(f"{self._host}:{self._port}: {_said(error)}"))
        try:
            outcome = await self._transfer(client, mail, hand_over)
        except BaseException:
            client.close()
            raise
        await _leave(client)
        return outcome

    async def _transfer(self, client: SMTP, mail: Mail, hand_over: HandOver) -> Outcome:
        try:
            await client.mail(mail.sender)
            refused = [answer for email in mail.envelope if (answer := await _offer(client, email))]
        except SMTPSenderRefused as error:
            refusal = Rejected if 500 <= error.code < 600 else Deferred
            return refusal(_words(_said(error)))
        except (SMTPException, OSError, ValueError) as error:
            return Deferred(_words(_said(error)))
        if len(refused) == len(mail.envelope):
            reason = _words("; ".join(map(str, refused)) or "nobody to send it to")
            permanent = all(answer.permanent for answer in refused)
            return Rejected(reason, tuple(refused)) if permanent else Deferred(reason, tuple(refused))
        content = mail.to_bytes()
        await hand_over()
        try:
            taken = await client.data(content, timeout=self._timeout * _HAND_OVER_PATIENCE)
        except SMTPDataError as error:
            return _after_data(error.code, _words(_said(error)), tuple(refused))
        except (SMTPException, OSError) as error:
            return Uncertain(_words(f"the connection failed while the mail was handed over: {_said(error)}"))
        return Accepted(_words(f"{taken.code} {taken.message}"), tuple(refused))


class FolderMailer:
    """Each mail as one .eml file. Its name belongs to the message, so writing it again leaves one mail:
    there is no doubtful moment, and `hand_over` is never called.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        logger.warning("no_smtp_server", mails_are_kept_in=str(folder))

    async def send(self, mail: Mail, hand_over: HandOver) -> Outcome:  # noqa: ARG002 - the interface's
        path = self._folder / f"{mail.created_at:%Y-%m-%dT%H%M%SZ}-{mail.id}.eml"
        try:
            # Nobody receives it, so the file may name the blind copies.
            await asyncio.to_thread(_write, path, mail.to_bytes(("Bcc", mail.blind)))
        except OSError as error:
            return Deferred(_words(f"cannot write {path}: {error}"))
        logger.info("mail_written", path=str(path))
        return Accepted(f"written to {path.name}")


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all; for nobody else to read: some carry links that open a portal."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{new_id()}")
    unfinished.touch(mode=0o600)
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


async def _offer(client: SMTP, email: str) -> Answer | None:
    """What the server has against this recipient."""
    try:
        await client.rcpt(email)
    except SMTPRecipientRefused as error:
        return Answer(email, error.code, _words(error.message))
    return None


def _after_data(code: int, said: str, refused: tuple[Answer, ...]) -> Outcome:
    """A clear refusal is one; any other answer leaves a doubt."""
    if 400 <= code < 500:
        return Deferred(said, refused)
    if 500 <= code < 600:
        return Rejected(said, refused)
    return Uncertain(f"the server's answer makes no sense: {said}")


async def _leave(client: SMTP) -> None:
    with contextlib.suppress(SMTPException, OSError):
        await client.quit(timeout=_QUIT_SECONDS)
    client.close()


def _said(error: Exception) -> str:
    code = getattr(error, "code", None)
    message = getattr(error, "message", None) or str(error) or type(error).__name__
    return f"{code} {message}" if isinstance(code, int) else str(message)


def _words(text: str) -> str:
    return one_line(text, most=_MOST_WORDS)
