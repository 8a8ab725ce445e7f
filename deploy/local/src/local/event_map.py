"""`ficha event-map`: owner → event → listeners, from the services' subscription tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import groupby

from local.wiring import SERVICES
from shared.bus.consumer import AnySubscription
from shared.events.base import EVERYTHING
from shared.events.contract import published_events

Tables = Mapping[str, Sequence[AnySubscription]]

_NOBODY = "nobody"


def event_map() -> str:
    """For people, who find a listener `documents.replicas.on_contact_changed` in documents/replicas/handlers.py."""
    return "\n".join(draw(subscription_tables(), (event.name for event in published_events())))


def subscription_tables(services: Iterable[str] = SERVICES) -> Tables:
    """SUBSCRIPTIONS of each service. One without the room for it listens to nothing."""
    return {service: _subscriptions(service) for service in services}


def draw(tables: Tables, names: Iterable[str]) -> Iterator[str]:
    """A line for each event and listener, by owner; last, once, who hears everything.

    `names` are those of what is published. What is listened to although nobody publishes it is drawn as well.
    """
    heard = _by_name(tables)
    everything = heard.pop(EVERYTHING, [])
    drawn = sorted({*names, *heard})
    width = max(map(len, drawn), default=0)
    for owner, owned in groupby(drawn, key=lambda name: name.split(".")[1]):
        yield owner
        for name in owned:
            yield from _lines(name, heard.get(name, [_NOBODY]), width)
    if everything:
        yield "everything"
        yield from _lines(EVERYTHING, everything, width)


def _by_name(tables: Tables) -> dict[str, list[str]]:
    heard: dict[str, list[str]] = {}
    for subscriptions in tables.values():
        for subscription in subscriptions:
            heard.setdefault(subscription.event.name, []).append(_listener(subscription))
    return heard


def _listener(subscription: AnySubscription) -> str:
    handler = subscription.handler
    return f"{handler.__module__.removesuffix('.handlers')}.{getattr(handler, '__name__', 'handler')}"


def _lines(name: str, listeners: Sequence[str], width: int) -> Iterator[str]:
    for listener in listeners:
        yield f"  {name:<{width}}  {listener}"
        name = ""


def _subscriptions(service: str) -> Sequence[AnySubscription]:
    room = f"{service}.handlers"
    try:
        found: Sequence[AnySubscription] = import_module(room).SUBSCRIPTIONS
    except ModuleNotFoundError as error:
        if error.name != room:
            raise
        return ()
    return found
