"""The dead-letter store: messages a consumer gave up on, kept in its own database whichever transport brought them.

Replaying hands the body to the consumer again, past the broker; the inbox makes that harmless to repeat. How people
list, replay and discard them is in `shared.dead_letters`.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import orjson
import structlog
from sqlalchemy import CTE, ColumnElement, DateTime, delete, exists, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from shared.bus.consumer import Consumer, DatabaseAway, Done, attempts_of
from shared.bus.message import Headers, Message
from shared.bus.topology import FIRST_FAILURE, HANDLER, LAST_FAILURE, REASON
from shared.bus.waiting import wait_for_any
from shared.clock import utc_now
from shared.db.infrastructure import dead_letter, dead_letter_action

logger = structlog.get_logger("dead_letters")

DEAD, REPLAYING, REPLAYED, DISCARDED = "dead", "replaying", "replayed", "discarded"
SYSTEM = "system"
KEPT = timedelta(days=35)
"""How long a replayed or discarded letter is still shown; a dead one is kept for ever."""
_POLL_SECONDS = 1.0
_AT_ONCE = 50
_MOST_CAUSE = 200
_NO_REASON = "no reason given: delivered more often than the queue allows, or put here by somebody else"
_PARTICULARS = (
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE), "<id>"),
    (re.compile(r"'[^']*'|\"[^\"]*\""), "<text>"),
    (re.compile(r"\d+"), "<n>"),
)

_NEW = upsert(dead_letter).excluded
"""What an insert that met a row brought along."""


def cause_of(handler: str, reason: str) -> str:
    """Returns the reason without what differs from case to case (ids, quoted texts, numbers), as one printable line."""
    for particular, placeholder in _PARTICULARS:
        reason = particular.sub(placeholder, reason)
    named = f"{handler}: {reason}" if handler else reason
    printable = "".join(character if character.isprintable() else " " for character in named)
    return " ".join(printable.split())[:_MOST_CAUSE].rstrip()


async def store_letters(consumer: Consumer, messages: Sequence[Message]) -> None:
    """Store them, in one transaction. Of a letter that is there already only a newer failure is noted.

    What was decided about it since stands: it may come again because a confirmation got lost, or as a second copy.
    Call it before the transport lets go of them. Raises SQLAlchemyError or OSError when the database is away.
    """
    if not messages:
        return
    newer = (dead_letter.c.status == DEAD) & (_NEW.last_failed_at > dead_letter.c.last_failed_at)
    async with consumer.database.engine.begin() as connection:
        await _insert_letters(connection, consumer.service, messages, again=newer)


async def _insert_letters(
    connection: AsyncConnection, consumer: str, messages: Sequence[Message], *, again: ColumnElement[bool]
) -> None:
    """`again`: which letters that are there already become dead again."""
    rows = {message.event_id: _row(consumer, message) for message in messages}
    changed = {name: _NEW[name] for name in ("headers", "cause", "reason", "handler", "attempts", "last_failed_at")}
    buried = (
        upsert(dead_letter)
        .values(list(rows.values()))
        .on_conflict_do_update(index_elements=["consumer", "event_id"], set_={**changed, "status": DEAD}, where=again)
        .returning(dead_letter.c.consumer, dead_letter.c.event_id, dead_letter.c.reason)
        .cte("buried")
    )
    await connection.execute(_insert_actions(buried, DEAD, actor=SYSTEM, reason=buried.c.reason))


class DeadLetterReplayer:
    """The job that replays the letters whose replay was asked for: one attempt each."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. A database that goes away is waited for."""
        while not stop.is_set():
            try:
                if await self.replay_asked() == _AT_ONCE:
                    continue  # there may be more
            except (DatabaseAway, SQLAlchemyError, OSError) as error:
                logger.warning("dead_letters_not_reached", consumer=self._consumer.service, error=str(error))
            await wait_for_any(stop, within=_POLL_SECONDS)

    async def replay_asked(self) -> int:
        """Returns how many were tried. Raises DatabaseAway, SQLAlchemyError, OSError; what was not tried stays."""
        asked = (
            select(dead_letter.c.event_id, dead_letter.c.name, dead_letter.c.body, dead_letter.c.headers)
            .where(dead_letter.c.consumer == self._consumer.service, dead_letter.c.status == REPLAYING)
            .order_by(dead_letter.c.first_failed_at, dead_letter.c.event_id)
            .limit(_AT_ONCE)
        )
        async with self._consumer.database.engine.connect() as connection:
            rows = (await connection.execute(asked)).all()
        messages = [Message(row.event_id, row.name, row.body, orjson.loads(row.headers)) for row in rows]
        verdicts = await self._consumer.handle_all(messages)
        handled: list[UUID] = []
        failed: list[Message] = []
        for message, verdict in zip(messages, verdicts, strict=True):
            if isinstance(verdict, Done):
                handled.append(message.event_id)
            else:
                failed.append(message.with_(verdict.headers))
        if rows:
            async with self._consumer.database.engine.begin() as connection:
                await self._note(connection, handled, failed)
        return len(rows)

    async def _note(self, connection: AsyncConnection, handled: Sequence[UUID], failed: Sequence[Message]) -> None:
        if failed:
            await _insert_letters(connection, self._consumer.service, failed, again=dead_letter.c.status == REPLAYING)
        if handled:
            mine = (dead_letter.c.consumer == self._consumer.service) & dead_letter.c.event_id.in_(handled)
            # Another process of this service may have tried the same at the same time, with less luck.
            await change_status(connection, mine, REPLAYED, before=(REPLAYING, DEAD), actor=SYSTEM, reason="")


