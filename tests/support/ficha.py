"""A whole Ficha, started as its user starts it, on free ports and a folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
import psutil
import pytest

from shared.web.identity import generate_keys
from tests.support.waiting import until_now

Demo = Literal["1", "recent", "0"]
"""As FICHA_DEMO."""
_LOADED = "Press Ctrl-C to stop."
_START_SECONDS = 420
_BEHIND_THE_GATEWAY = ("CONTACTS", "DOCUMENTS", "CRM", "FILES", "PORTAL", "NOTIFICATIONS")


@dataclass(frozen=True, slots=True)
class Ficha:
    """`mode` is `run` (one process, in-memory bus) or `stack` (a process per service, RabbitMQ)."""

    mode: str
    url: str
    home: Path
    process: psutil.Process

    @property
    def password(self) -> str:
        return str(json.loads((self.home / "secrets.json").read_text())["admin_password"])

    @property
    def output(self) -> str:
        return (self.home.parent / "output.txt").read_text(errors="replace")

    def client(self) -> httpx.Client:
        """Logged in as the administrator."""
        client = httpx.Client(base_url=self.url, timeout=30)
        answer = client.post("/api/v1/session", json={"email": "admin@ficha.localhost", "password": self.password})
        assert answer.status_code == 201, answer.text
        return client

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        """`ficha …` on this machine, beside the running one. Its output is one text."""
        return subprocess.Popen(
            [str(Path(sys.executable).with_name("ficha")), *arguments],
            env={**os.environ, "FICHA_HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def service(self, name: str) -> psutil.Process:
        """The process of one service; only a stack has them."""
        return psutil.Process(int((self.home / "logs" / f"{name}.pid").read_text()))

    def database_url(self, service: str) -> str:
        """As the service itself connects."""
        return f"postgresql+asyncpg://ficha_{service}@/ficha_{service}?host={self.home / 'postgres'}"

    def add_organization(self, name: str, email: str, password: str) -> httpx.Client:
        """A second tenant, made the way an operator makes one: a gateway started with its name. Logged in."""
        places = {
            "DATABASE_URL": self.database_url("gateway"),
            "IDENTITY_PRIVATE_KEY": generate_keys()[0],
            **{f"{service}_URL": "http://127.0.0.1:9" for service in _BEHIND_THE_GATEWAY},
            "PUBLIC_URL": self.url,
            "PORT": "0",
            "BOOTSTRAP_ORGANIZATION": name,
            "BOOTSTRAP_EMAIL": email,
            "BOOTSTRAP_PASSWORD": password,
        }
        environment = {**os.environ, **{f"GATEWAY_{key}": value for key, value in places.items()}}
        gateway = subprocess.Popen([sys.executable, "-m", "gateway", "--only", "http"], env=environment)
        client = httpx.Client(base_url=self.url, timeout=30)
        try:
            until_now(
                lambda: client.post("/api/v1/session", json={"email": email, "password": password}).status_code == 201,
                within=30,
                every=1,  # gently: the gateway slows down who tries too often
                what=f"the login of {email}",
            )
        finally:
            gateway.terminate()
            gateway.wait()
        return client

    @contextmanager
    def without(self, service: str) -> Iterator[None]:
        """One service of the stack dead, and its supervisor not looking; afterwards it starts it again."""
        self.process.suspend()
        try:
            self.service(service).kill()
            yield
        finally:
            self.process.resume()


@contextmanager
def started(
    mode: str,
    folder: Path,
    *,
    demo: Demo = "1",
    stop_with: signal.Signals = signal.SIGTERM,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Ficha]:
    """`ficha run|stack`, up and its demo data loaded. Stopped like a user would, by a signal.

    `settings` go into its environment as they are.
    """
    home = folder / "home"
    port = _free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("FICHA_")},
        "FICHA_HOME": str(home),
        "FICHA_PORT": str(port),
        "FICHA_DEMO": demo,
        # Where tests listen to webhooks.
        "FICHA_WEBHOOK_PRIVATE_HOSTS": "127.0.0.1",
        # One login serves a whole file of tests, however slow the machine.
        "FICHA_CONFIRMATION_MINUTES": "600",
        **(settings or {}),
    }
    with (folder / "output.txt").open("wb") as output:
        child = subprocess.Popen(
            [str(Path(sys.executable).with_name("ficha")), mode],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    ficha = Ficha(mode, f"http://127.0.0.1:{port}", home, psutil.Process(child.pid))
    try:
        _wait_until_loaded(ficha, child)
        yield ficha
    finally:
        child.send_signal(stop_with)
        assert child.wait(60) == 0, ficha.output[-3000:]


@pytest.fixture(scope="session", params=["run", "stack"])
def ficha(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ficha]:
    """The same journeys, in one process with all demo data and as a stack with the recent."""
    demo: Demo = "recent" if request.param == "stack" else "1"
    with started(request.param, tmp_path_factory.mktemp(request.param), demo=demo) as ficha:
        yield ficha


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ficha]:
    """A stack of its own, without demo data, for tests that break things."""
    with started("stack", tmp_path_factory.mktemp("broken"), demo="0") as ficha:
        yield ficha


def _wait_until_loaded(ficha: Ficha, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while _LOADED not in ficha.output:
        if child.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"ficha {ficha.mode} did not get ready:\n{ficha.output[-4000:]}")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
