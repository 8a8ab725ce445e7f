"""What can go wrong with webhooks."""

from shared.errors import Conflict, Forbidden, NotFound


class WebhookNotFound(NotFound):
    code = "notifications.webhook_not_found"
    title = "No such webhook"


class DeliveryNotFound(NotFound):
    code = "notifications.delivery_not_found"
    title = "No such delivery"


class ScopeNotHeld(Forbidden):
    code = "notifications.scope_not_held"
    title = "A webhook may only get what whoever aims it may read"


class TooManyWebhooks(Conflict):
    code = "notifications.too_many_webhooks"
    title = "This organisation has as many webhooks as it may have"


class WebhookIsDisabled(Conflict):
    code = "notifications.webhook_disabled"
    title = "This webhook is disabled; enable it first"
