"""A private RabbitMQ: its own ports, node name, cookie and data folder, on loopback only.

Runs the installed program directly (the distribution's wrapper insists on a user and a home of its
own); where there is none it is installed, or a container takes its place.
"""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, Self

from local.child import Child
from local.distribution import NotInstalled, can_install, environment, find, install
from local.ports import free_ports

IMAGE = "rabbitmq:4"
PROGRAMS = (
    Path("/usr/lib/rabbitmq/bin/rabbitmq-server"),
    Path("/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server"),
    Path("/usr/local/opt/rabbitmq/sbin/rabbitmq-server"),
)
_EPMD = (
    Path("/usr/lib/erlang/bin/epmd"),
    Path("/usr/local/lib/erlang/bin/epmd"),
    Path("/opt/homebrew/bin/epmd"),
)
_LOOPBACK_ONLY = "-kernel inet_dist_use_interface {127,0,0,1}"
_DEAD_LETTERS_AGAIN = "-rabbit dead_letter_worker_publisher_confirm_timeout 3000"
"""So often (ms) the broker tries to place a dead letter that finds no queue; by default every three minutes."""
_STOP_SECONDS = 30


class RabbitMQFailed(Exception):
    """It is not installed and cannot be, or it did not start; the message says which and why."""


class _Broker(Protocol):
    """One way of running it."""

    def start(self) -> None: ...
    def wait_until(self, ready: Callable[[], bool], *, within: float) -> bool: ...
    def stop(self, *, within: float) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def last_words(self) -> str: ...
    def control(self, *arguments: str) -> str: ...


