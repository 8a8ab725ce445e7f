"""Composition root of the bus process."""

from portal.config import Settings
from portal.handlers import SUBSCRIPTIONS
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.worker import Worker


def create_worker(_: Settings, database: Database, transport: Transport) -> Worker:
    return Worker("portal", database, transport, SUBSCRIPTIONS)
