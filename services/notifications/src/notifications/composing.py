"""A message as a MIME mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from notifications.addresses import header_address, normalise
from notifications.models import Message
from shared.db.base import utc_now


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mailer needs. `envelope`: who is to get it now; headers name everyone but the blind copies."""

    id: UUID
    created_at: datetime
    sender: str
    envelope: tuple[str, ...]
    blind: tuple[Address, ...]
    content: EmailMessage

    def to_bytes(self) -> bytes:
        """Seven-bit clean, CRLF, so that every server takes it."""
        return self.content.as_bytes(policy=policy.SMTP.clone(cte_type="7bit"))


def compose(message: Message, pdf: bytes, *, mail_from: str) -> Mail:
    """The Message-ID belongs to the message: every attempt has the same, so receivers may drop a second copy."""
    content = EmailMessage(policy=policy.SMTP)
    sender = header_address(message.sender_name, mail_from)
    content["From"] = sender
    for header, kind in (("To", "to"), ("Cc", "cc")):
        if addresses := _addresses(message.recipients, kind):
            content[header] = addresses
    if message.reply_to and (reply_to := header_address(message.sender_name, message.reply_to)):
        content["Reply-To"] = reply_to
    content["Subject"] = message.subject
    content["Date"] = format_datetime(utc_now())
    content["Message-ID"] = f"<{message.id}@{mail_from.rpartition('@')[2]}>"
    content["Auto-Submitted"] = "auto-generated"
    content.set_content(message.text, cte="quoted-printable")
    content.add_alternative(message.html, subtype="html", cte="quoted-printable")
    content.add_attachment(pdf, maintype="application", subtype="pdf", filename=message.attachment_name)
    return Mail(
        id=message.id,
        created_at=message.created_at,
        sender=mail_from,
        envelope=tuple(r["email"] for r in message.recipients if r["status"] == "pending"),
        blind=tuple(_addresses(message.recipients, "bcc")),
        content=content,
    )


def _addresses(recipients: Iterable[dict[str, Any]], kind: str) -> list[Address]:
    found = [header_address(r["name"], r["email"]) for r in recipients if r["kind"] == kind and normalise(r["email"])]
    return [address for address in found if address]
