"""The engine: asyncpg under SQLAlchemy, with limits that keep one slow statement from starving the rest."""

from typing import Any

import orjson
from sqlalchemy import ExceptionContext, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

ANSWER_SECONDS = 40.0
"""How long an answer is waited for: longer than any statement may take, so nobody is there who could give it."""


class NoAnswer(OSError):
    """The database, or the way to it, swallowed a statement; whether it was executed is unknown."""


def create_engine(url: str, *, application: str, pool_size: int = 10) -> AsyncEngine:
    """`application` shows in pg_stat_activity. Statements end after 30 s, idle transactions after 60 s.

    What is executed raises SQLAlchemy's errors, and NoAnswer.
    """
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=False,
        pool_recycle=1800,
        # Errors end in logs and in dead letters' headers; what people wrote does not belong there.
        hide_parameters=True,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": 10,
            "command_timeout": ANSWER_SECONDS,
            "server_settings": {
                "application_name": application,
                "statement_timeout": "30000",
                "idle_in_transaction_session_timeout": "60000",
                # The planner's JIT costs more than any statement here takes.
                "jit": "off",
                "timezone": "UTC",
            },
        },
    )
    event.listen(engine.sync_engine, "handle_error", _name_silence)
    return engine


def is_away(error: BaseException) -> bool:
    """Whether the error says that the database cannot be reached, whatever was asked of it."""
    if isinstance(error, DBAPIError):
        sqlstate = str(getattr(error.orig, "sqlstate", "") or "")
        # 08: connection lost; 57P: shutting down, crashed or starting. 57014 is a statement that took too long.
        return error.connection_invalidated or sqlstate.startswith(("08", "57P"))
    return isinstance(error, PoolTimeout | NoAnswer)


def _name_silence(context: ExceptionContext) -> None:
    if isinstance(context.original_exception, TimeoutError):
        raise NoAnswer("the database gives no answer") from context.original_exception


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
