"""The engine: asyncpg under SQLAlchemy, with limits that keep one slow statement from starving the rest."""

from typing import Any

import orjson
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def create_engine(url: str, *, application: str, pool_size: int = 10) -> AsyncEngine:
    """`application` shows in pg_stat_activity. Statements end after 30 s, idle transactions after 60 s."""
    return create_async_engine(
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


def is_away(error: BaseException) -> bool:
    """Whether the error says that the database cannot be reached, whatever was asked of it."""
    if isinstance(error, DBAPIError):
        sqlstate = str(getattr(error.orig, "sqlstate", "") or "")
        # 08: connection lost; 57P: shutting down, crashed or starting. 57014 is a statement that took too long.
        return error.connection_invalidated or sqlstate.startswith(("08", "57P"))
    return isinstance(error, PoolTimeout)


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
