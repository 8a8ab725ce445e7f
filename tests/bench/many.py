"""Very many contacts, faster than through the API."""

from hashlib import md5

import asyncpg

from local.postgres import Postgres
from tests.support.ficha import Ficha


async def multiply(ficha: Ficha, times: int) -> None:
    """The one contact there is becomes many, each with a word of its own in its name, in the service's own table."""
    url = Postgres(ficha.home / "postgres").url.set(database="ficha_contacts")
    connection = await asyncpg.connect(url.render_as_string())
    try:
        columns = await connection.fetchval(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
            "WHERE table_name = 'contact' AND is_generated = 'NEVER' "
            "AND column_name NOT IN ('id', 'name')"
        )
        await connection.execute(
            f"INSERT INTO contact (id, name, {columns}) "
            f"SELECT uuidv7(), word || name, {columns} "
            "FROM contact, generate_series(1, $1) n, LATERAL (SELECT left(md5(n::text), 8) || ' ' AS word) made",
            times,
        )
        await connection.execute("VACUUM ANALYZE contact")
    finally:
        await connection.close()


def name_of(number: int) -> str:
    return md5(str(number).encode()).hexdigest()[:8]
