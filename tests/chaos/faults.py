"""What is done to it, as data: each fault by its name. All of them end by themselves."""

import asyncio
import random
import time
from collections.abc import Callable
from importlib import import_module
from typing import Final

import aio_pika
import psutil

from shared.bus import topology
from tests.chaos.stack import Stack
from tests.support.waiting import until_now

_LISTENERS: Final = ("documents", "crm", "files", "portal", "notifications")
"""Who is worth losing a queue. The feed is told late of what it missed, and says so by versions, not by order."""
_ALL: Final = ("contacts", "gateway", *_LISTENERS)

Fault = Callable[[Stack, random.Random], str]
"""Breaks it, waits, ends it; answers what it was done to."""


def kill_service(stack: Stack, chance: random.Random) -> str:
    service = chance.choice(_ALL)
    _process(stack, service).kill()
    return service


def pause_service(stack: Stack, chance: random.Random) -> str:
    service = chance.choice(_ALL)
    process = _process(stack, service)
    process.suspend()
    time.sleep(chance.uniform(2, 5))
    process.resume()
    return service


def kill_broker(stack: Stack, chance: random.Random) -> str:
    stack.broker.kill()
    time.sleep(chance.uniform(0.5, 3))
    stack.broker.start()
    return "RabbitMQ"


def pause_broker(stack: Stack, chance: random.Random) -> str:
    stack.broker.pause()
    time.sleep(chance.uniform(3, 9))
    stack.broker.resume()
    return "RabbitMQ"


def block_broker(stack: Stack, chance: random.Random) -> str:
    """Its memory alarm: whoever publishes is not read from any more."""
    stack.broker.control("set_vm_memory_high_watermark", "0.00001")
    time.sleep(chance.uniform(3, 6))
    stack.broker.control("set_vm_memory_high_watermark", "0.4")
    return "RabbitMQ"


def kill_database(stack: Stack, chance: random.Random) -> str:
    stack.postgres.kill()
    time.sleep(chance.uniform(0.5, 2))
    stack.postgres.start()
    return "PostgreSQL"


def pause_database(stack: Stack, chance: random.Random) -> str:
    stack.postgres.pause()
    time.sleep(chance.uniform(2, 5))
    stack.postgres.resume()
    return "PostgreSQL"


def delete_queue(stack: Stack, chance: random.Random) -> str:
    """With all that lies in it."""
    service = chance.choice(_LISTENERS)
    asyncio.run(_delete_queue(stack.broker.url, topology.queue(service)))
    # RabbitMQ 3.10, killed within a second of making a quorum queue, leaves it without a leader for ever.
    time.sleep(4)
    return topology.queue(service)


def remove_bindings(stack: Stack, chance: random.Random) -> str:
    service = chance.choice(_LISTENERS)
    names = [subscription.event.name for subscription in import_module(f"{service}.handlers").SUBSCRIPTIONS]
    asyncio.run(_unbind(stack.broker.url, topology.queue(service), names))
    return topology.queue(service)


FAULTS: Final[dict[str, Fault]] = {
    "kill -9 a service": kill_service,
    "kill -9 RabbitMQ": kill_broker,
    "kill -9 PostgreSQL": kill_database,
    "delete a queue": delete_queue,
    "remove a queue's bindings": remove_bindings,
    "freeze a service": pause_service,
    "freeze RabbitMQ": pause_broker,
    "freeze PostgreSQL": pause_database,
    "memory alarm": block_broker,
}


def schedule(chance: random.Random, count: int) -> list[str]:
    """Every kind before any comes again, in an order of chance."""
    names: list[str] = []
    while len(names) < count:
        names += chance.sample(list(FAULTS), len(FAULTS))
    return names[:count]


def _process(stack: Stack, service: str) -> psutil.Process:
    """The one that lives now: its supervisor may be starting it."""

    def living() -> psutil.Process | None:
        try:
            return stack.ficha.service(service)
        except psutil.NoSuchProcess:
            return None

    return until_now(living, within=30, what=f"{service} running")


async def _delete_queue(url: str, queue: str) -> None:
    async with await aio_pika.connect(url) as connection:
        await (await connection.channel()).queue_delete(queue)


async def _unbind(url: str, queue: str, names: list[str]) -> None:
    async with await aio_pika.connect(url) as connection:
        found = await (await connection.channel()).get_queue(queue)
        for name in names:
            await found.unbind(topology.EXCHANGE, name)
