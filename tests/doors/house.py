"""Services beside each other in one process, over their real databases: what one records, the others are told."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from documents.handlers import SUBSCRIPTIONS as DOCUMENTS
from notifications.handlers import SUBSCRIPTIONS as NOTIFICATIONS
from portal.handlers import SUBSCRIPTIONS as PORTAL
from shared.bus.consumer import Consumer, Done
from shared.bus.message import Message
from shared.clock import utc_now
from shared.db.session import Database
from shared.events.base import Event, StateT
from shared.events.contacts import ContactState
from shared.identifiers import new_id
from tests.portal.peers import Peer
from tests.portal.world import World, log_in, new_email, visitor_of
from tests.support.identity import client_of
from tests.support.outbox import recorded

Json = dict[str, Any]
LISTENERS = {"documents": DOCUMENTS, "portal": PORTAL, "notifications": NOTIFICATIONS}


@dataclass
class House:
    """One organisation in every service."""

    apps: dict[str, FastAPI]
    databases: dict[str, Database]
    org_id: UUID
    _told: set[UUID] = field(default_factory=set)
    _client: tuple[ContactState, httpx.AsyncClient] | None = None

    def portal(self) -> World:
        nobody = Peer("nobody")
        return World(self.apps["portal"], self.databases["portal"], nobody, nobody, self.org_id)

    async def ask(self, service: str, method: str, path: str, body: Json | None = None) -> httpx.Response:
        async with client_of(self.apps[service], self.org_id) as staff:
            return await staff.request(method, path, json=body)

    async def done(self, service: str, method: str, path: str, body: Json | None = None) -> Json:
        answer = await self.ask(service, method, path, body)
        assert answer.is_success, answer.text
        decoded: Json = answer.json()
        return decoded

    async def spread(self) -> None:
        """Tell everybody whatever was recorded since the last time, until nobody has anything to say any more."""
        while news := [event for event in await self._recorded() if event.id not in self._told]:
            for event in news:
                self._told.add(event.id)
                for service, subscriptions in LISTENERS.items():
                    consumer = Consumer(service, self.databases[service], subscriptions)
                    verdict = await consumer.handle(Message(event.id, event.name, event.to_bytes()))
                    assert verdict == Done(), (service, event, verdict)

    async def tell(self, service: str, event: type[Event[StateT]], data: StateT, *, subject: UUID) -> None:
        told = event(id=new_id(), occurred_at=utc_now(), org_id=self.org_id, subject=subject, version=1, data=data)
        consumer = Consumer(service, self.databases[service], LISTENERS[service])
        assert await consumer.handle(Message(told.id, told.name, told.to_bytes())) == Done()

    async def contact(self, **values: Any) -> ContactState:
        body = {"kind": "company", "name": "Cliente", **values}
        made = await self.done("contacts", "POST", "/api/v1/contacts", body)
        await self.spread()
        return ContactState.model_validate(made)

    async def client(self) -> tuple[ContactState, httpx.AsyncClient]:
        """A contact, and itself logged in to its portal: the same one each time."""
        if self._client is None:
            contact = await self.contact(emails=[new_email()])
            portal = self.portal()
            await portal.open_portal(contact.id)
            visitor = visitor_of(portal.app)
            assert (await log_in(visitor, contact.emails[0])).status_code == 201
            self._client = contact, visitor
        return self._client

    async def close(self) -> None:
        if self._client:
            await self._client[1].aclose()

    async def _recorded(self) -> list[Event[Any]]:
        return [event for database in self.databases.values() for event in await recorded(database, self.org_id)]