class RabbitMQ:
    """`program` is the installed server, or None for a container: what `find_or_install` answers."""

    start_seconds = 90.0
    """How long it may take to start."""

    def __init__(self, folder: Path, *, program: Path | None) -> None:
        self.port, epmd_port, distribution_port = free_ports(3)
        folder = folder.resolve()
        self._broker: _Broker = (
            _Alone(folder, program, Epmd(folder, epmd_port), port=self.port, distribution_port=distribution_port)
            if program
            else _Container(folder, self.port)
        )

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def start(self) -> Self:
        """Returns once it takes AMQP connections; on the same port every time. Raises RabbitMQFailed."""
        self._broker.start()
        if not self._broker.wait_until(self._speaks_amqp, within=self.start_seconds):
            tail = self._broker.last_words()
            self.stop()
            raise RabbitMQFailed(f"RabbitMQ did not start:\n{tail}")
        return self

    def stop(self) -> None:
        self._broker.stop(within=_STOP_SECONDS)

    def kill(self) -> None:
        """As a crash would. `start` brings it back, with what it had on disk."""
        self._broker.kill()

    def pause(self) -> None:
        """Alive for the kernel, dead for its clients, until `resume`."""
        self._broker.pause()

    def resume(self) -> None:
        self._broker.resume()

    def control(self, *arguments: str) -> str:
        """What `rabbitmqctl` answers. Raises RabbitMQFailed."""
        return self._broker.control(*arguments)

    def _speaks_amqp(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"  # the frame of Connection.Start
        except OSError:
            return False


class Epmd:
    """Erlang's port mapper: nodes that share one find each other, and no others."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self._folder = folder
        self._child = Child(folder, "epmd")

    def start(self) -> None:
        if not self._child.running:
            self._child.start(
                [str(_epmd()), "-address", "127.0.0.1", "-port", str(self.port)],
                environment={"PATH": environment()["PATH"]},
                folder=self._folder,
            )

    def stop(self, *, within: float) -> None:
        self._child.stop(within=within)

    def kill(self) -> None:
        self._child.kill()


class Node:
    """The installed program, with its home in `folder`. `settings` are lines for its rabbitmq.conf."""

    def __init__(
        self,
        folder: Path,
        program: Path,
        epmd: Epmd,
        *,
        port: int,
        distribution_port: int,
        name: str = "ficha@localhost",
        settings: Sequence[str] = (),
    ) -> None:
        self._folder = folder
        self._program = program
        self._epmd = epmd
        self._settings = settings
        self._server = Child(folder, "rabbitmq")
        self._environment = {
            "PATH": environment()["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(epmd.port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": name,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{_LOOPBACK_ONLY} {_DEAD_LETTERS_AGAIN}",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "node.pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            # The script then becomes the server instead of watching it: the pid we know is the server's.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "enabled_plugins").write_text("[].\n")
        # The write-ahead log of the quorum queues is held in memory too: 512 MB is for servers.
        settings = ["raft.wal_max_size_bytes = 67108864", "disk_free_limit.absolute = 100MB", *self._settings]
        (self._folder / "rabbitmq.conf").write_text("".join(f"{line}\n" for line in settings))
        self._epmd.start()
        self._server.start([self._program], environment=self._environment, folder=self._folder)

    def wait_until(self, ready: Callable[[], bool], *, within: float) -> bool:
        return self._server.wait_until(ready, within=within)

    def stop(self, *, within: float) -> None:
        self._server.stop(within=within)

    def kill(self) -> None:
        self._server.kill()

    def pause(self) -> None:
        self._server.pause()

    def resume(self) -> None:
        self._server.resume()

    def last_words(self) -> str:
        return self._server.last_words()

    def control(self, *arguments: str) -> str:
        command = [str(self._program.with_name("rabbitmqctl")), *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RabbitMQFailed(f"rabbitmqctl {arguments[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout


class _Alone(Node):
    """A node whose epmd is its own, and goes with it."""

    def stop(self, *, within: float) -> None:
        super().stop(within=within)
        self._epmd.stop(within=within)

    def kill(self) -> None:
        super().kill()
        self._epmd.kill()


class _Container:
    """The official image under Docker, its port published on loopback, its data in our folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self._record = folder / "container.id"

    def start(self) -> None:
        (self._folder / "data").mkdir(parents=True, exist_ok=True)
        self._remove()  # what a killed run of ours left behind
        _docker(
            *("run", "--detach", "--cidfile", str(self._record)),
            # The node is named after its host, and its data after its node.
            *("--hostname", "ficha", "--volume", f"{self._folder / 'data'}:/var/lib/rabbitmq"),
            *("--env", f"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS={_DEAD_LETTERS_AGAIN}"),
            *("--publish", f"127.0.0.1:{self._port}:5672", IMAGE),
        )

    def wait_until(self, ready: Callable[[], bool], *, within: float) -> bool:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if ready():
                return True
            time.sleep(0.2)
        return False

    def stop(self, *, within: float) -> None:
        if self._record.exists():
            _docker("stop", "--time", str(int(within)), self._id)
            self._remove()

    def kill(self) -> None:
        _docker("kill", self._id)
        self._remove()

    def pause(self) -> None:
        _docker("pause", self._id)

    def resume(self) -> None:
        _docker("unpause", self._id)

    def last_words(self) -> str:
        return _docker("logs", "--tail", "30", self._id) if self._record.exists() else ""

    def control(self, *arguments: str) -> str:
        return _docker("exec", self._id, "rabbitmqctl", *arguments)

    @property
    def _id(self) -> str:
        return self._record.read_text().strip()

    def _remove(self) -> None:
        if self._record.exists():
            _docker("rm", "--force", self._id)
            self._record.unlink()


def find_or_install() -> Path | None:
    """The server program, installed with apt-get where that is possible; None when Docker has to run it.

    FICHA_RABBITMQ names the folder of another's programs: rabbitmq-server, rabbitmqctl, epmd.
    Raises RabbitMQFailed when that has none, or this machine offers none of the three.
    """
    if folder := os.environ.get("FICHA_RABBITMQ"):
        return _chosen(folder, "rabbitmq-server")
    if program := _installed():
        return program
    if can_install():
        try:
            install("rabbitmq-server")
        except NotInstalled as error:
            raise RabbitMQFailed(str(error)) from error
        if program := _installed():
            return program
    if find("docker") and _runs("docker", "info"):
        return None
    raise RabbitMQFailed(
        "RabbitMQ is needed and is not here. Install it (Debian, Ubuntu: sudo apt-get install rabbitmq-server; "
        "macOS: brew install rabbitmq), or start Docker, which will run it in a container."
    )


def _installed() -> Path | None:
    # Debian's program on the path is a wrapper for one user only; the real one lies in the first folder.
    return next((path for path in PROGRAMS if path.exists()), None) or find("rabbitmq-server")


def _chosen(folder: str, program: str) -> Path:
    path = Path(folder) / program
    if not path.exists():
        raise RabbitMQFailed(f"FICHA_RABBITMQ is {folder}, which has no {program}.")
    return path


def _epmd() -> Path:
    if folder := os.environ.get("FICHA_RABBITMQ"):
        return _chosen(folder, "epmd")
    found = find("epmd") or next((path for path in _EPMD if path.exists()), None)
    if found is None:
        raise RabbitMQFailed("Erlang's epmd is not installed, though RabbitMQ is.")
    return found


def _runs(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RabbitMQFailed(f"docker {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip() or done.stderr.strip()
