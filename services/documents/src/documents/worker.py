"""Composition root of the bus process."""

from documents.config import Settings
from documents.handlers import SUBSCRIPTIONS
from documents.models import ContactCopy, Organization, PersonLinkCopy
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.rebuild.replicas import Replicas
from shared.worker import Worker

REPLICAS = Replicas(
    SUBSCRIPTIONS,
    {
        "contacts.contact": ContactCopy,
        "contacts.person_link": PersonLinkCopy,
        "gateway.organization": Organization,
    },
)


def create_worker(_: Settings, database: Database, transport: Transport) -> Worker:
    return Worker("documents", database, transport, SUBSCRIPTIONS)