async def change_status(
    connection: AsyncConnection | AsyncSession,
    which: ColumnElement[bool],
    status: str,
    *,
    before: Sequence[str],
    actor: str,
    reason: str,
) -> int:
    """Letters in one of the states `before` get the new status; actor and reason are added to their history.

    Returns how many changed: of two callers at once, one finds them changed already.
    """
    settled = (
        update(dead_letter)
        .where(which, dead_letter.c.status.in_(before))
        .values(status=status)
        .returning(dead_letter.c.consumer, dead_letter.c.event_id)
        .cte("settled")
    )
    written = _insert_actions(settled, status, actor=actor, reason=literal(reason))
    return len((await connection.execute(written)).all())


def _insert_actions(
    changed: CTE, status: str, *, actor: str, reason: ColumnElement[str]
) -> ReturningInsert[tuple[int]]:
    noted = select(
        changed.c.consumer,
        changed.c.event_id,
        literal(utc_now(), DateTime(timezone=True)),
        literal(actor),
        literal(status),
        reason,
    )
    columns = ["consumer", "event_id", "at", "actor", "action", "reason"]
    return insert(dead_letter_action).from_select(columns, noted).returning(dead_letter_action.c.position)


async def forget_old(engine: AsyncEngine) -> None:
    """Delete letters that were replayed or discarded longer than KEPT ago."""
    recently = exists().where(
        dead_letter_action.c.consumer == dead_letter.c.consumer,
        dead_letter_action.c.event_id == dead_letter.c.event_id,
        dead_letter_action.c.at >= utc_now() - KEPT,
    )
    settled = dead_letter.c.status.in_((REPLAYED, DISCARDED))
    async with engine.begin() as connection:
        await connection.execute(delete(dead_letter).where(settled, ~recently))


def _row(consumer: str, message: Message) -> dict[str, object]:
    headers = message.headers
    reason = _storable(str(headers.get(REASON, _NO_REASON)))
    handler = _storable(str(headers.get(HANDLER, "")))
    now = utc_now()
    return {
        "consumer": consumer,
        "event_id": message.event_id,
        "org_id": _org_of(message.body),
        "name": _storable(message.name),
        "body": message.body,
        "headers": orjson.dumps({key: _kept(value) for key, value in headers.items()}).decode(),
        "cause": cause_of(handler, reason),
        "reason": reason,
        "handler": handler,
        "attempts": attempts_of(headers),
        "first_failed_at": _moment(headers, FIRST_FAILURE) or now,
        "last_failed_at": _moment(headers, LAST_FAILURE) or now,
        "status": DEAD,
    }


def _org_of(body: bytes) -> UUID | None:
    try:
        return UUID(orjson.loads(body)["orgid"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _moment(headers: Headers, name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(headers[name]))
    except (KeyError, ValueError):
        return None
    return moment if moment.tzinfo else None


def _kept(value: str | int) -> str | int:
    return _storable(value) if isinstance(value, str) else value


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL in texts, and a foreign message may have one anywhere."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
