"""The bus door of portal: every event it listens to."""

from portal.catalogue import handlers as catalogue
from portal.documents import handlers as documents
from portal.parties import handlers as parties
from portal.previews import handlers as previews

SUBSCRIPTIONS = (
    *parties.SUBSCRIPTIONS,
    *documents.SUBSCRIPTIONS,
    *catalogue.SUBSCRIPTIONS,
    *previews.SUBSCRIPTIONS,
)
