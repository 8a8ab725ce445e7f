"""Composition root of the bus process: the consumer, and the job that delivers."""

from notifications.config import Settings
from notifications.delivery import Delivery
from notifications.handlers import SUBSCRIPTIONS
from notifications.mailers import mailer_for
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.web.asking import Asker
from shared.web.identity import Signer
from shared.worker import Worker

_PDF_SECONDS = 30


def create_worker(settings: Settings, database: Database, transport: Transport) -> Worker:
    documents = Asker(
        settings.documents_url,
        Signer("notifications", settings.identity_private_key.get_secret_value()),
        name="notifications",
        scopes=frozenset({"documents:read"}),
        timeout=_PDF_SECONDS,
    )
    delivery = Delivery(database, mailer_for(settings), documents, mail_from=settings.mail_from)
    return Worker("notifications", database, transport, SUBSCRIPTIONS, jobs=[delivery.run])
