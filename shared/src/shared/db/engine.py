"""The engine: asyncpg under SQLAlchemy, with limits that keep one slow statement from starving the rest."""

from typing import Any

import orjson
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


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
