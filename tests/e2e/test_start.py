"""Starting and stopping: clear sentences when it cannot start, nothing left behind, data there next time."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.ficha import Ficha, started


def attempt(folder: Path, **environment: str) -> str:
    """What `ficha run` says when it refuses to start."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ficha")), "run"],
        env={**os.environ, "FICHA_HOME": str(folder), "FICHA_DEMO": "0", "FICHA_PORT": "18999", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = attempt(tmp_path / "home", FICHA_PORT=port)
    assert f"Port {port} cannot be used" in said
    assert "FICHA_PORT" in said


@pytest.mark.parametrize("port", ["0", "70000", "eighty"])
def test_a_port_that_is_none_is_named(tmp_path: Path, port: str) -> None:
    assert repr(port) in attempt(tmp_path / "home", FICHA_PORT=port)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FICHA_LOG_LEVEL", "loud", "FICHA_LOG_LEVEL is 'loud'; it takes DEBUG"),
        ("FICHA_DEMO", "yes", "FICHA_DEMO is 'yes'; it takes 0, 1 or recent"),
        ("FICHA_S3_ENDPOINT", "127.0.0.1:1", "FICHA_S3_ACCESS_KEY is not set"),
        ("FICHA_DATABASE_URL", "nonsense", "FICHA_DATABASE_URL cannot be used"),
        ("FICHA_DATABASE_URL", "postgresql://u:p@127.0.0.1:1/x", "The database server cannot be used"),
    ],
)
def test_a_setting_that_cannot_work_is_named(tmp_path: Path, name: str, value: str, said: str) -> None:
    assert said in attempt(tmp_path / "home", **{name: value})


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    assert f"{tmp_path / 'home'} cannot be used" in attempt(tmp_path / "home")


def test_damaged_secrets_are_named(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    assert f"{tmp_path / 'secrets.json'} is damaged" in attempt(tmp_path)


def test_a_damaged_database_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18\n")
    assert f"PostgreSQL did not start in {tmp_path / 'postgres'}" in attempt(tmp_path)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_stops_whole_and_its_data_is_there_next_time(tmp_path: Path, how: signal.Signals) -> None:
    with started("run", tmp_path, demo="0", stop_with=how) as ficha:
        family = ficha.process.children(recursive=True)
        assert {"postgres", "weed"} <= {process.name() for process in family}
        assert readable_by_others(ficha.home) == []
        assert "Another Ficha is running" in attempt(ficha.home)
        contact = make_contact(ficha)
    assert not [process for process in family if process.is_running()]
    with started("run", tmp_path, demo="0") as ficha, closing(ficha.client()) as client:
        assert client.get(f"/api/v1/contacts/{contact}").json()["name"] == "Perenne, S.L."


def readable_by_others(folder: Path) -> list[Path]:
    """What other accounts of this machine could list or read: mails, objects, logs, secrets, the database itself."""
    found = [folder] if folder.stat().st_mode & 0o044 else []
    for path in folder.iterdir():
        if path.is_dir():
            # Into a closed folder nobody gets, whatever the modes of what is in it.
            found += readable_by_others(path) if path.stat().st_mode & 0o055 else []
        elif path.is_file() and path.stat().st_mode & 0o044:
            found.append(path)
    return found


def make_contact(ficha: Ficha) -> str:
    with closing(ficha.client()) as client:
        made = client.post("/api/v1/contacts", json={"kind": "company", "name": "Perenne, S.L."})
    return str(made.json()["id"])
