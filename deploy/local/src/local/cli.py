"""`ficha run`, `stack`, `demo`, and the operator's commands: Ficha on one machine."""

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from local import operations, run, stack
from local.api_document import api_document
from local.demo.loader import LoginRefused, load_demo
from local.distribution import NotInstalled
from local.env_file import complete
from local.errors import CannotStart, first_of
from local.event_map import event_map
from local.home import Home
from local.images import ImageFailed, build_all
from local.infrastructure import running_infrastructure
from local.rabbitmq_release import SUITES, fetch
from local.run_file import published
from local.wiring import SERVICES, Endpoints
from shared import logging, tracing
from shared.backup.errors import BackupFailed
from shared.rebuild.errors import CannotRebuild

_ADMIN = "admin@ficha.localhost"
_READY_SECONDS = 60
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_DEMO = ("0", "1", "recent")

Serve = Callable[[Home, Endpoints, asyncio.Event], Coroutine[Any, Any, None]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="ficha", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="every service in one process, over the in-memory bus")
    commands.add_parser("stack", help="a process per service, over RabbitMQ")
    demo = commands.add_parser("demo", help="load the demo data into a running Ficha")
    demo.add_argument("--url", default="http://127.0.0.1:8000")
    demo.add_argument("--email", default=_ADMIN)
    demo.add_argument("--journal", type=Path, default=Path("demo.jsonl"), help="what is loaded already")
    commands.add_parser("env", help="write .env for docker-compose.yml, with secrets of its own")
    images = commands.add_parser("images", help="build the services' images")
    images.add_argument("services", nargs="*", metavar="service", help="which; all, when none is named")
    images.add_argument("--tag", default="latest")
    broker = commands.add_parser("rabbitmq", help="fetch the RabbitMQ of another Debian release")
    broker.add_argument("suite", choices=SUITES)
    broker.add_argument("--cache", type=Path, default=Path.home() / ".cache/ficha/rabbitmq")
    commands.add_parser("event-map", help="who listens to what")
    commands.add_parser("openapi", help="the whole API's document, from the code")
    dead = commands.add_parser("dead-letters", help="events a service gave up: see them, replay them, discard them")
    operations.add_commands(dead)
    rebuild = commands.add_parser("rebuild", help="tell a service again what it copies of others, while it runs")
    operations.add_rebuild(rebuild)
    operations.add_backup(commands.add_parser("backup", help="databases and objects into a folder, while it runs"))
    operations.add_restoring(commands.add_parser("restore", help="what a backup has, while Ficha does not run"))
    arguments = parser.parse_args()
    try:
        if arguments.command == "dead-letters":
            sys.exit(operations.decide(arguments))
        elif arguments.command == "demo":
            password = os.environ.get("FICHA_ADMIN_PASSWORD") or sys.exit("Set FICHA_ADMIN_PASSWORD.")
            asyncio.run(load_demo(arguments.url, arguments.email, password, arguments.journal))
        elif arguments.command == "env":
            print(f".env: {len(complete(Path('.env.example'), Path('.env')))} values made.")
        elif arguments.command == "images":
            build_all(_say, root=Path(), tag=arguments.tag, services=arguments.services or SERVICES)
        elif arguments.command == "rabbitmq":
            print(fetch(arguments.suite, arguments.cache))
        elif arguments.command == "event-map":
            print(event_map())
        elif arguments.command == "openapi":
            print(json.dumps(api_document(), ensure_ascii=False))
        elif arguments.command == "rebuild":
            operations.rebuild(arguments)
        elif arguments.command == "backup":
            operations.backup(arguments)
        elif arguments.command == "restore":
            _restore(arguments)
        else:
            _host(arguments.command)
    except* (CannotStart, CannotRebuild, BackupFailed, NotInstalled, ImageFailed) as errors:
        sys.exit(f"ficha: {first_of(errors)}")
    except* KeyboardInterrupt:
        sys.exit(130)


def _host(command: str) -> None:
    # From here on SIGTERM unwinds like Ctrl-C, so that what was started is stopped whenever it comes.
    signal.signal(signal.SIGTERM, _interrupt)
    # What it keeps names people, and holds links that open doors: nobody else on this machine is to read it.
    os.umask(0o077)
    logging.configure(level=_choice("FICHA_LOG_LEVEL", _LEVELS, "WARNING"))
    _choice("FICHA_DEMO", _DEMO, "1")
    serve = _serve_in_one_process if command == "run" else _serve_as_processes
    with (
        Home(Path(os.environ.get("FICHA_HOME", ".ficha"))) as home,
        running_infrastructure(home, port=_port(), broker=command == "stack", say=_say) as endpoints,
        published(home, endpoints),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_live(home, endpoints, serve))
    _say("Stopped.")


def _restore(arguments: argparse.Namespace) -> None:
    logging.configure(level="WARNING")
    folder = Path(os.environ.get("FICHA_HOME", ".ficha"))
    with Home(folder) as home, running_infrastructure(home, port=_port(), broker=False, say=_say) as endpoints:
        operations.restore(arguments, home, endpoints)


async def _live(home: Home, endpoints: Endpoints, serve: Serve) -> None:
    """Serve until a signal; meanwhile say where, and load the demo data."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(home, endpoints, stop))
        welcome = tasks.create_task(_welcome(home, endpoints))
        await stop.wait()
        _say("Stopping …")
        welcome.cancel()


async def _serve_in_one_process(home: Home, endpoints: Endpoints, stop: asyncio.Event) -> None:
    tracing.configure(broker=None)
    try:
        await run.serve_all(home, endpoints, stop)
    finally:
        await asyncio.to_thread(tracing.close)


async def _serve_as_processes(home: Home, endpoints: Endpoints, stop: asyncio.Event) -> None:
    await stack.Supervisor(home, endpoints, _say).run(stop)


async def _welcome(home: Home, endpoints: Endpoints) -> None:
    await _until_ready(endpoints)
    _say(
        f"\n  Ficha is ready:  {endpoints.public_url}\n"
        f"  Log in as        {_ADMIN}\n"
        f"  with password    {home.admin_password}   (kept in {home.folder / 'secrets.json'})\n"
        f"  Mails are kept in {home.mails} as .eml files; no SMTP server is configured.\n"
    )
    demo = _choice("FICHA_DEMO", _DEMO, "1")
    if demo != "0":
        recent = demo == "recent"
        try:
            await load_demo(endpoints.public_url, _ADMIN, home.admin_password, home.demo_journal, recent=recent)
        except* LoginRefused as refused:
            _say(str(first_of(refused)))  # who changed the password wants to go on working
    _say("Press Ctrl-C to stop.")


async def _until_ready(endpoints: Endpoints) -> None:
    """Every service's door answers. Raises CannotStart when one never does."""
    deadline = time.monotonic() + _READY_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as client:
        for service, port in endpoints.ports.items():
            while not await _answers(client, f"http://127.0.0.1:{port}/health/ready"):
                if time.monotonic() > deadline:
                    raise CannotStart(f"{service} did not become ready within {_READY_SECONDS} s.")
                await asyncio.sleep(0.05)


async def _answers(client: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with client.get(url) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


def _port() -> int:
    given = os.environ.get("FICHA_PORT", "8000")
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise CannotStart(f"FICHA_PORT is {given!r}; it takes a port number.")
    return int(given)


def _choice(name: str, known: Sequence[str], usual: str) -> str:
    given = os.environ.get(name, usual)
    if given not in known:
        raise CannotStart(f"{name} is {given!r}; it takes {', '.join(known[:-1])} or {known[-1]}.")
    return given


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, flush=True)
