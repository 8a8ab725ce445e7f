"""What the other services say, told to portal as the bus would; and people at its doors."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from portal.handlers import SUBSCRIPTIONS
from shared.bus.consumer import Consumer, Done
from shared.bus.message import Message
from shared.clock import DEFAULT_ZONE, day_in, utc_now
from shared.db.session import Database
from shared.events.base import Event
from shared.events.contacts import ContactCreated, ContactState, ContactUpdated, DefaultsState
from shared.events.documents import DocumentApproved, DocumentState, ProductCreated, ProductState
from shared.events.gateway import OrganizationCreated, OrganizationState
from shared.identifiers import new_id
from shared.web.identity import Identity
from tests.portal.peers import Peer
from tests.support.identity import SIGNER, client_of

TODAY = day_in(DEFAULT_ZONE)
"""One for the whole run: it may last past midnight."""
PASSWORD = "correct horse battery"
IBAN = "ES9121000418450200051332"
HOST = "http://ficha.test"


@dataclass(slots=True)
class World:
    """One organisation, as portal hears of it."""

    app: FastAPI
    database: Database
    documents: Peer
    contacts: Peer
    org_id: UUID = field(default_factory=new_id)
    slug: str = field(default_factory=lambda: f"acme-{secrets.token_hex(4)}")

    async def tell(self, event: type[Event[Any]], data: Any, *, version: int = 1, subject: UUID | None = None) -> None:
        assert (
            await Consumer("portal", self.database, SUBSCRIPTIONS).handle(
                self.message(event, data, version=version, subject=subject)
            )
            == Done()
        )

    def message(self, event: type[Event[Any]], data: Any, *, version: int = 1, subject: UUID | None = None) -> Message:
        told = event(
            id=new_id(),
            occurred_at=utc_now(),
            org_id=self.org_id,
            subject=subject or data.id,
            version=version,
            data=data,
        )
        return Message(told.id, told.name, told.to_bytes())

    async def organization(self, *, version: int = 1, **values: Any) -> None:
        state = OrganizationState.model_validate(
            {
                "id": self.org_id,
                "name": "Acme, S.L.",
                "slug": self.slug,
                "currency": "EUR",
                "language": "es",
                "iban": IBAN,
                "bic": "CAIXESBBXXX",
                "color": "#0a7a5c",
                **values,
            }
        )
        await self.tell(OrganizationCreated, state, version=version)

    def contact_state(self, contact_id: UUID, **values: Any) -> ContactState:
        now = utc_now()
        return ContactState.model_validate(
            {
                "id": contact_id,
                "kind": "company",
                "name": "Cliente",
                "roles": ["client"],
                "emails": [],
                "phones": [],
                "defaults": DefaultsState(language="ca"),
                "tags": ["moroso"],
                "created_at": now,
                "updated_at": now,
                **values,
            }
        )

    async def contact(self, *emails: str, version: int = 1, contact_id: UUID | None = None, **values: Any) -> UUID:
        state = self.contact_state(contact_id or new_id(), emails=list(emails), **values)
        await self.tell(ContactUpdated if version > 1 else ContactCreated, state, version=version)
        return state.id

    def document_state(self, contact_id: UUID, **values: Any) -> DocumentState:
        now = utc_now()
        return DocumentState.model_validate(
            {
                "id": new_id(),
                "type": "invoice",
                "side": "sales",
                "status": "approved",
                "number": "F260001",
                "contact_id": contact_id,
                "contact_name": "Cliente",
                "issue_date": TODAY,
                "due_date": TODAY + timedelta(days=30),
                "currency": "EUR",
                "subtotal": Decimal("100.00"),
                "tax_total": Decimal("21.00"),
                "total": Decimal("121.00"),
                "paid_total": Decimal("0.00"),
                "created_at": now,
                "updated_at": now,
                **values,
            }
        )

    async def document(
        self, contact_id: UUID, *, version: int = 2, relations: dict[str, Any] | None = None, **values: Any
    ) -> UUID:
        """Known to portal, and to documents when it is asked for the lines and the PDF. `relations`: the others that it
        names there; an older documents names none.
        """
        state = self.document_state(contact_id, **values)
        await self.tell(DocumentApproved, state, version=version)
        path = f"{self.org_id} /api/v1/documents/{state.id}"
        line = {
            "product_id": None,
            "description": "Queso curado",
            "quantity": "10",
            "unit_price": "10.00",
            "discount_pct": "0",
            "taxes": ["iva_21"],
            "subtotal": "100.00",
        }
        tax = {"code": "iva_21", "rate": "21.00", "base": "100.00", "amount": "21.00"}
        answer = {**state.model_dump(mode="json"), "lines": [line], "taxes": [tax], "notes": "Gracias", "secret": 1}
        answer |= relations or {}
        self.documents.serve(path, answer)
        self.documents.serve(f"{path}/pdf", b"%PDF-1.7 " + str(state.id).encode() * 5000)
        return state.id

    async def product(self, name: str, *, version: int = 1, **values: Any) -> UUID:
        state = ProductState.model_validate(
            {
                "id": new_id(),
                "name": name,
                "unit_price": Decimal("12.50"),
                "currency": "EUR",
                "taxes": ["iva_10"],
                "in_catalogue": True,
                "active": True,
                **values,
            }
        )
        await self.tell(ProductCreated, state, version=version)
        return state.id

    def staff(self, *scopes: str) -> httpx.AsyncClient:
        return client_of(self.app, self.org_id, *scopes)

    async def open_portal(
        self, contact_id: UUID, *, password: str | None = PASSWORD, enabled: bool = True, catalogue: bool = True
    ) -> None:
        path = f"/api/v1/contacts/{contact_id}/portal"
        async with self.staff() as staff:
            body = {"enabled": enabled, "payment_methods": ["transfer"], "catalogue": catalogue}
            assert (await staff.put(path, json=body)).status_code == 200
            if password:
                assert (await staff.put(f"{path}/password", json={"password": password})).status_code == 204

    @asynccontextmanager
    async def client(self, contact_id: UUID | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody logged in to the portal of a contact (a new one unless given) as its client."""
        email = new_email()
        contact_id = await self.contact(email, version=9, contact_id=contact_id)
        await self.open_portal(contact_id)
        async with visitor_of(self.app) as visitor:
            assert (await log_in(visitor, email)).status_code == 201
            yield visitor


def new_email() -> str:
    return f"{secrets.token_hex(6)}@cliente.example"


def visitor_of(app: FastAPI, *, address: str | None = None, host: str = HOST) -> httpx.AsyncClient:
    """Somebody unknown, as the gateway forwards them; each at an address of their own unless told otherwise."""
    token = SIGNER.token(Identity(org_id=None, actor="visitor", scopes=frozenset({"portal:client"})), "portal")
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url=host,
        headers={
            "Authorization": f"Bearer {token}",
            "X-Forwarded-For": address or f"2001:db8:{secrets.randbelow(65536):x}:{secrets.randbelow(65536):x}::1",
        },
    )


async def log_in(visitor: httpx.AsyncClient, email: str, password: str = PASSWORD, **values: Any) -> httpx.Response:
    return await visitor.post("/portal/api/session", json={"email": email, "password": password, **values})
