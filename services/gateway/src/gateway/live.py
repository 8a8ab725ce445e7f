"""Shows events to open streams as they pass: nothing is kept, and who is too slow is sent away to ask anew."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
import structlog

from gateway.accounts.scopes import events_heard
from shared.bus.message import Message
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.web.identity import Identity

logger = structlog.get_logger("live")

_QUEUE = 256

RESYNC = b"event: resync\ndata: {}\n\n"
"""Something was missed: ask for everything again."""
DOUBT = b""
_LOOKED_AT_EVERY = 4.0
"""Seconds: within five, what another process took away is heard no more, however much there is to hear."""


class Stream:
    """One client's events. `contact_id` narrows them to one contact; the caller's scopes narrow them anyway."""

    def __init__(self, identity: Identity, contact_id: UUID | None) -> None:
        self.identity = identity
        self._heard = events_heard(identity.scopes)
        self._contact_id = str(contact_id) if contact_id else None
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue(_QUEUE)
        self.ended = False

    def offer(self, name: str, contact_ids: tuple[str, ...], line: bytes) -> None:
        if self._heard is not None and not name.startswith(self._heard):
            return
        if self._contact_id and self._contact_id not in contact_ids:
            return
        if self._waiting.full():
            self.end(RESYNC)
        else:
            self._waiting.put_nowait(line)

    def end(self, last: bytes | None = None) -> None:
        """What waits is dropped; `last` is still sent."""
        if self.ended:
            return
        self.ended = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        if last:
            self._waiting.put_nowait(last)
        self._waiting.put_nowait(None)

    def doubt(self) -> None:
        """Who listens may have lost the right to: let it be looked at, after what waits already."""
        if not self.ended and not self._waiting.full():
            self._waiting.put_nowait(DOUBT)

    async def next(self, *, within: float) -> bytes | None:
        """The next chunk, DOUBT when there is none yet, or None at the end."""
        try:
            return await asyncio.wait_for(self._waiting.get(), within)
        except TimeoutError:
            return DOUBT


class Hub:
    """All streams of this process, by organisation."""

    def __init__(self) -> None:
        self._streams: dict[str, set[Stream]] = {}
        self.listening = False

    def __len__(self) -> int:
        return sum(len(streams) for streams in self._streams.values())

    def listen_to(self, transport: Transport) -> None:
        transport.tap(self.show)
        self.listening = True

    def open(self, identity: Identity, contact_id: UUID | None) -> Stream:
        stream = Stream(identity, contact_id)
        self._streams.setdefault(str(identity.org_id), set()).add(stream)
        return stream

    def close(self, stream: Stream) -> None:
        streams = self._streams[str(stream.identity.org_id)]
        streams.discard(stream)
        if not streams:
            del self._streams[str(stream.identity.org_id)]

    def show(self, message: Message) -> None:
        """A tap: never raises, never waits."""
        if not self._streams:
            return
        try:
            envelope = orjson.loads(message.body)
            streams = self._streams.get(envelope["orgid"])
            if not streams:
                return
            name, contact_ids = str(envelope["type"]), _contacts_of(envelope)
            line = b"data: %b\n\n" % orjson.dumps(
                {
                    "type": envelope["type"],
                    "subject": envelope["subject"],
                    "contact_id": contact_ids[0] if contact_ids else None,
                    "version": envelope["aggregateversion"],
                }
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            logger.warning("event_not_shown", name=message.name, error=repr(error))
            return
        for stream in streams:
            stream.offer(name, contact_ids, line)

    def doubt(self, org_id: UUID | None) -> None:
        for stream in self._streams.get(str(org_id), ()):
            stream.doubt()

    def end_all(self) -> None:
        for streams in self._streams.values():
            for stream in streams:
                stream.end()


async def chunks(
    hub: Hub,
    identity: Identity,
    contact_id: UUID | None,
    *,
    heartbeat: float,
    still_allowed: Callable[[], Awaitable[bool]],
) -> AsyncIterator[bytes]:
    """One client's stream, open from the first chunk on. By the clock, and whenever there is a doubt, it is asked
    whether the caller may still listen.
    """
    look_every = min(heartbeat, _LOOKED_AT_EVERY)
    stream = hub.open(identity, contact_id)
    said = looked = time.monotonic()
    try:
        yield b"retry: 2000\n\n"
        while True:
            chunk = await stream.next(within=max(0.0, min(said + heartbeat, looked + look_every) - time.monotonic()))
            if chunk is None:
                return
            now = time.monotonic()
            if chunk is DOUBT or now >= looked + look_every:
                if not await still_allowed():
                    return
                looked = now
            if chunk is DOUBT:
                if now < said + heartbeat:
                    continue
                chunk = b": still here\n\n"
            said = now
            yield chunk
    finally:
        hub.close(stream)


def hub_of(database: Database) -> Hub:
    """The hub that both doors of one process share: what they are given in common is the database."""
    return _HUBS.setdefault(database, Hub())


def _contacts_of(envelope: dict[str, object]) -> tuple[str, ...]:
    """The contacts an event is about: itself, those a link joins, or the one it names."""
    data = envelope.get("data")
    if str(envelope["type"]).startswith("ficha.contacts.contact."):
        return (str(envelope["subject"]),)
    if not isinstance(data, dict):
        return ()
    return tuple(str(data[field]) for field in ("contact_id", "company_id", "person_id") if data.get(field))


_HUBS: WeakKeyDictionary[Database, Hub] = WeakKeyDictionary()
