"""Composition root of the bus process: publishes what accounts recorded, keeps every event in the feed, and shows it
to open streams."""

from gateway.accounts.audit.keeper import closing, forgetting
from gateway.config import Settings
from gateway.feed.trimmer import trimming
from gateway.handlers import SUBSCRIPTIONS
from gateway.live import hub_of
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.worker import Worker


def create_worker(settings: Settings, database: Database, transport: Transport) -> Worker:
    hub_of(database).listen_to(transport)
    jobs = [
        trimming(database, settings.events_kept),
        closing(database),
        forgetting(database, settings.audit_kept),
    ]
    return Worker("gateway", database, transport, SUBSCRIPTIONS, jobs=jobs)
