"""What is written down, by codes that stay; and of whom or what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args
from uuid import UUID

Action = Literal[
    "session.created",
    "session.ended",
    "session.refused",
    "session.throttled",
    "session.confirmed",
    "session.not_confirmed",
    "user.created",
    "user.updated",
    "user.role_changed",
    "user.password_changed",
    "user.deactivated",
    "user.reactivated",
    "api_key.created",
    "api_key.deleted",
    "api_key.refused",
    "organization.created",
    "organization.updated",
    "portal.opened",
    "portal.closed",
    "webhook.disabled",
]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

SubjectKind = Literal["user", "api_key", "organization", "contact", "webhook"]

Reason = Literal[
    "logged_out",
    "logged_in_again",
    "password_changed",
    "deactivated",
    "wrong_password",
    "unknown",
    "too_many",
    "inactive",
    "expired",
    "with_its_maker",
    "by_person",
    "gone",
    "failing",
]
"""Why a session ended, a login or a key was refused, a key deleted, a webhook disabled."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`name` at that moment. A contact's is not known here."""

    kind: SubjectKind
    id: UUID
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Never of a secret."""

    field: str
    before: Any
    after: Any


def changes_to(row: object, wanted: Mapping[str, Any]) -> list[Change]:
    """What would become another in it, by name. Call it before it does."""
    return [
        Change(field, getattr(row, field), value)
        for field, value in sorted(wanted.items())
        if getattr(row, field) != value
    ]
