"""Composition root of the bus process."""

from contacts.config import Settings
from contacts.handlers import SUBSCRIPTIONS
from contacts.models import Organization
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.rebuild.replicas import Replicas
from shared.worker import Worker

REPLICAS = Replicas(SUBSCRIPTIONS, {"gateway.organization": Organization})


def create_worker(_: Settings, database: Database, transport: Transport) -> Worker:
    return Worker("contacts", database, transport, SUBSCRIPTIONS)
