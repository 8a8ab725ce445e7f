"""The compose file: valid, complete, and giving nobody more than it needs."""

import asyncio
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import aio_pika
import asyncpg
import psutil
import pytest
from aio_pika.abc import AbstractIncomingMessage
from aiormq.exceptions import ChannelAccessRefused

from local.child import Child
from local.ports import are_free, free_ports
from local.postgres import Postgres
from local.rabbitmq import Epmd, Node, RabbitMQ, RabbitMQFailed, find_or_install
from local.s3 import program as weed
from local.wiring import SERVICES
from shared.backup.command import backup
from shared.backup.postgres import Server
from shared.bus import topology
from shared.bus.amqp.connection import bind_log, declare_log, ensure_exchange
from shared.db.migrate import upgrade
from tests.deploy.compose import ROOT, compose, definitions, of_ficha, prepare, resolved
from tests.deploy.settings_tables import settings_of

SERVICES_AND_OTHERS = [(service, other) for service in SERVICES for other in SERVICES if other != service]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return resolved(tmp_path_factory.mktemp("compose"))


def test_without_secrets_nothing_starts_and_the_way_to_them_is_said(tmp_path: Path) -> None:
    done = compose("--env-file", str(ROOT / ".env.example"), "config", "--quiet", folder=tmp_path)
    assert done.returncode != 0
    assert "make env" in done.stderr


def test_every_service_has_a_migration_an_http_process_and_a_worker(file: dict[str, Any]) -> None:
    containers = of_ficha(file)
    assert set(containers) == {f"{service}{part}" for service in SERVICES for part in ("-migrate", "", "-worker")}
    for service in SERVICES:
        commands = [containers[service + part]["command"] for part in ("-migrate", "", "-worker")]
        assert commands == [["migrate"], ["--only", "http"], ["--only", "worker"]]


