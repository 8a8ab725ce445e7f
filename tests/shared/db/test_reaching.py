"""A migration whose database lets nobody in says so in one sentence, without the password."""

import os
import subprocess
import sys

import pytest

from local.ports import free_ports
from local.postgres import Postgres


@pytest.fixture
def nowhere() -> str:
    [port] = free_ports(1)
    return f"postgresql+asyncpg://owner:a-secret@127.0.0.1:{port}/ficha_contacts"


@pytest.fixture
def unknown_role(postgres: Postgres) -> str:
    url = postgres.url.set(drivername="postgresql+asyncpg", username="nobody_known", password="a-secret")
    return url.render_as_string(hide_password=False)


@pytest.fixture
def unknown_database(postgres: Postgres) -> str:
    url = postgres.url.set(drivername="postgresql+asyncpg", password="a-secret", database="none")
    return url.render_as_string(hide_password=False)


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("nowhere", "Connect call failed"),
        ("unknown_role", 'role "nobody_known" does not exist'),
        ("unknown_database", 'database "none" does not exist'),
    ],
)
def test_a_database_that_lets_nobody_in_is_said(request: pytest.FixtureRequest, where: str, reason: str) -> None:
    url = request.getfixturevalue(where)
    environment = {**os.environ, "CONTACTS_DATABASE_URL": url, "CONTACTS_MIGRATE_URL": url}
    command = [sys.executable, "-m", "contacts", "migrate"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    [said] = done.stderr.splitlines()
    assert said.startswith("CONTACTS_MIGRATE_URL: the database lets nobody in: ")
    assert reason in said
    assert "a-secret" not in said
