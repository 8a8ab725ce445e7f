"""HTTP shapes of operations: those of the services, over all of them."""

from typing import Literal

from shared.dead_letters import schemas
from shared.dead_letters.schemas import GroupOut, LetterOut
from shared.web.pagination import Page

ServiceName = Literal["contacts", "documents", "crm", "files", "portal", "notifications", "gateway"]


class LettersOut(Page[LetterOut]):
    """`unavailable` services did not answer: theirs are missing here."""

    unavailable: list[ServiceName] = []


class GroupsOut(Page[GroupOut]):
    """`unavailable` services did not answer: theirs are missing here."""

    unavailable: list[ServiceName] = []


class ReplayIn(schemas.ReplayIn):
    """Exactly one of `event_id`, `cause` and `all` says which letters of the service."""

    service: ServiceName


class DiscardIn(schemas.DiscardIn):
    """Exactly one of `event_id` and `cause` says which letters of the service."""

    service: ServiceName
