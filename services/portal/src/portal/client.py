"""Whose portal it is. The client side's repositories take a ClientScope and nothing wider."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class ClientScope:
    """One contact of one organisation, and a transaction which the database holds to that contact as well.

    Made by `portal.sessions.service.recognise` only. `read_only` is a preview: its transaction cannot write. `today` is
    the organisation's day.
    """

    session: AsyncSession
    org_id: UUID
    contact_id: UUID
    token_hash: str
    read_only: bool
    today: date
