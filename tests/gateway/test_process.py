"""The gateway as a process of its own."""

import asyncio
import os
import subprocess
import sys
import time

from shared.web.identity import generate_keys
from tests.support.postgres import Databases

SERVICES = ("CONTACTS", "DOCUMENTS", "CRM", "FILES", "PORTAL", "NOTIFICATIONS")


async def test_a_gateway_whose_ear_dies_ends(databases: Databases) -> None:
    """Of what is no fault of the broker's, here a name that is none: open streams would stay silent for ever."""
    values = {
        "DATABASE_URL": (await databases.urls("gateway")).database_url,
        "IDENTITY_PRIVATE_KEY": generate_keys()[0],
        **{f"{service}_URL": "http://127.0.0.1:9" for service in SERVICES},
        "PUBLIC_URL": "http://127.0.0.1:9",
        "PORT": "0",
        "AMQP_URL": "amqp://no..name/",
    }
    environment = {**os.environ, **{f"GATEWAY_{name}": value for name, value in values.items()}}
    command = [sys.executable, "-m", "gateway", "--only", "http"]

    def run() -> tuple[subprocess.CompletedProcess[bytes], float]:
        began = time.monotonic()
        done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
        return done, time.monotonic() - began

    done, seconds = await asyncio.to_thread(run)
    assert done.returncode not in (0, 2), done.stderr.decode()
    assert b"label empty or too long" in done.stderr
    assert seconds < 40, "to start, where much is going on, and to end"
