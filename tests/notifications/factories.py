"""Wishes to mail a document, as documents publishes them, and what became of them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from notifications.handlers import SUBSCRIPTIONS
from shared.bus.consumer import Consumer, Done
from shared.bus.message import Message
from shared.clock import utc_now
from shared.db.session import Database
from shared.events.documents import DocumentSendRequested, RecipientState, SendState
from shared.events.portal import PasswordResetRequested, PasswordResetState
from shared.identifiers import new_id
from tests.support.waiting import until

CONTACT = RecipientState(email="pedidos@penalver.example", name="Construcciones Peñalver, S.L.")
PERSON = RecipientState(email="ana@penalver.example", name="Ana «la jefa» Núñez, dir.")
TO, COPY = CONTACT.email, PERSON.email


def a_send(**values: Any) -> SendState:
    return SendState.model_validate(
        {
            "id": new_id(),
            "document_id": new_id(),
            "contact_id": new_id(),
            "contact_name": "Construcciones Peñalver, S.L.",
            "document_type": "invoice",
            "number": "F260001",
            "issue_date": date(2026, 11, 3),
            "due_date": date(2026, 12, 3),
            "total": Decimal("1234.50"),
            "currency": "EUR",
            "language": "es",
            "organization_name": "Acme & Hijos, S.A.",
            "reply_to": "ventas@acme.example",
            "to": [CONTACT],
            "cc": [PERSON],
            **values,
        }
    )


def requested(org_id: UUID, send: SendState) -> Message:
    event = DocumentSendRequested(
        id=new_id(), occurred_at=utc_now(), org_id=org_id, subject=send.id, version=1, data=send, correlation_id="r-1"
    )
    return Message(event.id, event.name, event.to_bytes())


async def ask_for(database: Database, org_id: UUID, **values: Any) -> SendState:
    """The event, handled."""
    send = a_send(**values)
    assert await Consumer("notifications", database, SUBSCRIPTIONS).handle(requested(org_id, send)) == Done()
    return send


def a_reset(**values: Any) -> PasswordResetState:
    return PasswordResetState.model_validate(
        {
            "id": new_id(),
            "contact_id": new_id(),
            "contact_name": "Construcciones Peñalver, S.L.",
            "email": TO,
            "language": "es",
            "organization_name": "Acme & Hijos, S.A.",
            "expires_at": utc_now() + timedelta(minutes=60),
            **values,
        }
    )


async def ask_for_reset(database: Database, org_id: UUID, **values: Any) -> PasswordResetState:
    """The event, handled."""
    reset = a_reset(**values)
    event = PasswordResetRequested(
        id=new_id(), occurred_at=utc_now(), org_id=org_id, subject=reset.id, version=1, data=reset
    )
    message = Message(event.id, event.name, event.to_bytes())
    assert await Consumer("notifications", database, SUBSCRIPTIONS).handle(message) == Done()
    return reset


async def message_of(client: httpx.AsyncClient, send: SendState | PasswordResetState) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/messages/{send.id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def settled(client: httpx.AsyncClient, send: SendState | PasswordResetState, status: str) -> dict[str, Any]:
    """The message, once it is in this state."""

    async def there() -> dict[str, Any] | None:
        message = await message_of(client, send)
        return message if message["status"] == status else None

    return await until(there, what=f"{status} ({(await message_of(client, send))['last_error']})")
