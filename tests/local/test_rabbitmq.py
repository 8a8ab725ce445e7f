"""The private broker: what it leaves alone, what it leaves behind, and what it says when it cannot be had."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from local import distribution
from local import rabbitmq as module
from local.rabbitmq import RabbitMQ, RabbitMQFailed, find_or_install


def test_it_listens_on_loopback_only_and_ends_with_everything_it_started(tmp_path: Path) -> None:
    before = _own_servers()
    broker = RabbitMQ(tmp_path, program=find_or_install()).start()
    try:
        listening = [address for pid in _own_servers() - before for address in _listening(pid)]
        assert listening
        assert set(listening) <= {"127.0.0.1", "::1"}
    finally:
        broker.stop()
    assert _own_servers() == before


def test_a_broker_left_by_a_killed_run_is_ended_by_the_next_on_the_same_folder(tmp_path: Path) -> None:
    killed = (
        "import os; from pathlib import Path; from local.rabbitmq import *\n"
        f"RabbitMQ(Path({str(tmp_path)!r}), program=find_or_install()).start(); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", killed], check=False)
    left = [int((tmp_path / record).read_text().split()[0]) for record in ("rabbitmq.pid", "epmd.pid")]
    assert all(psutil.pid_exists(pid) for pid in left)

    broker = RabbitMQ(tmp_path, program=find_or_install()).start()
    try:
        assert not any(psutil.pid_exists(pid) for pid in left)
    finally:
        broker.stop()


def test_a_start_that_fails_shows_the_servers_own_words(tmp_path: Path) -> None:
    program = tmp_path / "rabbitmq-server"
    program.write_text("#!/bin/sh\necho 'no such luck'\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(RabbitMQFailed, match="no such luck"):
        RabbitMQ(tmp_path / "data", program=program).start()


def test_a_machine_without_any_way_to_run_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROGRAMS", ())
    monkeypatch.setattr(distribution, "_ADMINISTRATORS", ())
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("FICHA_RABBITMQ", raising=False)
    with pytest.raises(RabbitMQFailed, match="apt-get install rabbitmq-server"):
        find_or_install()


def _own_servers() -> set[int]:
    """Brokers and port mappers that belong to this process."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if child.name() in ("beam.smp", "epmd") and child.status() != psutil.STATUS_ZOMBIE:
                found.add(child.pid)
    return found


def _listening(pid: int) -> list[str]:
    """Addresses. The broker's commands are Erlang too: one that has just ended listens nowhere."""
    with suppress(psutil.NoSuchProcess):
        return [found.laddr.ip for found in psutil.Process(pid).net_connections() if found.status == "LISTEN"]
    return []
