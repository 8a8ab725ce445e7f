"""Composition root of the bus process: publishes what accounts recorded, and shows every event to open streams."""

from gateway.config import Settings
from gateway.live import hub_of
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.worker import Worker


def create_worker(_: Settings, database: Database, transport: Transport) -> Worker:
    hub_of(database).listen_to(transport)
    return Worker("gateway", database, transport)
