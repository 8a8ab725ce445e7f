"""Composition root of the bus process: publishes what accounts recorded, keeps every event in the feed, and shows it
to open streams."""

from gateway.config import Settings
from gateway.feed.trimmer import trimming
from gateway.handlers import SUBSCRIPTIONS
from gateway.live import hub_of
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.worker import Worker


def create_worker(settings: Settings, database: Database, transport: Transport) -> Worker:
    hub_of(database).listen_to(transport)
    return Worker("gateway", database, transport, SUBSCRIPTIONS, jobs=[trimming(database, settings.events_kept)])
