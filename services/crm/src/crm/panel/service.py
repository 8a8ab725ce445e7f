"""Reading the panel's sections."""

from uuid import UUID

from crm.panel import repository
from shared.db.reading import JsonReader
from shared.db.tenancy import Scope


async def read_panel_part(reader: JsonReader, scope: Scope, contact_id: UUID) -> bytes:
    """Activities, opportunities and notes of one contact, as finished JSON."""
    return await repository.read_panel_part(reader, scope, contact_id)
