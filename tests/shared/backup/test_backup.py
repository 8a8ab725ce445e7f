"""One service's backup and its way back: all of it or nothing, and a word why."""

import asyncio
import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shared.backup.command import backup, restore
from shared.backup.errors import BackupFailed
from shared.backup.manifest import DATABASE, read_manifest
from shared.backup.objects import Kept
from shared.backup.postgres import Server
from shared.db.migrate import upgrade
from shared.db.provision import provision
from shared.identifiers import new_id
from tests.support.postgres import Databases

SERVICE = "contacts"
CONTENT = b"acta de la junta" * 1000


class Objects:
    """An object storage that keeps what it is given, and gives what it has."""

    def __init__(self, **kept: bytes) -> None:
        self.kept = kept
        self.listing = [Kept(key, len(content), hashlib.sha256(content).hexdigest()) for key, content in kept.items()]

    async def listed(self, _: asyncpg.Connection) -> Sequence[Kept]:
        return self.listing

    async def fetch(self, kept: Kept) -> AsyncIterator[bytes]:
        async def chunks() -> AsyncIterator[bytes]:
            yield self.kept[kept.key]

        return chunks()

    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        self.kept[key] = b"".join([chunk async for chunk in chunks])

    def close(self) -> None:
        return


class Place:
    """A migrated database whose rows its owner does not see: asked as the superuser, restored as the owner."""

    def __init__(self, admin: str, owner: str) -> None:
        self.admin, self.owner = admin, owner

    async def ask(self, statement: str) -> list[Any]:
        connection = await asyncpg.connect(self.admin)
        try:
            return [row[0] for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    async def add(self, country: str) -> None:
        await self.ask(
            f"INSERT INTO organization (org_id, version, country) VALUES (gen_random_uuid(), 1, '{country}')"
        )

    async def countries(self) -> list[str]:
        return await self.ask("SELECT country FROM organization ORDER BY country")

    async def save(self, folder: Path, objects: Objects | None = None) -> None:
        await backup(SERVICE, Server(self.admin), objects, folder, say=print)

    async def bring_back(
        self, folder: Path, objects: Objects | None = None, *, replace: bool = True, afterwards: Sequence[str] = ()
    ) -> None:
        owner = Server(self.owner)
        await restore(SERVICE, owner, objects, folder, afterwards=afterwards, replace=replace, say=print)


@pytest.fixture
async def place(databases: Databases) -> Place:
    name = f"saved_{new_id().hex[-10:]}"
    urls = await provision(databases.server.url, SERVICE, database=name)
    await asyncio.to_thread(upgrade, SERVICE, urls.migrate_url)
    place = Place(databases.server.url.set(database=name).render_as_string(), urls.migrate_url)
    await place.add("ES")
    return place


async def test_what_was_saved_comes_back_instead_of_what_is_there(place: Place, tmp_path: Path) -> None:
    await place.save(tmp_path / "saved", Objects(acta=CONTENT))
    await place.add("FR")
    empty = Objects()
    await place.bring_back(tmp_path / "saved", empty, afterwards=["UPDATE public.outbox SET attempts = 0"])
    assert await place.countries() == ["ES"]
    assert empty.kept == {"acta": CONTENT}
    held = "SELECT relname FROM pg_class WHERE relname = 'organization' AND relrowsecurity AND relforcerowsecurity"
    assert await place.ask(held) == ["organization"]
    assert await place.ask("SELECT tableowner FROM pg_tables WHERE tablename = 'outbox'") == ["ficha_contacts_owner"]
    may = "SELECT has_table_privilege('ficha_contacts', 'outbox', 'INSERT')"
    assert await place.ask(may) == [True]


async def test_a_database_in_use_or_not_empty_is_not_given_up(place: Place, tmp_path: Path) -> None:
    await place.save(tmp_path / "saved")
    with pytest.raises(BackupFailed, match="not empty"):
        await place.bring_back(tmp_path / "saved", replace=False)
    using = await asyncpg.connect(place.admin)
    with pytest.raises(BackupFailed, match="stop the service first"):
        await place.bring_back(tmp_path / "saved")
    await using.close()


async def test_a_restore_that_fails_has_changed_nothing(place: Place, tmp_path: Path) -> None:
    await place.save(tmp_path / "saved")
    await place.add("FR")
    with pytest.raises(BackupFailed, match="no_such_table"):
        await place.bring_back(tmp_path / "saved", afterwards=["TRUNCATE no_such_table"])
    assert await place.countries() == ["ES", "FR"]


@pytest.mark.parametrize("part", [DATABASE, "objects/acta"])
async def test_a_damaged_backup_is_told_before_anything_is_touched(place: Place, tmp_path: Path, part: str) -> None:
    await place.save(tmp_path / "saved", Objects(acta=CONTENT))
    await place.add("FR")
    path = tmp_path / "saved" / part
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    empty = Objects()
    with pytest.raises(BackupFailed, match="damaged"):
        await place.bring_back(tmp_path / "saved", empty)
    assert (await place.countries(), empty.kept) == (["ES", "FR"], {})


async def test_bytes_that_are_not_those_of_their_row_make_no_backup(place: Place, tmp_path: Path) -> None:
    spoilt = Objects(acta=CONTENT)
    spoilt.kept["acta"] = CONTENT[:-1] + b"?"
    with pytest.raises(BackupFailed, match="not what its row says"):
        await place.save(tmp_path / "saved", spoilt)
    with pytest.raises(BackupFailed, match="no backup"):
        await place.bring_back(tmp_path / "saved")


async def test_a_backup_is_of_one_service_and_never_written_over(place: Place, tmp_path: Path) -> None:
    await place.save(tmp_path / "saved")
    with pytest.raises(BackupFailed, match="there already"):
        await place.save(tmp_path / "saved")
    with pytest.raises(BackupFailed, match="is of contacts, not of crm"):
        read_manifest(tmp_path / "saved", "crm")


async def test_rows_that_are_hidden_from_who_dumps_make_no_backup(
    databases: Databases, place: Place, tmp_path: Path
) -> None:
    with pytest.raises(BackupFailed, match="row-level security"):
        await backup(SERVICE, Server(place.owner), None, tmp_path / "saved", say=print)
