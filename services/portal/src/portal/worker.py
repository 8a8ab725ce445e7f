"""Composition root of the bus process."""

from portal.config import Settings
from portal.handlers import SUBSCRIPTIONS
from portal.models import Contact, Document, Organization, Product
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.rebuild.replicas import Replicas
from shared.worker import Worker

REPLICAS = Replicas(
    SUBSCRIPTIONS,
    {
        "gateway.organization": Organization,
        "contacts.contact": Contact,
        "documents.document": Document,
        "documents.product": Product,
    },
)


def create_worker(_: Settings, database: Database, transport: Transport) -> Worker:
    return Worker("portal", database, transport, SUBSCRIPTIONS)
