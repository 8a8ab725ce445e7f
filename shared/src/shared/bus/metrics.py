"""What a worker tells Prometheus about its bus. Each help says what a figure means, and what to do about it."""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.events.base import REGISTRY

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LAG_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600)
_EVENTS = (1, 2, 5, 10, 20, 50, 100, 200)

OTHER: Final = "other"
"""Label of every event that this code has no class for: who sends us rubbish must not fill Prometheus."""


class BusMetrics:
    """Every figure of one worker, in a registry of its own, which may be shown as part of another one."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._describe_publishing(self.registry)
        self._describe_consuming(self.registry)
        self._handle_seconds: dict[str, Histogram] = {}

    def _describe_publishing(self, registry: CollectorRegistry) -> None:
        self.ready = Gauge(
            "ficha_bus_ready",
            "1 while this worker can publish and consume. 0: /health/ready says what is missing",
            registry=registry,
        )
        self.leading = Gauge(
            "ficha_relay_leading",
            "1 in the worker whose relay publishes for this database, 0 in the others. No 1 among all workers of a "
            "service for a minute: none of them reaches the database",
            registry=registry,
        )
        self.outbox_events = Gauge(
            "ficha_outbox_events",
            "Events recorded and not yet confirmed by the broker; counting stops at 100001. The same from every worker "
            "of a service: take the maximum. It grows while the broker is away and then falls by itself; growing with "
            "the broker there, see ficha_publish_failures_total and the column last_error of the table outbox",
            registry=registry,
        )
        self.outbox_oldest_age = Gauge(
            "ficha_outbox_oldest_age_seconds",
            "How long the first event of the outbox has been waiting; 0 when there is none. Above 5 with the broker "
            "there: the relay does not keep up, or that event is refused",
            registry=registry,
        )
        self.published = Counter(
            "ficha_events_published",
            "Events that the broker confirmed, by event name",
            ["name"],
            registry=registry,
        )
        self.publish_failures = Counter(
            "ficha_publish_failures",
            "Events given to the broker and not confirmed, by reason: link (the broker was out of reach; retried every "
            "second), refused (this event was refused or not confirmed in time; put off for up to 10 s, and the later "
            "events of its aggregate with it). Nothing is lost; many refused: look for a missing queue or a full disk",
            ["reason"],
            registry=registry,
        )
        self.publish_seconds = Histogram(
            "ficha_publish_duration_seconds",
            "Seconds until a batch given to the broker was confirmed. Slow with small batches: the broker's disk is",
            buckets=_SECONDS,
            registry=registry,
        )
        self.publish_batch = Histogram(
            "ficha_publish_batch_events",
            "Events published at once. Always 200: there is a backlog",
            buckets=_EVENTS,
            registry=registry,
        )

    def _describe_consuming(self, registry: CollectorRegistry) -> None:
        self.handled = Counter(
            "ficha_events_handled",
            "Deliveries settled, by event name and outcome: done, duplicate (handled before, no effect again), ignored "
            "(nobody here listens to it), retry (its handler failed, it comes again), dead (given up, see "
            "ficha_dead_letters)",
            ["name", "outcome"],
            registry=registry,
        )
        self._seconds_by_name = Histogram(
            "ficha_handle_duration_seconds",
            "Seconds a handler took for one event, by event name; the commit comes on top",
            ["name"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.handle_batch = Histogram(
            "ficha_handle_batch_events",
            "Events handled in one transaction. Always 100: there is a backlog",
            buckets=_EVENTS,
            registry=registry,
        )
        self.lag = Histogram(
            "ficha_event_lag_seconds",
            "Seconds from the time in an event to the commit of its effect here: how far this service is behind. "
            "Retries count; compare with ficha_events_handled_total{outcome='retry'} before adding workers",
            buckets=_LAG_SECONDS,
            registry=registry,
        )
        self.queue_messages = Gauge(
            "ficha_consumer_queue_messages",
            "Messages ready in each queue of this service: its own, its waiting ones (a failed event waits there for "
            "its retry) and the dead one. Those on their way to a worker do not count. The same from every worker: "
            "take the maximum. The own one grows: more events come than are handled. Absent while the link is down",
            ["queue"],
            registry=registry,
        )
        self.redeliveries = Counter(
            "ficha_redeliveries",
            "Deliveries that the broker had made before, to a worker that did not settle them. A few after each "
            "restart are normal; a steady rate means workers that die over an event",
            registry=registry,
        )
        self.recovered = Counter(
            "ficha_events_recovered",
            "Events that no queue had brought, found in the log stream and handled late. Above 0: somebody removed a "
            "binding or deleted a queue",
            registry=registry,
        )
        self.log_compared = Gauge(
            "ficha_log_compared_timestamp_seconds",
            "Publishing time of the newest event up to which the log stream was compared with this service's inbox, as "
            "Unix time; 0 before the first. A minute or so behind the newest event in the log: nothing is missed. "
            "After a restore it runs from the backup's time to the present",
            registry=registry,
        )
        self.dead_letters = Gauge(
            "ficha_dead_letters",
            "Events given up and not settled since, by status: dead (somebody must replay or discard it), replaying "
            "(asked for, not tried yet). Counting stops at 100001. The same from every worker: take the maximum",
            ["status"],
            registry=registry,
        )

    def count_published(self, names: Iterable[str]) -> None:
        for name, count in Tally(names).items():
            self.published.labels(label_of(name)).inc(count)

    def count_failures(self, reasons: Iterable[str]) -> None:
        for reason, count in Tally(reasons).items():
            self.publish_failures.labels(reason).inc(count)

    def count_handled(self, outcomes: Iterable[tuple[str, str]]) -> None:
        """Pairs of event name and outcome."""
        for (name, outcome), count in Tally(outcomes).items():
            self.handled.labels(label_of(name), outcome).inc(count)

    def observe_handler(self, name: str, seconds: float) -> None:
        found = self._handle_seconds.get(name)
        if found is None:
            # Kept here because finding a label's figure costs more than adding to it.
            found = self._handle_seconds[name] = self._seconds_by_name.labels(label_of(name))
        found.observe(seconds)

    def observe_batch(self, size: int, lags: Iterable[float]) -> None:
        """A transaction's events; `lags`: seconds since those occurred that had an effect. Clocks may differ."""
        self.handle_batch.observe(size)
        for lag in lags:
            self.lag.observe(max(0, lag))

    def show_queues(self, ready: Mapping[str, int]) -> None:
        """These and no others: what is not known any more is better absent than old."""
        self.queue_messages.clear()
        for queue, count in ready.items():
            self.queue_messages.labels(queue).set(count)


def label_of(name: str) -> str:
    """Returns the event's name as a label; OTHER for what is none of ours, so that there are not endlessly many."""
    return name if name in REGISTRY else OTHER
