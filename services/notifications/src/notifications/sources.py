"""What a mail needs and no row of ours holds: asked of its owner at each attempt, and forgotten after it."""

from dataclasses import dataclass

from notifications.models import Message
from shared.db.tenancy import Scope
from shared.service_client import ServiceClient


@dataclass(frozen=True, slots=True)
class Pdf:
    content: bytes


@dataclass(frozen=True, slots=True)
class Link:
    """A secret: whoever has it is the client."""

    url: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """All of the mail stands in its row."""


Source = Pdf | Link | Nothing


@dataclass(frozen=True, slots=True)
class Sources:
    documents: ServiceClient
    portal: ServiceClient

    async def get(self, message: Message, scope: Scope) -> Source | None:
        """None where its owner has it no longer. Raises Unavailable."""
        if message.kind == "security_notice":
            return Nothing()
        if message.kind == "password_reset":
            answer = await self.portal.post_json(f"/internal/password-resets/{message.id}/link", scope)
            return Link(answer["url"]) if answer else None
        async with self.documents.get(f"/api/v1/documents/{message.document_id}/pdf", scope) as response:
            return Pdf(await response.read()) if response else None

    async def close(self) -> None:
        await self.documents.close()
        await self.portal.close()
