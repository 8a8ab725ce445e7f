"""The process dies at each step of an event's way, and the next one finishes it: every effect is there, once."""

import asyncio
import os
import sys

import pytest

from shared.bus import failpoints
from shared.db.provision import Provisioned
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.shared.bus.transports import AmqpTransports, applied, drained, record, see, unique, waiting_rows


@pytest.mark.parametrize("failpoint", failpoints.ALL)
async def test_dying_anywhere_loses_and_doubles_nothing(
    amqp: AmqpTransports,
    publisher: Database,
    listener: Database,
    probe_urls: Provisioned,
    listener_urls: Provisioned,
    scope: Scope,
    failpoint: str,
) -> None:
    service = unique("listener")
    amqp.transport(service)  # which has its queues removed afterwards
    arguments = (probe_urls.database_url, listener_urls.database_url, amqp.url, service)
    subjects = [new_id() for _ in range(4)]

    # The second time it gets there: once it has gone well.
    doomed = await start(*arguments, failpoint=f"{failpoint}:2")
    events = []
    for version in range(1, 100):
        if doomed.returncode is not None:
            break
        events += [await record(publisher, scope, subject, version=version) for subject in subjects]
        await asyncio.wait({asyncio.ensure_future(doomed.wait())}, timeout=0.05)
    assert await doomed.wait() == failpoints.EXIT_CODE
    events += [await record(publisher, scope, subject, version=version + 1) for subject in subjects]
    assert await waiting_rows(publisher)

    heir = await start(*arguments)
    try:
        await see(listener, events, within=30)
        await drained(publisher)
        for subject in subjects:
            versions = await applied(listener, subject)
            assert versions == sorted(set(versions))
            assert versions[-1] == version + 1
    finally:
        heir.terminate()
        assert await heir.wait() == 0


async def start(*arguments: str, failpoint: str = "") -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.shared.bus.bus_process", *arguments),
        env={**os.environ, failpoints.VARIABLE: failpoint},
        stderr=asyncio.subprocess.DEVNULL,
    )


async def test_a_failpoint_that_does_not_exist_is_named() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "import shared.bus.failpoints"),
        env={**os.environ, failpoints.VARIABLE: "relay.nowhere"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"relay.nowhere is none of relay.leased" in said
