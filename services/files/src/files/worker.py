"""Composition root of the bus process."""

from files.config import Settings
from files.handlers import SUBSCRIPTIONS
from files.models import Contact
from files.storage import Storage
from files.sweeper import sweeping
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.rebuild.replicas import Replicas
from shared.worker import Worker

REPLICAS = Replicas(SUBSCRIPTIONS, {"contacts.contact": Contact})


def create_worker(settings: Settings, database: Database, transport: Transport) -> Worker:
    return Worker("files", database, transport, SUBSCRIPTIONS, jobs=[sweeping(database, Storage(settings))])
