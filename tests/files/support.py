"""What the tests of files say and look at: events of contacts, uploads, rows, objects."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from minio import Minio
from sqlalchemy import text

from shared.bus.message import Message
from shared.clock import utc_now
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import Event
from shared.events.contacts import ContactCreated, ContactState, DefaultsState
from shared.identifiers import new_id


def contact_event(
    org_id: UUID,
    contact_id: UUID,
    *,
    event: type[Event[ContactState]] = ContactCreated,
    version: int = 1,
    deleted: bool = False,
) -> Message:
    now = utc_now()
    data = ContactState(
        id=contact_id,
        kind="company",
        name="Acme",
        roles=["client"],
        emails=[],
        phones=[],
        defaults=DefaultsState(),
        tags=[],
        deleted=deleted,
        created_at=now,
        updated_at=now,
    )
    made = event(id=new_id(), occurred_at=now, org_id=org_id, subject=contact_id, version=version, data=data)
    return Message(made.id, made.name, made.to_bytes())


async def upload(
    client: httpx.AsyncClient, contact_id: UUID | str, data: bytes = b"hola", name: str = "hola.txt", **headers: str
) -> dict[str, Any]:
    answer = await client.post(f"/api/v1/contacts/{contact_id}/files", files={"file": (name, data)}, headers=headers)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


async def rows(database: Database, org_id: UUID, statement: str) -> list[Any]:
    async with database.transaction(Scope(org_id=org_id)) as session:
        return list((await session.execute(text(statement))).all())


@dataclass(frozen=True, slots=True)
class Bucket:
    """Looks into the bucket past the service."""

    client: Minio
    name: str

    def objects(self, org_id: UUID) -> list[str]:
        """The keys of everything that lies there for one organisation."""
        found = self.client.list_objects(self.name, prefix=f"{org_id}/", recursive=True)
        return [str(item.object_name) for item in found]

    def unfinished(self, org_id: UUID) -> list[str]:
        """Multipart uploads that nobody ended."""
        found = self.client._list_multipart_uploads(self.name).uploads
        return [str(item.object_name) for item in found if str(item.object_name).startswith(f"{org_id}/")]
