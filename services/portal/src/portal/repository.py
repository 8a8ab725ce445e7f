"""SQL that every noun of this service shares: what belongs to one client."""

from sqlalchemy import ColumnElement, and_

from portal.client import ClientScope
from portal.models import OfContact


def belongs_to(client: ClientScope, table: type[OfContact]) -> ColumnElement[bool]:
    """The first condition of every statement on the client's side."""
    return and_(table.org_id == client.org_id, table.contact_id == client.contact_id)
