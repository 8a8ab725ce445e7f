"""What it takes to read an event, whichever way it comes: the feed, a webhook or the stream."""

from collections.abc import Iterable

from shared.events.contract import published_events


def scope_for(name: str) -> str:
    """The scope for a wire name. Of the gateway's, `organization:read` is for the organisation's own; all others are
    about people and their keys.
    """
    _, owner, aggregate, *_ = (*name.split("."), "", "")
    if owner == "gateway":
        return "organization:read" if aggregate == "organization" else "users:read"
    return f"{owner or name}:read"


def families_read(scopes: Iterable[str]) -> frozenset[str]:
    """Beginnings of all wire names (`ficha.crm.note.`) that somebody with these scopes may read."""
    held = frozenset(scopes)
    return frozenset(family for family, scope in _FAMILIES.items() if "*" in held or scope in held)


_FAMILIES = {".".join(event.name.split(".")[:3]) + ".": scope_for(event.name) for event in published_events()}
