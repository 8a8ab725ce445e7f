"""The bus door of documents: every event it listens to."""

from documents.drafts import handlers as drafts
from documents.lifecycle import handlers as lifecycle
from documents.replicas import handlers as replicas

SUBSCRIPTIONS = (*replicas.SUBSCRIPTIONS, *drafts.SUBSCRIPTIONS, *lifecycle.SUBSCRIPTIONS)
