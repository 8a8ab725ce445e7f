"""The bus door of portal: every event it listens to."""

from portal.catalogue import handlers as catalogue
from portal.documents import handlers as documents
from portal.previews import handlers as previews
from portal.replicas import handlers as replicas

SUBSCRIPTIONS = (
    *replicas.SUBSCRIPTIONS,
    *documents.SUBSCRIPTIONS,
    *catalogue.SUBSCRIPTIONS,
    *previews.SUBSCRIPTIONS,
)
