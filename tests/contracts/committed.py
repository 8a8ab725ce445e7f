"""The contract as it is committed in shared/contract, and what `make contract` does to it.

A revision is one meaning of an event within its major version. The newest follows its class; the older ones are
what listeners were promised, and stay.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from shared.bus.topology import EXCHANGE
from shared.events.base import Event
from shared.events.contract import JsonObject, asyncapi, schema_of
from tests.contracts.breaking import breaks, closed, meaning

FOLDER: Final = Path(__file__).parents[2] / "shared" / "contract"

Events = Sequence[type[Event[Any]]]


def revisions(name: str, folder: Path = FOLDER) -> list[JsonObject]:
    """Schemas of the event with this wire name, oldest first. Raises ValueError when one in between is missing."""
    numbers = sorted(int(path.stem) for path in (folder / "schemas" / name).glob("*.json"))
    if numbers != list(range(1, len(numbers) + 1)):
        raise ValueError(f"{name} has revisions {numbers}")
    return [_read(_place(folder, name, number)) for number in numbers]


def committed_document() -> JsonObject:
    return _read(FOLDER / "asyncapi.json")


def refused(events: Events, folder: Path = FOLDER) -> list[str]:
    """What the classes break of what is committed: for older listeners, and for events written before."""
    return [*_broken(events, folder), *_unreadable(events, folder), *_abandoned(events, folder)]


def outdated(events: Events, folder: Path = FOLDER) -> dict[Path, JsonObject]:
    """What must be written where, so that the committed contract is what the classes say."""
    wanted = {folder / "asyncapi.json": asyncapi(EXCHANGE)}
    for event_class in events:
        schema = schema_of(event_class)
        wanted[_place(folder, event_class.name, _revision_of(schema, revisions(event_class.name, folder)))] = schema
    return {path: content for path, content in wanted.items() if not path.exists() or _read(path) != content}


def write(contents: dict[Path, JsonObject]) -> None:
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _revision_of(schema: JsonObject, known: list[JsonObject]) -> int:
    """The newest, when only its wording changed; else the next."""
    same = bool(known) and meaning(known[-1]) == meaning(schema)
    return len(known) if same else len(known) + 1


def _broken(events: Events, folder: Path) -> Iterator[str]:
    for event_class in events:
        schema = schema_of(event_class)
        for number, older in enumerate(revisions(event_class.name, folder), start=1):
            yield from (f"{event_class.name}, revision {number}: {found}" for found in breaks(older, schema))


def _unreadable(events: Events, folder: Path) -> Iterator[str]:
    """Older events are still on queues and in the log, and a deployment mixes writers of both revisions."""
    for event_class in events:
        readable = _as_read(event_class)
        for number, written in enumerate(revisions(event_class.name, folder), start=1):
            for found in breaks(readable, closed(written)):
                yield f"{event_class.name}: cannot read revision {number}: {found}"


def _as_read(event_class: type[Event[Any]]) -> JsonObject:
    """JSON Schema of what a listener with this class takes."""
    state_class = event_class.model_fields["data"].annotation
    assert state_class is not None
    state = state_class.model_json_schema(mode="validation")
    definitions = state.pop("$defs", {})
    return {"type": "object", "properties": {"data": state}, "required": ["data"], "$defs": definitions}


def _abandoned(events: Events, folder: Path) -> Iterator[str]:
    written = {event_class.name for event_class in events}
    for path in sorted((folder / "schemas").glob("*")):
        if path.name not in written:
            yield f"{path.name}: no class writes it any more"


def _place(folder: Path, name: str, number: int) -> Path:
    return folder / "schemas" / name / f"{number}.json"


def _read(path: Path) -> JsonObject:
    found: JsonObject = orjson.loads(path.read_bytes())
    return found
