"""HTTP shapes of operations: those of the services, over all of them."""

from typing import Literal

from shared.web import dead_letters
from shared.web.dead_letters import GroupOut, LetterOut
from shared.web.pagination import Page

ServiceName = Literal["contacts", "documents", "crm", "files", "portal", "notifications", "gateway"]


class LettersOut(Page[LetterOut]):
    """`unavailable` services did not answer: theirs are missing here."""

    unavailable: list[ServiceName] = []


class GroupsOut(Page[GroupOut]):
    """`unavailable` services did not answer: theirs are missing here."""

    unavailable: list[ServiceName] = []


class ReplayIn(dead_letters.ReplayIn):
    """Exactly one of `event_id`, `cause` and `all` says which letters of the service."""

    service: ServiceName


class DiscardIn(dead_letters.DiscardIn):
    """Exactly one of `event_id` and `cause` says which letters of the service."""

    service: ServiceName
