"""The map says what the subscription tables say, and what they do not."""

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from local.cli import main
from local.event_map import draw, subscription_tables
from local.wiring import SERVICES
from shared.bus.consumer import AnySubscription, Subscription
from shared.events.base import EVERYTHING, AnyEvent, Event
from shared.events.contract import published_events
from shared.events.files import FileDeleted, FileUploaded
from shared.events.gateway import UserCreated
from tests.support.probe import ThingChanged, ThingState


async def on_file_changed(session: AsyncSession, event: FileUploaded | FileDeleted) -> None: ...


async def on_anything(session: AsyncSession, event: AnyEvent) -> None: ...


async def on_thing_changed(session: AsyncSession, event: Event[ThingState]) -> None: ...


HERE = __name__


def read(text: str) -> Iterator[tuple[str, str, str]]:
    """(owner, event, listener) of every line."""
    owner = name = ""
    for line in text.splitlines():
        if not line.startswith(" "):
            owner = line
            continue
        *named, listener = line.split()
        name = named[0] if named else name
        yield owner, name, listener


def test_it_is_what_the_services_subscribe_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["ficha", "event-map"])
    main()
    drawn = list(read(capsys.readouterr().out))
    tables = subscription_tables()
    assert list(tables) == list(SERVICES)
    heard = [(name, listener) for _, name, listener in drawn if listener != "nobody"]
    assert sorted((name, listener.split(".")[0], found(listener)) for name, listener in heard) == sorted(
        (subscription.event.name, service, id(subscription.handler))
        for service, subscriptions in tables.items()
        for subscription in subscriptions
    )
    published = {event.name for event in published_events()}
    assert {name for _, name, listener in drawn if listener == "nobody"} == published - {name for name, _ in heard}
    assert {owner for owner, name, _ in drawn if name != EVERYTHING and name.split(".")[1] != owner} == set()


def found(listener: str) -> int:
    """Which function `documents.replicas.on_contact_changed` is: that of documents/replicas/handlers.py."""
    module, _, name = listener.rpartition(".")
    return id(getattr(import_module(f"{module}.handlers"), name))


def test_who_hears_everything_is_named_once() -> None:
    tables: dict[str, Sequence[AnySubscription]] = {
        "files": [Subscription(FileUploaded, on_file_changed)],
        "gateway": [Subscription(AnyEvent, on_anything)],
        "notifications": [Subscription(AnyEvent, on_anything), Subscription(FileUploaded, on_file_changed)],
        "portal": (),
    }
    assert list(draw(tables, [FileUploaded.name, FileDeleted.name, UserCreated.name])) == [
        "files",
        "  ficha.files.file.deleted.v1    nobody",
        f"  ficha.files.file.uploaded.v1   {HERE}.on_file_changed",
        f"                                 {HERE}.on_file_changed",
        "gateway",
        "  ficha.gateway.user.created.v1  nobody",
        "everything",
        f"  #                              {HERE}.on_anything",
        f"                                 {HERE}.on_anything",
    ]


def test_what_is_listened_to_but_published_by_nobody_is_seen() -> None:
    drawn = list(draw({"files": [Subscription(ThingChanged, on_thing_changed)]}, []))
    assert drawn == ["probe", f"  {ThingChanged.name}  {HERE}.on_thing_changed"]


def test_a_service_without_the_room_listens_to_nothing_but_a_broken_one_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for service, handlers in {"deaf": None, "torn": "import no_such_module"}.items():
        (tmp_path / service).mkdir()
        (tmp_path / service / "__init__.py").touch()
        if handlers:
            (tmp_path / service / "handlers.py").write_text(handlers)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert subscription_tables(["deaf"]) == {"deaf": ()}
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        subscription_tables(["torn"])
