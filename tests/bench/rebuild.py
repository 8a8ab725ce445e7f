"""Rebuilding replicas of contacts from their owner's snapshot: facts a second, and how long handlers had to wait."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from uuid import UUID

import asyncpg
import uvloop
from pydantic import SecretStr

from contacts.config import Settings
from contacts.main import create_app
from local.postgres import Postgres
from shared import logging
from shared.identifiers import new_id
from shared.rebuild.command import rebuild
from shared.settings import Issuer, ServiceSettings
from shared.web.identity import generate_keys
from tests.gateway.peers import serving
from tests.support.organizations import knowing
from tests.support.postgres import Databases

CONTACTS = 5_000
KEEPERS = ("crm", "files")
PRIVATE, PUBLIC = generate_keys()


def main() -> None:
    logging.configure(level="WARNING")
    print(f"\nRebuild: replicas of {CONTACTS:,} contacts of one organisation, made from nothing and then again")
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder) / "pg").start()
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(measure(Databases(server)))
        finally:
            server.stop()


async def measure(databases: Databases) -> None:
    org_id = new_id()
    await add_contacts(databases, org_id)
    async with owning(databases) as contacts, serving(knowing(org_id)) as organizations:
        for service in KEEPERS:
            settings = ServiceSettings(
                database_url=SecretStr((await databases.urls(service)).database_url),
                identity_private_key=SecretStr(PRIVATE),
                owners={"contacts": contacts, "gateway": organizations},
            )
            replicas = import_module(f"{service}.__main__").PROGRAM.replicas
            for what in ("made", "made again"):
                began = time.perf_counter()
                report = await rebuild(service, settings, replicas, source="snapshot", say=silent)
                rate = report.facts / (time.perf_counter() - began)
                print(f"  {service:6} {what:11} {rate:6.0f} facts/s; handlers waited {report.handlers_waited:.2f} s")


def silent(_: str) -> None:
    return


async def add_contacts(databases: Databases, org_id: UUID) -> None:
    """As they would be after so many requests, written in one statement."""
    urls = await databases.urls("contacts")
    connection = await asyncpg.connect(urls.migrate_url.replace("+asyncpg", ""))
    await connection.execute("SELECT set_config('app.org_id', $1, false)", str(org_id))
    await connection.execute(
        """
        INSERT INTO contact (org_id, id, version, created_at, updated_at, kind, name, roles, tax_id, emails, phones,
            billing_address, shipping_addresses, bank_accounts, defaults, tags, custom_fields)
        SELECT $1, id, 1, now(), now(), 'company', 'Cliente ' || n, '{client}', 'B' || n,
            ARRAY['cliente' || n || '@example.com'], '{+34600000000}',
            '{"street": "Gran Vía 1", "city": "Madrid", "country": "ES"}', '[]', '[]', '{"language": "es"}', '{}', '{}'
        FROM unnest($2::uuid[]) WITH ORDINALITY AS made (id, n)
        """,
        org_id,
        [new_id() for _ in range(CONTACTS)],
    )
    await connection.close()


@asynccontextmanager
async def owning(databases: Databases) -> AsyncIterator[str]:
    """Contacts, served in this process: half of the work is its."""
    issuers = {service: Issuer(public_key=PUBLIC, scopes=["contacts:snapshot"]) for service in KEEPERS}
    async with databases.connect("contacts") as database:
        app = create_app(
            Settings(database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=issuers), database
        )
        async with serving(app) as url:
            yield url
