"""A message as a MIME mail.

Headers are written here, not by EmailMessage: folding long names that are not ASCII, Python 3.11 encodes the
commas between two addresses too, and drops quotes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import Any
from uuid import UUID

from notifications.addresses import encoded, mailbox
from notifications.models import Message
from notifications.rendering import LINK_PLACEHOLDER
from notifications.sources import Link, Pdf, Source
from shared.addresses import mailable
from shared.clock import utc_now


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mailer needs. `envelope`: who is to get it now; `headers` name everyone but the blind copies."""

    id: UUID
    created_at: datetime
    sender: str
    envelope: tuple[str, ...]
    blind: str
    headers: tuple[tuple[str, str], ...]
    content: EmailMessage

    def to_bytes(self, *extra: tuple[str, str]) -> bytes:
        """Seven-bit clean, CRLF, so that every server takes it."""
        head = "".join(f"{name}: {value}\r\n" for name, value in (*self.headers, *extra) if value)
        return head.encode("ascii") + self.content.as_bytes(policy=policy.SMTP.clone(cte_type="7bit"))


def compose(message: Message, source: Source, *, mail_from: str) -> Mail:
    """The Message-ID belongs to the message: every attempt has the same, so receivers may drop a second copy."""
    return Mail(
        id=message.id,
        created_at=message.created_at,
        sender=mail_from,
        envelope=tuple(r["email"] for r in message.recipients if r["status"] == "pending"),
        blind=_mailboxes(message.recipients, "bcc"),
        headers=(
            ("From", mailbox(message.sender_name, mail_from)),
            ("To", _mailboxes(message.recipients, "to")),
            ("Cc", _mailboxes(message.recipients, "cc")),
            ("Reply-To", mailbox(message.sender_name, message.reply_to) if message.reply_to else ""),
            ("Subject", encoded(message.subject)),
            ("Date", format_datetime(utc_now())),
            ("Message-ID", f"<{message.id}@{mail_from.rpartition('@')[2]}>"),
            ("Auto-Submitted", "auto-generated"),
        ),
        content=_content(message, source),
    )


def _content(message: Message, source: Source) -> EmailMessage:
    text, html = message.text, message.html
    if isinstance(source, Link):
        text, html = text.replace(LINK_PLACEHOLDER, source.url), html.replace(LINK_PLACEHOLDER, escape(source.url))
    content = EmailMessage(policy=policy.SMTP)
    content.set_content(text, cte="quoted-printable")
    content.add_alternative(html, subtype="html", cte="quoted-printable")
    if isinstance(source, Pdf):
        content.add_attachment(source.content, maintype="application", subtype="pdf", filename=message.attachment_name)
    return content


def _mailboxes(recipients: Iterable[dict[str, Any]], kind: str) -> str:
    """One a line, so that no line grows with their number."""
    return ",\r\n ".join(
        mailbox(r["name"], r["email"]) for r in recipients if r["kind"] == kind and mailable(r["email"])
    )
