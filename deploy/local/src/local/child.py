"""A server program that belongs to this process: started in a session of its own, ended by its own pid."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

_SAME_BIRTH_SECONDS = 2.0


class Child:
    """`name` names its log and its record (`<name>.log`, `<name>.pid`) in `folder`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._log = folder / f"{name}.log"
        self._record = folder / f"{name}.pid"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def end_orphan(self) -> None:
        """End what a killed run of ours left behind. Known by pid and birth: a pid may be somebody else's by now."""
        try:
            pid, born = self._record.read_text().split()
            orphan = psutil.Process(int(pid))
            if abs(orphan.create_time() - float(born)) > _SAME_BIRTH_SECONDS:
                return
            orphan.resume()
            orphan.terminate()
            try:
                orphan.wait(10)
            except psutil.TimeoutExpired:
                orphan.kill()
                orphan.wait(10)
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return

    def start(self, command: Sequence[str | Path], *, environment: Mapping[str, str], folder: Path) -> None:
        self.end_orphan()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # What it keeps is the business of whoever runs it.
                umask=0o077,
                # Ctrl-C in the terminal is for us; we stop it after those who use it.
                start_new_session=True,
            )
        self._record.write_text(f"{self.pid} {psutil.Process(self.pid).create_time()}")

    def wait_until(self, ready: Callable[[], bool], *, within: float) -> bool:
        """Poll `ready`. False when the server ended or the time is over."""
        deadline = time.monotonic() + within
        while self.running and time.monotonic() < deadline:
            if ready():
                return True
            time.sleep(0.05)
        return False

    def stop(self, *, within: float) -> None:
        """Ask it to end (SIGTERM); after `within` seconds make it."""
        if self._process is None:
            return
        if self.running:
            self.resume()
            self._process.terminate()
            try:
                self._process.wait(within)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._forget()

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._forget()

    def pause(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:].strip() if self._log.exists() else ""

    def _forget(self) -> None:
        assert self._process
        self._process.wait()
        self._process = None
        self._record.unlink(missing_ok=True)
