"""What can go wrong with following the feed."""

from shared.errors import FichaError, FieldError, Forbidden, Invalid


class PositionUnknown(Invalid):
    """The caller read another feed: this one was never so long."""

    code = "events.position_unknown"
    title = "The feed has not come to this position yet"

    def __init__(self, after: int, *, last: int) -> None:
        detail = f"Nothing after {after} can be told: the feed ends at {last}. Was it read at another installation?"
        super().__init__(
            detail,
            errors=[FieldError("after", "position_unknown", f"The last position is {last}.")],
            members={"last_position": last},
        )


class EventsExpired(FichaError):
    """Something after that position is not kept any more: it would be skipped without a word."""

    status = 410
    code = "events.expired"
    title = "Events after this position are not kept any more"

    def __init__(self, after: int, *, first: int) -> None:
        detail = f"Events {after + 1} to {first - 1} are gone. Read the lists anew, then go on after {first - 1}."
        super().__init__(detail, members={"first_position": first})


class ScopeMissing(Forbidden):
    code = "events.scope_missing"
    title = "Events are for those who may read what they tell of"
