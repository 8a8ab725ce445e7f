"""What the client's first page says, gathered from the other nouns."""

from decimal import Decimal
from typing import Any

from portal.access import service as access
from portal.client import ClientScope
from portal.documents import service as documents
from portal.documents.repository import Open
from portal.replicas import service as replicas
from portal.sessions import service as sessions

_HOME_CURRENCY = "EUR"


async def read_home(client: ClientScope) -> dict[str, Any]:
    """As `home.schemas.MeOut`."""
    contact, organization = await replicas.get_parties(client)
    payment_methods, catalogue = await access.offered(client)
    currency = organization.currency if organization else _HOME_CURRENCY
    found = {item.currency: item for item in await documents.list_open(client)}
    own = found.pop(currency, Open(currency, Decimal(), Decimal()))
    return {
        "contact": contact,
        "organization": organization,
        "payment_methods": payment_methods,
        "catalogue": catalogue,
        "read_only": client.read_only,
        "may_switch": await sessions.may_switch(client),
        "totals": {
            "currency": own.currency,
            "pending": own.pending,
            "overdue": own.overdue,
            "next_due": await documents.find_next_due(client),
            "other_currencies": list(found.values()),
        },
    }
