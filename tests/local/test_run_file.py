"""What a running Ficha tells the other commands of its machine, and what they say when there is none."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import SecretStr

from local.errors import CannotStart
from local.home import Home
from local.run_file import find_running, published
from local.wiring import SERVICES, Endpoints
from shared.db.provision import Provisioned
from shared.rebuild.errors import CannotRebuild
from shared.settings import ServiceSettings

ENDPOINTS = Endpoints(
    databases={
        service: Provisioned(f"postgresql+asyncpg://{service}_owner@/", f"postgresql+asyncpg://{service}@/")
        for service in SERVICES
    },
    ports={service: 20_000 + number for number, service in enumerate(SERVICES)},
    s3_endpoint="127.0.0.1:1",
    s3_access_key="access",
    s3_secret_key="secret",
    amqp_url="amqp://guest:guest@127.0.0.1:2/",
)


def test_it_is_found_while_it_runs_and_by_nobody_but_its_user(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    with pytest.raises(CannotStart, match="No Ficha is running"):
        find_running(folder)
    with Home(folder) as home:
        with pytest.raises(CannotStart, match="still starting"):
            find_running(folder)
        with published(home, ENDPOINTS):
            found, endpoints = find_running(folder)
            assert endpoints == ENDPOINTS
            assert found.keys_of("contacts") == home.keys_of("contacts")
            assert [path.stat().st_mode & 0o077 for path in folder.glob("*.json")] == [0, 0]
    with pytest.raises(CannotStart, match="No Ficha is running"):
        find_running(folder)


def test_a_home_made_before_a_service_signed_gets_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    with Home(tmp_path):
        secrets = json.loads(path.read_text())
    kept = dict(secrets["identity"])
    del secrets["identity"]["contacts"]
    path.write_text(json.dumps(secrets))
    with Home(tmp_path) as home:
        assert all(home.keys_of("contacts"))
    assert json.loads(path.read_text())["identity"] == {**kept, "contacts": list(home.keys_of("contacts"))}


def test_a_service_that_keeps_no_copies_says_so() -> None:
    program = import_module("gateway.__main__").PROGRAM
    settings = ServiceSettings(database_url=SecretStr("postgresql+asyncpg:///unused"))
    with pytest.raises(CannotRebuild, match="gateway keeps no replicas"):
        program.rebuild(settings, source="auto", say=print)
