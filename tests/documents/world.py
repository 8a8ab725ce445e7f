"""What documents hears of its neighbours, and the few requests every test makes."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import httpx

from documents.handlers import SUBSCRIPTIONS
from shared.bus.consumer import Consumer, Done, Verdict
from shared.bus.message import Message
from shared.clock import DEFAULT_ZONE, day_in, utc_now
from shared.db.session import Database
from shared.events.base import Event, StateT
from shared.events.contacts import (
    AddressState,
    ContactCreated,
    ContactState,
    DefaultsState,
    PersonLinked,
    PersonLinkState,
)
from shared.events.gateway import OrganizationCreated, OrganizationState
from shared.identifiers import new_id

Json = dict[str, Any]

TODAY = day_in(DEFAULT_ZONE)
LINE: Json = {"description": "Consultoría", "quantity": "2", "unit_price": "50.00", "taxes": ["iva_21"]}


@dataclass
class World:
    database: Database
    client: httpx.AsyncClient
    org_id: UUID

    async def tell(
        self, event: type[Event[StateT]], data: StateT, *, subject: UUID, version: int = 1, times: int = 1
    ) -> Verdict:
        """The verdict of the last delivery of one and the same event."""
        told = event(
            id=new_id(), occurred_at=utc_now(), org_id=self.org_id, subject=subject, version=version, data=data
        )
        consumer = Consumer("documents", self.database, SUBSCRIPTIONS)
        verdict: Verdict = Done()
        for _ in range(times):
            verdict = await consumer.handle(Message(told.id, told.name, told.to_bytes()))
        return verdict

    async def organization(self, *, version: int = 1, **values: Any) -> None:
        data = OrganizationState.model_validate(
            {
                "id": self.org_id,
                "name": "Norte, S.L.",
                "slug": "norte",
                "tax_id": "B85955367",
                "email": "hola@norte.example",
                "address": AddressState(street="Gran Vía 1", city="Madrid", postal_code="28013", country="ES"),
                "iban": "ES9121000418450200051332",
                "currency": "EUR",
                "language": "es",
                **values,
            }
        )
        assert await self.tell(OrganizationCreated, data, subject=self.org_id, version=version) == Done()

    async def contact(
        self,
        name: str = "Acme, S.A.",
        *,
        event: type[Event[ContactState]] = ContactCreated,
        contact_id: UUID | None = None,
        version: int = 1,
        defaults: Json | None = None,
        **values: Any,
    ) -> str:
        contact_id = contact_id or new_id()
        data = ContactState.model_validate(
            {
                "id": contact_id,
                "kind": "company",
                "name": name,
                "roles": ["client"],
                "tax_id": "A13585625",
                "emails": ["facturas@acme.example"],
                "phones": [],
                "billing_address": {"street": "Mayor 2", "city": "Bilbao", "postal_code": "48001", "country": "ES"},
                "defaults": DefaultsState.model_validate(defaults or {}),
                "tags": [],
                "created_at": utc_now(),
                "updated_at": utc_now(),
                **values,
            }
        )
        assert await self.tell(event, data, subject=contact_id, version=version) == Done()
        return str(contact_id)

    async def link(
        self,
        company: str,
        person: str,
        *,
        event: type[Event[PersonLinkState]] = PersonLinked,
        link_id: UUID | None = None,
        version: int = 1,
        send_copies: bool = True,
        deleted: bool = False,
    ) -> UUID:
        link_id = link_id or new_id()
        data = PersonLinkState(
            id=link_id,
            company_id=UUID(company),
            person_id=UUID(person),
            is_primary=False,
            send_copies=send_copies,
            deleted=deleted,
        )
        assert await self.tell(event, data, subject=link_id, version=version) == Done()
        return link_id

    async def draft(self, contact: str, document_type: str = "invoice", **values: Any) -> Json:
        body = {"type": document_type, "contact_id": contact, "lines": [LINE], **values}
        return await self.done("POST", "/api/v1/documents", body, status=201)

    async def approved(self, contact: str, document_type: str = "invoice", **values: Any) -> Json:
        draft = await self.draft(contact, document_type, **values)
        return await self.approve(draft)

    async def approve(self, document: Json) -> Json:
        return await self.done("POST", f"/api/v1/documents/{document['id']}/approve")

    async def pay(self, document: Json, amount: str, *, on: date = TODAY) -> Json:
        body = {"date": on.isoformat(), "amount": amount, "method": "transfer"}
        return await self.done("POST", f"/api/v1/documents/{document['id']}/payments", body, status=201)

    async def get(self, document: Json) -> Json:
        return await self.done("GET", f"/api/v1/documents/{document['id']}")

    async def panel(self, contact: str, year: int = TODAY.year) -> Json:
        return await self.done("GET", f"/internal/contacts/{contact}/panel?year={year}")

    async def done(self, method: str, path: str, body: Json | None = None, *, status: int = 200) -> Json:
        answer = await self.client.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        decoded: Json = answer.json()
        return decoded

    async def refused(self, method: str, path: str, body: Json | None = None) -> tuple[int, str]:
        """Status and code."""
        answer = await self.client.request(method, path, json=body)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, str(answer.json()["code"])
