"""What a caller may be allowed to do: `<noun>:read` and `<noun>:write`. Users hold scopes by being who they are."""

from typing import Final

NOUNS: Final = ("contacts", "documents", "crm", "files", "portal", "notifications", "organization")
KNOWN: Final = frozenset(f"{noun}:{action}" for noun in NOUNS for action in ("read", "write"))
"""What an API key may carry."""

ADMINISTRATOR: Final = frozenset({"*"})
MEMBER: Final = KNOWN - {"organization:write"}
VISITOR: Final = frozenset({"portal:client"})
"""Somebody at the client portal: the portal itself asks who."""


def held_by(*, is_admin: bool) -> frozenset[str]:
    return ADMINISTRATOR if is_admin else MEMBER
