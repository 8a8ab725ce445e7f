"""A service as a program: what its `__main__` says of it, and what an operator does with it."""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from shared.backup.command import backup, restore
from shared.backup.objects import ObjectStore
from shared.backup.postgres import Server
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.process.event_loop import loop_factory
from shared.process.parts import Parts
from shared.rebuild.command import rebuild
from shared.rebuild.errors import CannotRebuild
from shared.rebuild.log import Say
from shared.rebuild.rebuilder import Source
from shared.rebuild.replicas import Replicas
from shared.settings import ServiceSettings
from shared.web.app import create_probe_app
from shared.worker import Worker


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

    def demand_database(self, settings: ServiceSettings) -> None:
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
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
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

    def assemble(
        self, settings: ServiceSettings, database: Database, transport: Transport | None, *, http: bool = True
    ) -> Parts:
        """Build both doors without opening them. Consumers are attached to the transport from here on.

        Without the HTTP door there is still one for health and metrics, on the same address.
        """
        worker = self.create_worker(settings, database, transport) if transport else None
        app = self.create_app(settings, database) if http else create_probe_app(self.service, database)
        if worker:
            app.state.readiness.append(worker.missing)
            app.state.registry.register(worker.metrics.registry)
        return Parts(settings, app, worker)


def _sentence(settings: type[ServiceSettings], wrong: ErrorDetails) -> str:
    """What is wrong, without the value: it may be a secret."""
    field, *inside = wrong["loc"]
    name = settings.given_as(str(field))
    if wrong["type"] == "missing" and not inside:
        return f"{name} is not set: {settings.model_fields[str(field)].description}."
    where = f" ({'.'.join(map(str, inside))})" if inside else ""
    return f"{name}{where} {wrong['msg'].removeprefix('Value error, ').removeprefix('Input ')}."
