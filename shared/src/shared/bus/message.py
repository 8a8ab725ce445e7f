"""What travels: an event as bytes, with what a transport needs to know about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

Headers = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Message:
    """`body` is structured CloudEvents JSON; `headers` are Ficha's own (attempts, reasons)."""

    event_id: UUID
    name: str
    body: bytes
    headers: Headers = field(default_factory=dict)

    def with_(self, headers: Headers) -> Self:
        return replace(self, headers=headers)
