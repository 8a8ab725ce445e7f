"""What may become of one attempt to hand over a mail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said against one recipient."""

    email: str
    code: int
    words: str

    @property
    def permanent(self) -> bool:
        return 500 <= self.code < 600

    def __str__(self) -> str:
        return f"{self.email}: {self.code} {self.words}"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server answers for it, to everyone in the envelope but `refused`."""

    words: str
    refused: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Deferred:
    """Surely not accepted; worth another try."""

    reason: str
    refused: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """Surely not accepted, and another try would end the same."""

    reason: str
    refused: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The mail may have been accepted. Nobody but a person may send it again."""

    reason: str


Outcome = Accepted | Deferred | Rejected | Uncertain
