"""What travels: an event as bytes, with what a transport needs to know about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

Headers = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Message:
    """`body` is structured CloudEvents JSON; `headers` are Ficha's own (attempts, reasons).

    `subject` is the aggregate's id where it is known: those of one aggregate are settled in their order.
    """

    event_id: UUID
    name: str
    body: bytes
    headers: Headers = field(default_factory=dict)
    subject: str = ""

    def with_(self, headers: Headers) -> Self:
        return replace(self, headers=headers)
