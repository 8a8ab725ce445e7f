"""What can go wrong with messages."""

from shared.errors import Conflict, NotFound


class MessageNotFound(NotFound):
    code = "notifications.not_found"
    title = "No such message"


class NotResendable(Conflict):
    code = "notifications.not_resendable"
    title = "Only a message that failed, or whose fate is unknown, can be sent again"


class NotCancellable(Conflict):
    code = "notifications.not_cancellable"
    title = "Only a message that still waits can be cancelled"


class LeaseLost(Exception):
    """Another worker has taken this delivery over: stop, and touch nothing. Never seen by callers."""
