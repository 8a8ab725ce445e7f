"""Composition root of the bus process."""

from crm.config import Settings
from crm.handlers import SUBSCRIPTIONS
from crm.models import ContactCopy, Organization, UserCopy
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.rebuild.replicas import Replicas
from shared.worker import Worker

REPLICAS = Replicas(
    SUBSCRIPTIONS,
    {
        "contacts.contact": ContactCopy,
        "gateway.organization": Organization,
        "gateway.user": UserCopy,
    },
)


def create_worker(_: Settings, database: Database, transport: Transport) -> Worker:
    return Worker("crm", database, transport, SUBSCRIPTIONS)
