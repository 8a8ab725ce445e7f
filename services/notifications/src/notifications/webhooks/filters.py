"""Which events a webhook is for: wire names or prefixes of them, and what whoever chooses them must be allowed to read.

A prefix ends where a name has a dot: `ficha.documents.*`, `ficha.contacts.contact.*`; `*` is everything.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from shared.errors import FieldError, Invalid
from shared.events.contract import published_events
from shared.events.scopes import scope_for
from shared.web.identity import Identity

EVERYTHING: Final = "*"


def patterns_of(name: str) -> list[str]:
    """Everything that chooses this wire name: `*`, each prefix, the name itself."""
    parts = name.split(".")
    prefixes = [".".join((*parts[:length], EVERYTHING)) for length in range(1, len(parts))]
    return [EVERYTHING, *prefixes, name]


def checked(types: Sequence[str]) -> list[str]:
    """Each once, in order; none chosen is all chosen. Raises Invalid, naming the unknown ones and what is known."""
    errors = [
        FieldError(f"types.{place}", "event_type_unknown", f"No event is called {chosen!r}. Known: {_like(chosen)}.")
        for place, chosen in enumerate(types)
        if chosen not in _PATTERNS
    ]
    if errors:
        raise Invalid("Some of these events are not known.", errors=errors)
    return [EVERYTHING] if EVERYTHING in types or not types else sorted(set(types))


def scopes_for(types: Iterable[str]) -> frozenset[str]:
    """What it takes to read every event that is published today and chosen by one of these."""
    chosen = set(types)
    return frozenset(scope_for(name) for name in _KNOWN if chosen.intersection(patterns_of(name)))


def reading_of(asker: Identity) -> list[str]:
    """What of the asker's scopes lets events through; kept with the webhook."""
    return [EVERYTHING] if EVERYTHING in asker.scopes else sorted(s for s in asker.scopes if s.endswith(":read"))


def _like(chosen: str) -> str:
    """Names of the same owner, or all of them."""
    same_owner = {name for name in _KNOWN if name.split(".")[:2] == chosen.split(".")[:2]}
    return ", ".join(sorted(same_owner or _KNOWN))


_KNOWN: Final = frozenset(event.name for event in published_events())
_PATTERNS: Final = frozenset(pattern for name in _KNOWN for pattern in patterns_of(name))
