"""What a consumer gave up on: kept in its own database, whichever transport it came by, until somebody decides.

Replaying hands the body to the consumer again, past the broker; the inbox makes that harmless to repeat.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import orjson
import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.bus.consumer import Consumer, DatabaseAway, Done, attempts_of
from shared.bus.message import Headers, Message
from shared.bus.topology import FIRST_FAILURE, HANDLER, LAST_FAILURE, REASON
from shared.db.base import utc_now
from shared.db.infrastructure import dead_letter, dead_letter_action

logger = structlog.get_logger("dead_letters")

DEAD, REPLAYING, REPLAYED, DISCARDED = "dead", "replaying", "replayed", "discarded"
KEPT = timedelta(days=35)
"""How long one that was settled is still shown; one that was not is kept for ever."""
_POLL_SECONDS = 1.0
_AT_ONCE = 50
_MOST_CAUSE = 200
_SETTLED_BY_BROKER = "delivered more often than the queue allows, without ever being settled"
_PARTICULARS = (
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE), "<id>"),
    (re.compile(r"'[^']*'|\"[^\"]*\""), "<text>"),
    (re.compile(r"\d+"), "<n>"),
)


def cause_of(handler: str, reason: str) -> str:
    """The reason without what differs from case to case: ids, quoted texts, numbers."""
    for particular, placeholder in _PARTICULARS:
        reason = particular.sub(placeholder, reason)
    return f"{handler}: {reason}"[:_MOST_CAUSE]


async def bury(consumer: Consumer, messages: Sequence[Message]) -> None:
    """Keep them, in one transaction; one that is there already, settled or not, is dead again as of now.

    Call it before the transport lets go of them. Raises SQLAlchemyError or OSError when the database is away.
    """
    if not messages:
        return
    rows = {message.event_id: _row(consumer.service, message) for message in messages}
    statement = upsert(dead_letter).values(list(rows.values()))
    new = statement.excluded
    changed = {name: new[name] for name in ("headers", "cause", "reason", "handler", "attempts", "last_failed_at")}
    async with consumer.database.engine.begin() as connection:
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["consumer", "event_id"],
                set_={**changed, "status": DEAD},
                # The same burial again, because its confirmation got lost: what was decided since then stands.
                where=new.last_failed_at > dead_letter.c.last_failed_at,
            )
        )


class Redelivery:
    """The job that replays what somebody asked to be replayed: each gets one try."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. A database that goes away is waited for."""
        while not stop.is_set():
            try:
                await self.replay_asked()
            except (DatabaseAway, SQLAlchemyError, OSError) as error:
                logger.warning("dead_letters_not_reached", consumer=self._consumer.service, error=str(error))
            try:
                await asyncio.wait_for(stop.wait(), _POLL_SECONDS)
            except TimeoutError:
                continue

    async def replay_asked(self) -> None:
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
        failed = [
            Message(message.event_id, message.name, message.body, verdict.headers)
            for message, verdict in zip(messages, verdicts, strict=True)
            if not isinstance(verdict, Done)
        ]
        await bury(self._consumer, failed)
        handled = [m.event_id for m, verdict in zip(messages, verdicts, strict=True) if isinstance(verdict, Done)]
        if handled:
            async with self._consumer.database.engine.begin() as connection:
                await settle(connection, self._consumer.service, handled, REPLAYED, actor="system", reason="")


async def settle(
    connection: AsyncConnection, consumer: str, event_ids: Sequence[UUID], status: str, *, actor: str, reason: str
) -> None:
    """Give them the new status, and write down who wanted it and why."""
    mine = (dead_letter.c.consumer == consumer) & dead_letter.c.event_id.in_(event_ids)
    await connection.execute(update(dead_letter).where(mine).values(status=status))
    await connection.execute(
        insert(dead_letter_action),
        [
            {
                "consumer": consumer,
                "event_id": event_id,
                "at": utc_now(),
                "actor": actor,
                "action": status,
                "reason": reason,
            }
            for event_id in event_ids
        ],
    )


async def forget_old(engine: AsyncEngine) -> None:
    settled = dead_letter.c.status.in_((REPLAYED, DISCARDED))
    async with engine.begin() as connection:
        await connection.execute(delete(dead_letter).where(settled, dead_letter.c.last_failed_at < utc_now() - KEPT))


def _row(consumer: str, message: Message) -> dict[str, object]:
    headers = message.headers
    reason = _storable(str(headers.get(REASON, _SETTLED_BY_BROKER)))
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
