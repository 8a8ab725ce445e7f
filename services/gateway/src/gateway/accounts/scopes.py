"""What a caller may be allowed to do: `<noun>:read` and `<noun>:write`. Users hold scopes by being who they are."""

from typing import Final

NOUNS: Final = ("contacts", "documents", "crm", "files", "portal", "notifications", "organization", "operations")
KNOWN: Final = frozenset(f"{noun}:{action}" for noun in NOUNS for action in ("read", "write"))
"""What an API key may carry."""

ADMINISTRATOR: Final = frozenset({"*"})
MEMBER: Final = KNOWN - {"organization:write", "operations:read", "operations:write"}
VISITOR: Final = frozenset({"portal:client"})
"""Somebody at the client portal: the portal itself asks who."""
_OWNERS: Final = {"organization": "gateway"}
"""The service that owns a noun, where the two are not called alike."""


def held_by(*, is_admin: bool) -> frozenset[str]:
    return ADMINISTRATOR if is_admin else MEMBER


def owners_heard(scopes: frozenset[str]) -> frozenset[str] | None:
    """Whose events somebody with these scopes may hear of: those of services whose noun may be read. None: all."""
    if "*" in scopes:
        return None
    nouns = {scope.removesuffix(":read") for scope in scopes if scope.endswith(":read")}
    return frozenset(_OWNERS.get(noun, noun) for noun in nouns)
