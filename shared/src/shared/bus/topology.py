"""Names and arguments of everything on the broker, as values. They mean the same on RabbitMQ 3.10 and 4.x:
whatever default moved between versions is set explicitly.
"""

from typing import Final

EXCHANGE: Final = "ficha.events"
LOG_STREAM: Final = "ficha.events.log"
STREAM_OFFSET: Final = "x-stream-offset"
"""Consumer argument: where to start in a stream."""

RETRY_DELAYS: Final = (1, 10, 60, 600, 3600)
"""Seconds before each retry; after the last comes the dead letter."""

ATTEMPT: Final = "x-ficha-attempt"
"""Failures so far. Ficha's own header, because brokers count redeliveries differently."""
REASON: Final = "x-ficha-reason"
HANDLER: Final = "x-ficha-handler"
FIRST_FAILURE: Final = "x-ficha-first-failure"
LAST_FAILURE: Final = "x-ficha-last-failure"

Arguments = dict[str, str | int]


def queue(service: str) -> str:
    """Returns the name of the queue of a service's events."""
    return f"ficha.{service}"


def dead_queue(service: str) -> str:
    """Returns the name of the queue where its dead letters are."""
    return f"ficha.{service}.dead"


def wait_queue(service: str, seconds: int) -> str:
    """Returns the name of the queue where events wait for so many seconds before they are tried again."""
    return f"ficha.{service}.wait.{seconds}s"


def queue_arguments(service: str) -> Arguments:
    """Returns the arguments of a service's queue; what it gives up goes to its dead queue."""
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": 20,
        "x-overflow": "reject-publish",
        "x-dead-letter-strategy": "at-least-once",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_queue(service),
    }


def wait_arguments(service: str, seconds: int) -> Arguments:
    """Returns the arguments of a waiting queue; after `seconds` an event is back in the service's queue."""
    return {
        "x-queue-type": "quorum",
        "x-message-ttl": seconds * 1000,
        "x-overflow": "reject-publish",
        "x-dead-letter-strategy": "at-least-once",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": queue(service),
    }


def dead_arguments() -> Arguments:
    """Returns the arguments of a dead queue, from which nothing goes by itself."""
    return {"x-queue-type": "quorum", "x-overflow": "reject-publish"}


def log_arguments() -> Arguments:
    """The replay stream: bound with `#`, so an unroutable event is always a real fault."""
    return {"x-queue-type": "stream", "x-max-length-bytes": 2 * 1024**3, "x-max-age": "30D"}
