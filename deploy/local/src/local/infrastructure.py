"""Infrastructure that has to run before any service: databases, object storage, broker, ports; all migrated."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from subprocess import SubprocessError

from asyncpg import PostgresError
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from local.errors import CannotStart
from local.home import Home
from local.ports import free_ports
from local.postgres import Postgres, PostgresFailed
from local.programs import program_of
from local.rabbitmq import RabbitMQ, RabbitMQFailed, find_or_install
from local.s3 import S3, S3Failed
from local.wiring import SERVICES, Endpoints
from shared.db.provision import provision

Say = Callable[[str], None]


@contextmanager
def running_infrastructure(home: Home, *, port: int, broker: bool, say: Say) -> Iterator[Endpoints]:
    """Starts everything, yields where it is; on leaving, what was started here is stopped. Raises CannotStart.

    Addresses given by the environment are used instead of starting something: FICHA_DATABASE_URL (a superuser's),
    FICHA_AMQP_URL, FICHA_S3_ENDPOINT with FICHA_S3_ACCESS_KEY and FICHA_S3_SECRET_KEY.
    """
    _demand_free(port)
    with ExitStack() as stack, ThreadPoolExecutor() as threads:
        amqp = threads.submit(_broker, home, stack) if broker else None
        s3 = threads.submit(_storage, home, stack)
        say("Starting PostgreSQL …")
        admin = _postgres(home, stack)
        with _as_cannot_start("The database server"):
            databases = {service: asyncio.run(provision(admin, service)) for service in SERVICES}
        ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True)) | {"gateway": port}
        if amqp:
            say("Waiting for RabbitMQ …")
        amqp_url = amqp.result() if amqp else None
        say("Waiting for object storage …")
        endpoints = Endpoints(databases, ports, *s3.result(), amqp_url)
        for service in SERVICES:
            say(f"Migrating {service} …")
            program, settings = program_of(service, home, endpoints)
            with _as_cannot_start(f"What {service} needs"):
                program.migrate(settings)
        yield endpoints


def _postgres(home: Home, stack: ExitStack) -> URL:
    if given := os.environ.get("FICHA_DATABASE_URL"):
        with _as_cannot_start("FICHA_DATABASE_URL"):
            return make_url(given)
    with _as_cannot_start("PostgreSQL"):
        server = Postgres(home.postgres)
        server.start()
    stack.callback(server.stop)
    return server.url


def _storage(home: Home, stack: ExitStack) -> tuple[str, str, str]:
    if given := os.environ.get("FICHA_S3_ENDPOINT"):
        return given, _demand("FICHA_S3_ACCESS_KEY"), _demand("FICHA_S3_SECRET_KEY")
    with _as_cannot_start("Object storage"):
        server = S3(home.s3).start()
    stack.callback(server.stop)
    return server.endpoint, server.access_key, server.secret_key


def _broker(home: Home, stack: ExitStack) -> str:
    if given := os.environ.get("FICHA_AMQP_URL"):
        return given
    with _as_cannot_start("RabbitMQ"):
        server = RabbitMQ(home.rabbitmq, program=find_or_install()).start()
    stack.callback(server.stop)
    return server.url


@contextmanager
def _as_cannot_start(what: str) -> Iterator[None]:
    """Turns whatever fails inside into CannotStart, with a sentence about `what`."""
    try:
        yield
    except (PostgresFailed, RabbitMQFailed, S3Failed) as error:
        raise CannotStart(str(error)) from error
    except (OSError, SubprocessError, ArgumentError, PostgresError) as error:
        raise CannotStart(f"{what} cannot be used: {str(error).strip() or type(error).__name__}") from error


def _demand(name: str) -> str:
    if value := os.environ.get(name):
        return value
    raise CannotStart(f"{name} is not set, though FICHA_S3_ENDPOINT is.")


def _demand_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(f"Port {port} cannot be used: {error.strerror}. Set FICHA_PORT to a free one.") from error
