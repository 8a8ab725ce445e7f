"""What PostgreSQL plans for what a use case really asks."""

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engine import create_engine
from shared.db.session import Database
from shared.db.tenancy import Scope
from tests.support.postgres import Databases


async def analyze(databases: Databases, service: str, *tables: str) -> None:
    """As their owner: planning goes by what is known of them."""
    owner = Database(create_engine((await databases.urls(service)).migrate_url, application="test", pool_size=1))
    async with owner.engine.connect() as raw:
        connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
        for table in tables:
            await connection.execute(text(f"VACUUM ANALYZE {table}"))
    await owner.close()


async def plan_of(database: Database, scope: Scope, ask: Callable[[AsyncSession], Awaitable[object]]) -> list[str]:
    """The plan, line by line, of the last statement that `ask` executes."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    engine = database.engine.sync_engine
    async with database.transaction(scope) as session:
        event.listen(engine, "before_cursor_execute", note)
        try:
            await ask(session)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        statement, parameters = asked[-1]
        rows = await (await session.connection()).exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return list(rows.scalars())


def condition_on(index: str, plan: list[str]) -> str:
    """What is asked of the index itself, not of the rows it leads to; empty when it is not used."""
    for node, condition in pairwise(plan):
        if f" on {index} " in node and "Index Cond:" in condition:
            return condition
    return ""
