"""What Ficha accepted: written down after each 2xx, in a file beside it, before the next request leaves."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

CONTACT, NOTE, ACTIVITY, DOCUMENT = "contacts.contact", "crm.note", "crm.activity", "documents.document"
SEND = "send"


@dataclass(frozen=True, slots=True)
class Accepted:
    """One change of one aggregate, or (`SEND`) one mail asked for, whose event counts among the documents'."""

    family: str
    id: str
    version: int


class Ledger:
    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1)
        self.count = 0

    def write(self, family: str, aggregate_id: str, version: int) -> None:
        self._file.write(json.dumps(asdict(Accepted(family, aggregate_id, version))) + "\n")
        self.count += 1

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Iterator[Accepted]:
    for line in path.read_text().splitlines():
        yield Accepted(**json.loads(line))
