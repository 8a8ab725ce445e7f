"""Composition root of the bus process: the consumer, and the jobs that deliver mails and webhooks."""

from notifications.config import Settings
from notifications.delivery import Delivery
from notifications.handlers import SUBSCRIPTIONS
from notifications.mailers import mailer_for
from notifications.models import ApiKeyCopy, UserCopy
from notifications.sources import Sources
from notifications.webhooks.deliveries.dispatch import Dispatch
from notifications.webhooks.deliveries.posting import Poster
from notifications.webhooks.deliveries.retention import Retention
from notifications.webhooks.sealing import Sealer
from notifications.webhooks.targets import Targets
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.rebuild.replicas import Replicas
from shared.service_client import ServiceClient
from shared.web.identity import Signer
from shared.worker import Worker

REPLICAS = Replicas(SUBSCRIPTIONS, {"gateway.user": UserCopy, "gateway.api_key": ApiKeyCopy})
_PDF_SECONDS = 30


def create_worker(settings: Settings, database: Database, transport: Transport) -> Worker:
    signer = Signer("notifications", settings.identity_private_key.get_secret_value())
    sources = Sources(
        documents=ServiceClient(
            "documents",
            settings.documents_url,
            signer,
            name="notifications",
            scopes=frozenset({"documents:read"}),
            timeout=_PDF_SECONDS,
        ),
        portal=ServiceClient(
            "portal", settings.portal_url, signer, name="notifications", scopes=frozenset({"portal:links"})
        ),
    )
    delivery = Delivery(database, mailer_for(settings), sources, mail_from=settings.mail_from)
    poster = Poster(Targets(private=settings.private_hosts))
    dispatch = Dispatch(database, poster, Sealer(settings.webhook_keys.get_secret_value()))
    jobs = [delivery.run, dispatch.run, Retention(database).run]
    return Worker("notifications", database, transport, SUBSCRIPTIONS, jobs=jobs)
