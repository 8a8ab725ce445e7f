"""Every step of every history, after the first, lets the code before it go on: expand now, contract a release later."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event

from shared.db.migrate import migrations_of, upgrade
from shared.db.provision import provision
from tests.architecture.test_tenancy import SERVICES
from tests.support.postgres import Databases

TASTE = (
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
)
"""Rules about how a table is written, not about who goes on while it changes."""
SET_BY_US = ("require-lock-timeout", "require-statement-timeout")
"""`upgrade` limits how long a lock is waited for."""


@pytest.mark.parametrize("service", SERVICES)
async def test_no_step_takes_away_what_the_code_before_it_uses(databases: Databases, service: str) -> None:
    urls = await provision(databases.server.url, service, database=f"steps_{service}")
    first, *steps = reversed(list(ScriptDirectory.from_config(migrations_of(service)).walk_revisions()))
    await asyncio.to_thread(upgrade, service, urls.migrate_url, revision=first.revision)
    for step in steps:
        with executed() as statements:
            await asyncio.to_thread(upgrade, service, urls.migrate_url, revision=step.revision)
        assert any(statements)
        together, alone = statements
        assert complaints(";\n".join(together)) == [], step.path
        assert complaints(";\n".join(alone), "--no-assume-in-transaction") == [], step.path


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("ALTER TABLE contact DROP COLUMN name", "ban-drop-column"),
        ("ALTER TABLE contact RENAME COLUMN name TO title", "renaming-column"),
        ("ALTER TABLE contact ADD COLUMN rank integer NOT NULL", "adding-required-field"),
        ("ALTER TABLE contact ALTER COLUMN rank TYPE text", "changing-column-type"),
        ("CREATE INDEX ix_contact_rank ON contact (rank)", "require-concurrent-index-creation"),
    ],
)
def test_a_step_that_does_is_told(statement: str, rule: str) -> None:
    assert complaints(statement) == [rule]


def complaints(script: str, transaction: str = "--assume-in-transaction") -> list[str]:
    found = subprocess.run(
        [
            str(Path(sys.executable).with_name("squawk")),
            *("--pg-version=18", transaction, "--reporter=json", "--stdin-filepath=step.sql"),
            f"--exclude={','.join((*TASTE, *SET_BY_US))}",
        ],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode in (0, 1), found.stderr
    return [complaint["rule_name"] for complaint in json.loads(found.stdout)]


@contextmanager
def executed() -> Iterator[tuple[list[str], list[str]]]:
    """What is executed meanwhile in a transaction, and what in none, without Alembic's own bookkeeping."""
    statements: tuple[list[str], list[str]] = [], []

    def listen(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if "alembic_version" not in statement and not statement.lstrip().upper().startswith("SELECT"):
            autocommit = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
            statements[autocommit].append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
