"""What is broken and must hold: the stack, a process per service, on a database and a broker that the rig can kill."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

from local.postgres import Postgres
from local.rabbitmq import RabbitMQ, find_or_install
from local.wiring import SERVICES
from tests.support.ficha import Ficha, started

_RECONCILE_SECONDS = 4
_NICE = 5


@dataclass(frozen=True, slots=True)
class Stack:
    ficha: Ficha
    postgres: Postgres
    broker: RabbitMQ

    async def connect(self, service: str) -> asyncpg.Connection:
        """As a superuser, who sees every organisation."""
        return await asyncpg.connect(self.postgres.url.set(database=f"ficha_{service}").render_as_string())


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    with ExitStack() as opened:
        postgres = Postgres(folder / "postgres").start()
        opened.callback(postgres.stop)
        broker = RabbitMQ(folder / "rabbitmq", program=find_or_install()).start()
        opened.callback(broker.stop)
        settings = {
            "FICHA_DATABASE_URL": postgres.url.render_as_string(),
            "FICHA_AMQP_URL": broker.url,
            **{f"{service.upper()}_AMQP_RECONCILE_SECONDS": str(_RECONCILE_SECONDS) for service in SERVICES},
        }
        ficha = opened.enter_context(started("stack", folder, demo="0", settings=settings))
        _give_way(ficha.process)
        yield Stack(ficha, postgres, broker)


def _give_way(process: psutil.Process) -> None:
    """To what runs beside it and has promised to be quick. Whoever is started again inherits it."""
    for each in (process, *process.children(recursive=True)):
        each.nice(_NICE)
