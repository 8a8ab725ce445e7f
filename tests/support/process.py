"""A service as a process of its own, as an operator starts it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local.ports import free_ports
from tests.support.identity import PUBLIC_KEY
from tests.support.waiting import until_now

ISSUERS = json.dumps({"gateway": {"public_key": PUBLIC_KEY}})
"""Who may sign tokens, as the environment says it."""


@dataclass(frozen=True, slots=True)
class Process:
    url: str
    child: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=10)

    def missing(self) -> list[str]:
        """What /health/ready misses."""
        answer = self.get("/health/ready")
        missing = answer.json()["missing"]
        assert answer.status_code == (503 if missing else 200)
        return list(missing)

    def figure(self, name: str, **labels: str) -> float | None:
        """One figure of /metrics."""
        wanted = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
        for line in self.get("/metrics").text.splitlines():
            found, _, value = line.rpartition(" ")
            if found == (f"{name}{{{wanted}}}" if labels else name):
                return float(value)
        return None

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What it logged."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]


@contextmanager
def started(
    module: str, values: Mapping[str, str], folder: Path, *, prefix: str | None = None, options: Sequence[str] = ()
) -> Iterator[Process]:
    """`python -m <module> <options>`, alive; settings given without their prefix. Ended by SIGTERM, unless it has."""
    [port] = free_ports(1)
    prefix = prefix or f"{module.upper()}_"
    own = {"PORT": str(port), "IDENTITY_ISSUERS": ISSUERS, **values}
    environment = {**os.environ, **{name if "OTEL" in name else prefix + name: text for name, text in own.items()}}
    log = folder / f"{module}-{port}.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", module, *options], env=environment, stdout=output, stderr=output
        )
    process = Process(f"http://127.0.0.1:{port}", child, log)
    try:
        until_now(lambda: _lives(process), within=90, what=f"{module} alive")
        yield process
    finally:
        began = time.monotonic()
        child.terminate()
        child.wait(20)
        assert time.monotonic() - began < 15, "it took too long to stop"


def _lives(process: Process) -> bool:
    assert process.child.poll() is None, process.log.read_text()
    try:
        return process.get("/health/live").status_code == 200
    except httpx.TransportError:
        return False