def test_every_service_starts_with_its_settings_in_production(
    file: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, container in of_ficha(file).items():
        service = name.partition("-")[0]
        for variable, value in container["environment"].items():
            monkeypatch.setenv(variable, value)
        settings = import_module(f"{service}.__main__").PROGRAM.load_settings()
        assert settings.environment == "production"
        known = {settings_of(service).name_of(field) for field in settings_of(service).model_fields}
        own = {variable for variable in container["environment"] if variable.startswith(f"{service.upper()}_")}
        assert own <= known


def test_only_migrations_know_the_owning_role(file: dict[str, Any]) -> None:
    knowing = {name for name, one in of_ficha(file).items() if any("MIGRATE_URL" in key for key in one["environment"])}
    assert knowing == {f"{service}-migrate" for service in SERVICES}


def test_nothing_but_the_gateway_and_mailpit_is_published(tmp_path: Path) -> None:
    file = resolved(tmp_path, profiles="")
    published = {name: one["ports"] for name, one in file["services"].items() if "ports" in one}
    assert set(published) == {"gateway", "mailpit"}
    assert {port["host_ip"] for ports in published.values() for port in ports} == {"127.0.0.1"}


def test_every_container_is_limited_and_ours_may_nothing(file: dict[str, Any]) -> None:
    for name, one in file["services"].items():
        limits = one["deploy"]["resources"]["limits"]
        assert {"cpus", "memory", "pids"} <= set(limits), name
    for one in of_ficha(file).values():
        assert (one["read_only"], one["cap_drop"], one["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])


def test_object_storage_answers_others_by_s3_alone(file: dict[str, Any], tmp_path: Path) -> None:
    """Its filer would give every object to whoever asks, without a key."""
    storage = file["services"]["seaweedfs"]
    identities = tmp_path / "s3.json"
    identities.write_text(file["configs"]["s3-identities"]["content"])
    master, volume, filer, s3 = free_ports(4, beside=10_000)
    given = [
        part.replace("=/data", f"={tmp_path}").replace("/etc/seaweedfs/s3.json", str(identities))
        for part in storage["command"]
    ]
    ports = [f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}", f"-s3.port={s3}"]
    server = Child(tmp_path, "weed")
    server.start([weed(), *given, *ports], environment=storage["environment"], folder=tmp_path)
    try:
        assert server.wait_until(
            lambda: not any(are_free([port]) for port in (master, volume, filer, s3, s3 + 10_000)), within=60
        )
        open_to_all = {
            connection.laddr.port
            for connection in psutil.Process(server.pid).net_connections()
            if connection.status == "LISTEN" and connection.laddr.ip not in ("127.0.0.1", "::1")
        }
    finally:
        server.kill()
    assert open_to_all == {s3, s3 + 10_000}  # the second takes identities from its own filer


def test_nobody_serves_before_every_queue_stands(file: dict[str, Any]) -> None:
    for name, one in of_ficha(file).items():
        waits = {of: rule["condition"] for of, rule in one["depends_on"].items()}
        if name.endswith("-migrate"):
            assert waits == {"postgres": "service_healthy", "rabbitmq": "service_healthy"}
        else:
            assert {f"{service}-migrate" for service in SERVICES} <= set(waits)


# Databases


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, file: dict[str, Any]) -> Iterator[Postgres]:
    """One of its own, prepared as the container of the compose file prepares itself."""
    server = Postgres(tmp_path_factory.mktemp("pg") / "data", durable=False).start()
    try:
        for _ in ("first", "again"):
            prepare(
                server.url, file["services"]["postgres"]["environment"] | {"CONTACTS_BACKUP_PASSWORD": "of its own"}
            )
        yield server
    finally:
        server.stop()


@pytest.mark.parametrize("service", ["contacts", "gateway"])
async def test_the_owner_migrates_and_the_worker_only_works(server: Postgres, service: str) -> None:
    worker, database = f"ficha_{service}", f"ficha_{service}"
    await asyncio.to_thread(upgrade, service, _url(server, f"ficha_{service}_owner", database, "postgresql+asyncpg"))
    for allowed in ("SELECT count(*) FROM outbox", "CREATE TEMPORARY TABLE stage (id uuid)"):
        await _execute(server, worker, database, allowed)
    for forbidden in ("CREATE TABLE mine (id uuid)", "TRUNCATE outbox", "ALTER TABLE outbox ADD mine text"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _execute(server, worker, database, forbidden)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _execute(server, worker, "ficha_files", "SELECT 1")


async def test_the_role_for_backups_saves_every_organisations_rows_and_changes_none(
    server: Postgres, tmp_path: Path
) -> None:
    owner, role, database = "ficha_contacts_owner", "ficha_contacts_backup", "ficha_contacts"
    await asyncio.to_thread(upgrade, "contacts", _url(server, owner, database, "postgresql+asyncpg"))
    await backup("contacts", Server(_url(server, role, database)), None, tmp_path / "saved", say=print)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _execute(server, role, database, "DELETE FROM outbox")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _execute(server, role, "ficha_files", "SELECT 1")


async def test_every_role_has_a_password_and_no_power(server: Postgres) -> None:
    found = await _execute(server, "postgres", "postgres", "SELECT * FROM pg_authid WHERE rolname LIKE 'ficha%'")
    theirs = {f"ficha_{service}{part}" for service in SERVICES for part in ("", "_owner")}
    assert {role["rolname"] for role in found} == theirs | {"ficha_contacts_backup"}
    for role in found:
        assert role["rolpassword"].startswith("SCRAM-SHA-256$")
        assert role["rolbypassrls"] == (role["rolname"] == "ficha_contacts_backup")
        assert not any(role[power] for power in ("rolsuper", "rolcreatedb", "rolcreaterole"))


def _url(server: Postgres, role: str, database: str, driver: str = "postgresql") -> str:
    url = server.url.set(drivername=driver, username=role, database=database)
    return url.render_as_string(hide_password=False)


async def _execute(server: Postgres, role: str, database: str, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(_url(server, role, database))
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()


# Broker


@pytest.fixture(scope="module")
def broker(rabbitmq: RabbitMQ, file: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> RabbitMQ:
    """With the users of the compose file."""
    path = tmp_path_factory.mktemp("definitions") / "definitions.json"
    path.write_text(json.dumps(definitions(file)))
    rabbitmq.control("import_definitions", str(path))
    return rabbitmq


def test_a_new_broker_has_the_users_of_the_services_and_no_guest(file: dict[str, Any], tmp_path: Path) -> None:
    """Started with the configuration that the container gets."""
    program = find_or_install()
    if program is None:
        pytest.skip("Looking at how a broker starts needs an installed one.")
    path = tmp_path / "definitions.json"
    path.write_text(json.dumps(definitions(file)))
    given = (ROOT / "deploy/rabbitmq/rabbitmq.conf").read_text().replace("/etc/rabbitmq/definitions.json", str(path))
    port, epmd_port, distribution_port = free_ports(3)
    epmd = Epmd(tmp_path, epmd_port)
    node = Node(tmp_path, program, epmd, port=port, distribution_port=distribution_port, settings=given.splitlines())
    node.start()
    try:
        assert node.wait_until(lambda: _is_up(node), within=RabbitMQ.start_seconds), node.last_words()
        users = json.loads(node.control("list_users", "--formatter", "json"))
        assert {user["user"]: user["tags"] for user in users} == {service: [] for service in SERVICES}
    finally:
        node.stop(within=30)
        epmd.stop(within=5)


def _is_up(node: Node) -> bool:
    try:
        node.control("await_startup", "--timeout", "5")
    except RabbitMQFailed:
        return False
    return True


def _broker_url(broker: RabbitMQ, file: dict[str, Any], service: str) -> str:
    password = next(user["password"] for user in definitions(file)["users"] if user["name"] == service)
    return f"amqp://{service}:{password}@127.0.0.1:{broker.port}/"


@pytest.mark.parametrize("service", SERVICES)
async def test_each_service_may_what_it_does(broker: RabbitMQ, file: dict[str, Any], service: str) -> None:
    """Declares and binds, publishes its own, puts a failed event into its own wait queue, reads the log, taps."""
    async with await aio_pika.connect(_broker_url(broker, file, service)) as connection:
        await ensure_exchange(connection)
        channel = await connection.channel()
        exchange = await bind_log(channel)
        queues = [
            await channel.declare_queue(name, durable=True, arguments=dict(arguments))
            for name, arguments in (
                (topology.queue(service), topology.queue_arguments(service)),
                (topology.wait_queue(service, 1), topology.wait_arguments(service, 1)),
                (topology.dead_queue(service), topology.dead_arguments()),
            )
        ]
        queue = queues[0]
        await queue.bind(exchange, routing_key="#")
        await exchange.publish(aio_pika.Message(b"mine"), f"ficha.{service}.thing.changed.v1")
        await channel.default_exchange.publish(aio_pika.Message(b"again"), topology.wait_queue(service, 1))
        assert (await queue.get(timeout=10)).body == b"mine"
        await channel.set_qos(prefetch_count=1)
        await (await declare_log(channel)).consume(_ignore, arguments={topology.STREAM_OFFSET: "last"})
        if service == "gateway":
            tap = await channel.declare_queue(exclusive=True, auto_delete=True)
            await tap.bind(exchange, routing_key="#")
            await tap.consume(_ignore, no_ack=True)
        for mine in queues:  # the broker is there for other tests too, whose events are not to end up here
            await mine.delete(if_unused=False, if_empty=False)


@pytest.mark.parametrize("service", SERVICES)
async def test_no_service_takes_away_or_remakes_the_exchange(
    broker: RabbitMQ, file: dict[str, Any], service: str
) -> None:
    """From RabbitMQ 4.3 on its topic permissions would go with it: anybody could publish anything on the next one."""
    async with await aio_pika.connect(_broker_url(broker, file, service)) as connection:
        channel = await connection.channel()
        with pytest.raises(ChannelAccessRefused):
            await channel.exchange_delete(topology.EXCHANGE)
        channel = await connection.channel()
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_exchange(topology.EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)


@pytest.mark.parametrize(("service", "other"), SERVICES_AND_OTHERS)
async def test_no_service_touches_or_impersonates_another(
    broker: RabbitMQ, file: dict[str, Any], service: str, other: str
) -> None:
    async with await aio_pika.connect(_broker_url(broker, file, service)) as connection:
        channel = await connection.channel()
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue(topology.queue(other), durable=True)
        channel = await connection.channel()
        with pytest.raises(ChannelAccessRefused):
            await (await channel.get_queue(topology.queue(other), ensure=False)).get(timeout=10)
        channel = await connection.channel()
        exchange = await channel.get_exchange(topology.EXCHANGE, ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await exchange.publish(aio_pika.Message(b"not mine"), f"ficha.{other}.thing.changed.v1")


async def _ignore(_: AbstractIncomingMessage) -> None:
    """A subscription was granted; what it brings does not matter."""
