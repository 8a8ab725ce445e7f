"""One service alone in a process, until it is told to stop."""

import asyncio
import signal

import structlog

from shared.bus.amqp.transport import AmqpTransport
from shared.bus.outbox_notifier import OutboxNotifier
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.gc_tuning import tune_gc
from shared.process.program import Program
from shared.settings import ServiceSettings
from shared.supervision import outlive

logger = structlog.get_logger("process")


async def serve_alone(program: Program, settings: ServiceSettings, *, only: str | None) -> None:
    """Run the service until SIGTERM or SIGINT. `only`: `http` or `worker`; None: both.

    Raises SystemExit when a setting is missing, and what ended any of its tasks.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    database = Database.from_settings(program.service, settings)
    transport: Transport | None = None
    if only != "http":
        if settings.amqp_url is None:
            raise SystemExit(f"{program.settings.name_of('amqp_url')} is not set: the worker needs RabbitMQ.")
        transport = AmqpTransport(
            settings.amqp_url.get_secret_value(),
            program.service,
            prefetch=settings.amqp_prefetch,
            reconcile_seconds=settings.amqp_reconcile_seconds,
        )
    parts = program.assemble(settings, database, transport, http=only != "worker")
    tune_gc()
    try:
        async with asyncio.TaskGroup() as tasks:
            port = await parts.start(tasks, stop)
            if only == "http":
                tasks.create_task(outlive(OutboxNotifier(database).run, stop))
            logger.info("started", service=program.service, port=port, only=only)
    finally:
        await database.close()
