"""The bus door of documents: every event it listens to."""

from documents.drafts import handlers as drafts
from documents.ledger import handlers as ledger
from documents.parties import handlers as parties

SUBSCRIPTIONS = (*parties.SUBSCRIPTIONS, *drafts.SUBSCRIPTIONS, *ledger.SUBSCRIPTIONS)
