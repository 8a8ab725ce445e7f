"""The schema moves on under traffic: the process that was there before and the one after it answer side by side."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import text

from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.db.provision import provision
from shared.db.session import Database
from shared.identifiers import new_id
from tests.support.identity import bearer
from tests.support.postgres import Databases
from tests.support.process import started
from tests.support.waiting import until_now

BEFORE = "c001"
FILLED = """ALTER TABLE contact
    ALTER search SET DEFAULT 'cliente', ALTER sort_name SET DEFAULT 'cliente', ADD COLUMN tax_id_type text"""
"""The process that was there before, for which today's stands in, wrote the first two itself; now the database does.
The last it did not know."""


async def test_nobody_is_refused_while_the_schema_and_then_the_process_is_replaced(
    databases: Databases, tmp_path: Path
) -> None:
    urls = await provision(databases.server.url, "contacts", database="upgraded")
    await asyncio.to_thread(upgrade, "contacts", urls.migrate_url, revision=BEFORE)
    owner = Database(create_engine(urls.migrate_url, application="test", pool_size=1))
    async with owner.opened() as session:
        await session.execute(text(FILLED))
    await owner.close()
    await asyncio.to_thread(replace, urls.migrate_url, {"DATABASE_URL": urls.database_url}, tmp_path)


def replace(migrate_url: str, values: dict[str, str], folder: Path) -> None:
    http = ("--only", "http")
    with started("contacts", values, folder, options=http) as old, traffic(old.url) as at_old:
        until_now(lambda: at_old() > 20, what="writes before it")
        seen = at_old()
        upgrade("contacts", migrate_url)
        until_now(lambda: at_old() > seen + 20, what="writes of the old process with the new schema")
        with started("contacts", values, folder, options=http) as new, traffic(new.url) as at_new:
            seen = at_old()
            until_now(lambda: at_new() > 20 and at_old() > seen + 20, within=30, what="writes of both")


@contextmanager
def traffic(url: str) -> Iterator[Callable[[], int]]:
    """A client that creates a contact, reads and changes it, over and over; gives how many so far."""
    done, stop, failures = 0, threading.Event(), list[str]()

    def go() -> None:
        nonlocal done
        with httpx.Client(base_url=url, headers={"Authorization": bearer("contacts", new_id())}, timeout=30) as client:
            while not stop.is_set() and not failures:
                made = client.post("/api/v1/contacts", json={"kind": "company", "name": "Cliente"})
                path = f"/api/v1/contacts/{made.json().get('id')}"
                changed = client.patch(path, json={"name": "Otro"}, headers={"If-Match": made.headers.get("etag", "")})
                read = client.get(path)
                failures.extend(
                    f"{answer.status_code}: {answer.text[:300]}"
                    for answer, expected in ((made, 201), (changed, 200), (read, 200))
                    if answer.status_code != expected
                )
                done += 1

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield lambda: done
    finally:
        stop.set()
        thread.join()
    assert failures == []


async def test_tax_ids_from_before_are_told_apart(databases: Databases) -> None:
    urls = await provision(databases.server.url, "contacts", database="told_apart")
    await asyncio.to_thread(upgrade, "contacts", urls.migrate_url, revision="c004")
    owner = Database(create_engine(urls.migrate_url, application="test", pool_size=1))
    home, abroad = new_id(), new_id()
    cards = [
        (home, None, "B85955367", "nif"),
        (home, "PT", "PT501964843", "vat"),
        (home, "PT", "501964843", "other"),
        (home, "ES", "DE136695976", "vat"),
        (abroad, None, "94-2404110", "other"),
        (abroad, "ES", "12345678Z", "nif"),
        (abroad, None, None, None),
    ]
    async with owner.opened() as session:
        for org_id, country in ((home, "ES"), (abroad, "US")):
            await session.execute(text(SET_ORG), {"org_id": str(org_id)})
            await session.execute(text(ORGANIZATION), {"org_id": org_id, "country": country})
        for org_id, place, tax_id, _ in cards:
            values = {"org_id": org_id, "id": new_id(), "tax_id": tax_id, "country": place}
            await session.execute(text(CONTACT), values)
    await asyncio.to_thread(upgrade, "contacts", urls.migrate_url)
    async with owner.opened() as session:
        rows = await session.execute(text("SELECT tax_id, tax_id_type FROM contact"))
        assert {tuple(row) for row in rows} == {(tax_id, kind) for _, _, tax_id, kind in cards}
    await owner.close()


SET_ORG = "SELECT set_config('app.org_id', :org_id, true)"
ORGANIZATION = "INSERT INTO organization (org_id, version, country) VALUES (:org_id, 1, :country)"
CONTACT = """INSERT INTO contact (org_id, id, version, created_at, updated_at, kind, name, roles, tax_id, emails,
        phones, billing_address, shipping_addresses, bank_accounts, defaults, tags, custom_fields)
    VALUES (:org_id, :id, 1, now(), now(), 'company', 'Acme', '{}', :tax_id, '{}', '{}',
        jsonb_build_object('country', CAST(:country AS text)), '[]', '[]', '{}', '{}', '{}')"""


async def test_companies_from_before_are_found_by_their_people(databases: Databases) -> None:
    urls = await provision(databases.server.url, "contacts", database="found_by_people")
    await asyncio.to_thread(upgrade, "contacts", urls.migrate_url, revision="c005")
    owner = Database(create_engine(urls.migrate_url, application="test", pool_size=1))
    org_id, company, alone, person = (new_id() for _ in range(4))
    async with owner.opened() as session:
        await session.execute(text(SET_ORG), {"org_id": str(org_id)})
        for contact_id, kind, name in (
            (company, "company", "Acme"),
            (alone, "company", "Zeta"),
            (person, "person", "Ana Núñez"),
        ):
            values = {"org_id": org_id, "id": contact_id, "kind": kind, "name": name}
            await session.execute(text(NAMED), values)
        await session.execute(text(LINK), {"org_id": org_id, "id": new_id(), "company": company, "person": person})
    await asyncio.to_thread(upgrade, "contacts", urls.migrate_url)
    async with owner.opened() as session:
        found = await session.execute(text("SELECT name FROM contact WHERE search LIKE '%nunez%' ORDER BY name"))
        assert list(found.scalars()) == ["Acme", "Ana Núñez"]
    await owner.close()


NAMED = """INSERT INTO contact (org_id, id, version, created_at, updated_at, kind, name, roles, emails, phones,
        shipping_addresses, bank_accounts, defaults, tags, custom_fields)
    VALUES (:org_id, :id, 1, now(), now(), :kind, :name, '{}', '{}', '{}', '[]', '[]', '{}', '{}', '{}')"""
LINK = """INSERT INTO person_link (org_id, id, version, created_at, updated_at, company_id, person_id, is_primary,
        send_copies)
    VALUES (:org_id, :id, 1, now(), now(), :company, :person, true, false)"""
