"""A service as a program: `python -m <name>` runs HTTP and worker together; `--only http|worker`; `migrate`;
`dead-letters`, `rebuild`, `backup` and `restore`, for the operator.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import structlog
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from shared import logging, tracing
from shared.backup.command import add_restore, backup, restore
from shared.backup.errors import BackupFailed
from shared.backup.objects import ObjectStore
from shared.backup.postgres import Server
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.outbox_notifier import OutboxNotifier
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.dead_letters import command as dead_letters
from shared.gc_tuning import tune_gc
from shared.rebuild.command import add_source, rebuild
from shared.rebuild.errors import CannotRebuild
from shared.rebuild.log import Say
from shared.rebuild.rebuilder import Source
from shared.rebuild.replicas import Replicas
from shared.settings import ServiceSettings
from shared.supervision import outlive
from shared.web.app import create_probe_app
from shared.web.protocol import Door, Limits, watch
from shared.worker import Worker

logger = structlog.get_logger("process")

DRAIN_SECONDS = 8
"""SIGTERM to end, at most; what is not done by then is done by the next process."""


@dataclass(frozen=True, slots=True)
class Program:
    """What a service's `__main__` says of it."""

    service: str
    settings: type[ServiceSettings]
    create_app: Callable[[Any, Database], FastAPI]
    create_worker: Callable[[Any, Database, Transport], Worker]
    replicas: Replicas | None = None
    objects: Callable[[Any], ObjectStore] | None = None
    """What it keeps in S3, for `backup` and `restore`."""
    after_restore: Sequence[str] = ()
    """SQL that ends the transaction of a restore."""

    def run(self) -> None:
        """The command line. Exits 2 with one sentence when a setting is missing or wrong."""
        arguments = self._parser().parse_args()
        settings = self.load_settings()
        if arguments.command == "dead-letters":
            logging.configure(level="WARNING")  # the answer says what was done
            sys.exit(asyncio.run(self._decide(settings, arguments)))
        logging.configure(level=settings.log_level)
        if arguments.command == "migrate":
            self._demand_database(settings)
            self.migrate(settings)
            return
        if arguments.command in ("rebuild", "backup", "restore"):
            try:
                self._operate(settings, arguments)
            except (CannotRebuild, BackupFailed) as error:
                raise SystemExit(str(error)) from None
            return
        tracing.configure(broker=settings.amqp_url.get_secret_value() if settings.amqp_url else None)
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._serve_alone(settings, only=arguments.only))
        finally:
            tracing.close()

    def _parser(self) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(prog=f"python -m {self.service}")
        parser.add_argument("--only", choices=["http", "worker"])
        commands = parser.add_subparsers(dest="command")
        serve = commands.add_parser("serve", help="answer HTTP and listen to events, as it does without a command")
        serve.add_argument("--only", choices=["http", "worker"], default=argparse.SUPPRESS)
        commands.add_parser("migrate", help="bring the database and the queues up to date")
        dead = commands.add_parser("dead-letters", help="events given up: see them, replay them, discard them")
        dead_letters.add_commands(dead, [self.service])
        add_source(commands.add_parser("rebuild", help="tell it again what it copies of others, while it runs"))
        saved = commands.add_parser("backup", help="its database and its objects into a new folder, while it runs")
        saved.add_argument("folder", type=Path, metavar="FOLDER")
        add_restore(commands.add_parser("restore", help="what a backup has, instead of what is there; it must not run"))
        return parser

    def _operate(self, settings: ServiceSettings, arguments: argparse.Namespace) -> None:
        match arguments.command:
            case "rebuild":
                self.rebuild(settings, source=arguments.source, say=_say)
            case "backup":
                self.backup(settings, arguments.folder, say=_say)
            case "restore":
                self.restore(settings, arguments.folder, replace=arguments.replace, say=_say)

    async def _decide(self, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
        database = Database.from_settings(self.service, settings)
        try:
            return await dead_letters.run(arguments, {self.service: database}, sys.stdout)
        finally:
            await database.close()

    def load_settings(self) -> ServiceSettings:
        """From the environment. Exits 2 with a sentence for each that is missing or wrong."""
        try:
            return self.settings()
        except ValidationError as error:
            said = [_sentence(self.settings, wrong) for wrong in error.errors()]
        except SettingsError as error:
            said = [str(error.__cause__)]
        print(*said, sep="\n", file=sys.stderr)  # noqa: T201 - before logging is set up
        raise SystemExit(2)

    def _demand_database(self, settings: ServiceSettings) -> None:
        """Exits with one sentence when the owning role cannot connect: a password is checked nowhere else."""
        from shared.db.migrate import unreachable

        field = "migrate_url" if settings.migrate_url else "database_url"
        if reason := unreachable((settings.migrate_url or settings.database_url).get_secret_value()):
            raise SystemExit(f"{self.settings.given_as(field)}: the database lets nobody in: {reason}.")

    def migrate(self, settings: ServiceSettings) -> None:
        """What must stand before this service, and before anybody it listens to: its schema and its queues.

        Blocking; call it outside any running event loop.
        """
        from shared.db.migrate import upgrade  # Alembic is a tenth of a start, and who serves needs none of it

        upgrade(self.service, (settings.migrate_url or settings.database_url).get_secret_value())
        if settings.amqp_url:
            asyncio.run(self._declare(settings, settings.amqp_url.get_secret_value()))

    def rebuild(self, settings: ServiceSettings, *, source: Source, say: Say) -> None:
        """Tell this service again what it keeps copies of, while it runs. Blocking. Raises CannotRebuild."""
        if self.replicas is None:
            raise CannotRebuild(f"{self.service} keeps no replicas of others' facts.")
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(rebuild(self.service, settings, self.replicas, source=source, say=say))

    def backup(self, settings: ServiceSettings, folder: Path, *, say: Say) -> None:
        """While it runs. Blocking. Raises BackupFailed."""
        url = settings.backup_url or settings.migrate_url or settings.database_url
        with self._kept(settings) as objects:
            asyncio.run(backup(self.service, Server(url.get_secret_value()), objects, folder, say=say))

    def restore(self, settings: ServiceSettings, folder: Path, *, replace: bool, say: Say) -> None:
        """While it does not run; `replace` gives up what the database has. Blocking. Raises BackupFailed."""
        url = settings.migrate_url or settings.database_url
        with self._kept(settings) as objects:
            asyncio.run(
                restore(
                    self.service,
                    Server(url.get_secret_value()),
                    objects,
                    folder,
                    afterwards=self.after_restore,
                    replace=replace,
                    say=say,
                )
            )

    @contextlib.contextmanager
    def _kept(self, settings: ServiceSettings) -> Iterator[ObjectStore | None]:
        store = self.objects(settings) if self.objects else None
        try:
            yield store
        finally:
            if store:
                store.close()

    async def _declare(self, settings: ServiceSettings, url: str) -> None:
        database = Database.from_settings(self.service, settings)
        transport = AmqpTransport(url, self.service)
        self.create_worker(settings, database, transport)
        try:
            await transport.declare()
        finally:
            await database.close()

    async def _serve_alone(self, settings: ServiceSettings, *, only: str | None) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        database = Database.from_settings(self.service, settings)
        transport: Transport | None = None
        if only != "http":
            if settings.amqp_url is None:
                raise SystemExit(f"{self.settings.name_of('amqp_url')} is not set: the worker needs RabbitMQ.")
            transport = AmqpTransport(
                settings.amqp_url.get_secret_value(),
                self.service,
                prefetch=settings.amqp_prefetch,
                reconcile_seconds=settings.amqp_reconcile_seconds,
            )
        parts = self.assemble(settings, database, transport, http=only != "worker")
        tune_gc()
        try:
            async with asyncio.TaskGroup() as tasks:
                port = await parts.start(tasks, stop)
                if only == "http":
                    tasks.create_task(outlive(OutboxNotifier(database).run, stop))
                logger.info("started", service=self.service, port=port, only=only)
        finally:
            await database.close()

    def assemble(
        self, settings: ServiceSettings, database: Database, transport: Transport | None, *, http: bool = True
    ) -> "Parts":
        """Build both doors without opening them. Consumers are attached to the transport from here on.

        Without the HTTP door there is still one for health and metrics, on the same address.
        """
        worker = self.create_worker(settings, database, transport) if transport else None
        app = self.create_app(settings, database) if http else create_probe_app(self.service, database)
        if worker:
            app.state.readiness.append(worker.missing)
            app.state.registry.register(worker.metrics.registry)
        return Parts(settings, app, worker)


@dataclass(frozen=True, slots=True)
class Parts:
    """A service put together, not yet started."""

    settings: ServiceSettings
    app: FastAPI
    worker: Worker | None

    async def start(self, tasks: asyncio.TaskGroup, stop: asyncio.Event) -> int:
        """Start them in `tasks`; answers the port the HTTP door listens on, once it does."""
        # For what never ends by itself (event streams): the server waits for open answers.
        self.app.state.stop = stop
        # For what the app starts itself and must not outlive: its death is the process's.
        self.app.state.tasks = tasks
        settings = self.settings
        port = await serve(tasks, self.app, settings.host, settings.port, stop, door=Door(_limits_of(settings)))
        if self.worker:
            tasks.create_task(self.worker.run(stop))
        return port


def _limits_of(settings: ServiceSettings) -> Limits:
    return Limits(
        patience=settings.http_patience_seconds,
        least_rate=settings.http_least_rate,
        connections_per_address=settings.http_connections_per_address,
        proxies=settings.trusted_proxies,
    )


async def serve(
    tasks: asyncio.TaskGroup, app: FastAPI, host: str, port: int, stop: asyncio.Event, *, door: Door | None = None
) -> int:
    """Serve `app` in `tasks` until `stop`. Answers the port once it listens; raises OSError when it cannot."""
    door = door or Door()
    server = _Server(
        uvicorn.Config(
            app,
            http=cast(type[asyncio.Protocol], door.protocol),
            ws="none",
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            # Of nobody else, whatever FORWARDED_ALLOW_IPS says: the rightmost entry that is no proxy of ours counts.
            proxy_headers=bool(door.limits.proxies),
            forwarded_allow_ips=[str(network) for network in door.limits.proxies],
            lifespan="on",
        )
    )

    async def run() -> None:
        async with asyncio.TaskGroup() as both:
            watching = both.create_task(watch(door))
            await server.serve()
            watching.cancel()

    running = tasks.create_task(run())

    async def end() -> None:
        await stop.wait()
        server.should_exit = True

    tasks.create_task(end())
    while not server.started:
        if running.done():
            await running
            raise OSError(f"cannot listen on {host}:{port}")
        await asyncio.sleep(0.01)
    bound = server.servers[0].sockets[0].getsockname()
    return int(bound[1])


class _Server(uvicorn.Server):
    """Signals are the process's business: several servers may live in one."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


def _sentence(settings: type[ServiceSettings], wrong: ErrorDetails) -> str:
    """What is wrong, without the value: it may be a secret."""
    field, *inside = wrong["loc"]
    name = settings.given_as(str(field))
    if wrong["type"] == "missing" and not inside:
        return f"{name} is not set: {settings.model_fields[str(field)].description}."
    where = f" ({'.'.join(map(str, inside))})" if inside else ""
    return f"{name}{where} {wrong['msg'].removeprefix('Value error, ').removeprefix('Input ')}."


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - for who called the command, not for the logs


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
