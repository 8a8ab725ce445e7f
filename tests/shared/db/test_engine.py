"""An engine towards a database that does not answer."""

import asyncio

import pytest
from sqlalchemy import text

from local.postgres import Postgres
from shared.db import engine as engine_module
from shared.db.engine import NoAnswer, create_engine, is_away


async def test_a_statement_that_nobody_answers_ends_and_the_next_one_is_answered(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "ANSWER_SECONDS", 0.5)
    url = postgres.url.set(drivername="postgresql+asyncpg").render_as_string()
    engine = create_engine(url, application="test", pool_size=1)
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    await asyncio.to_thread(postgres.pause)
    try:
        with pytest.raises(NoAnswer) as caught:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 2"))
    finally:
        await asyncio.to_thread(postgres.resume)
    assert is_away(caught.value)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT 3")) == 3
    await engine.dispose()


async def test_a_timeout_of_somebody_else_does_not_blame_the_database() -> None:
    assert not is_away(TimeoutError())
