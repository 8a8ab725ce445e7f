"""What a caller may be allowed to do: `<noun>:read` and `<noun>:write`. Users hold scopes by being who they are."""

from typing import Final

from shared.events.scopes import families_read

NOUNS: Final = ("contacts", "documents", "crm", "files", "portal", "notifications", "organization", "operations")
KNOWN: Final = frozenset(f"{noun}:{action}" for noun in NOUNS for action in ("read", "write")) | {"users:read"}
"""What an API key may carry. It may follow users; to change them takes a person."""

MEANING: Final = (
    "`<noun>:read` and `<noun>:write`. Who may write and not read is answered with `id` and `version` only. "
    "`portal:write` lets clients into the portal: it sets their passwords and says which e-mails open it, so whoever "
    "holds it can see what a client sees. Sending a document takes `documents:read` beside `documents:write`; a "
    "preview of the portal `portal:read` and `documents:read` beside `portal:write`."
)
"""Said where scopes are chosen."""

ADMINISTRATOR: Final = frozenset({"*"})
MEMBER: Final = KNOWN - {"organization:write", "operations:read", "operations:write", "users:read"}
VISITOR: Final = frozenset({"portal:client"})
"""Somebody at the client portal: the portal itself asks who."""


def held_by(*, is_admin: bool) -> frozenset[str]:
    return ADMINISTRATOR if is_admin else MEMBER


def narrowed(given: frozenset[str], held: frozenset[str]) -> frozenset[str]:
    """What of `given` somebody who holds `held` may pass on."""
    return given if "*" in held else given & held


def events_heard(scopes: frozenset[str]) -> tuple[str, ...] | None:
    """Beginnings of the names of events that somebody with these scopes may hear of. None: all."""
    return None if "*" in scopes else tuple(sorted(families_read(scopes)))
