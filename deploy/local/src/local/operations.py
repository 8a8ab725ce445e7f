"""The operator's commands, on the Ficha that runs on this machine."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import URL, make_url

from local.home import Home
from local.postgres import url_of_running
from local.programs import program_of
from local.run_file import find_running
from local.wiring import REPLICAS_OF, SERVICES, Endpoints
from shared import logging
from shared.backup.errors import BackupFailed
from shared.db.engine import create_engine
from shared.db.provision import provisioned
from shared.db.session import Database
from shared.dead_letters import command as dead_letters
from shared.rebuild.command import add_source


def add_commands(parser: argparse.ArgumentParser) -> None:
    dead_letters.add_commands(parser, SERVICES)


def _add_services(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("services", nargs="*", type=_service, metavar="SERVICE", help="only these, instead of all")


def add_rebuild(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("services", nargs="+", choices=SERVICES, metavar="SERVICE", help=", ".join(SERVICES))
    add_source(parser)


def rebuild(arguments: argparse.Namespace) -> None:
    """One service after the other. Raises CannotStart when no Ficha is running, CannotRebuild."""
    logging.configure(level="WARNING")
    home, endpoints = find_running(_folder())
    for service in arguments.services:
        program, settings = program_of(service, home, endpoints)
        program.rebuild(settings, source=arguments.source, say=_say)


def add_backup(parser: argparse.ArgumentParser) -> None:
    _add_services(parser)
    parser.add_argument("--to", dest="folder", type=Path, required=True, metavar="FOLDER", help="a new folder")


def add_restoring(parser: argparse.ArgumentParser) -> None:
    _add_services(parser)
    parser.add_argument("--from", dest="folder", type=Path, required=True, metavar="FOLDER", help="what `backup` made")
    parser.add_argument("--replace", action="store_true", help="give up what the databases have now")


def backup(arguments: argparse.Namespace) -> None:
    """Of the Ficha that runs. Raises CannotStart when none does, BackupFailed."""
    logging.configure(level="WARNING")
    home, endpoints = find_running(_folder())
    admin = _databases()
    if arguments.folder.exists():
        raise BackupFailed(f"{arguments.folder} is there already: name another folder.")
    for service in arguments.services or SERVICES:
        program, settings = program_of(service, home, endpoints)
        url = admin.set(drivername="postgresql+asyncpg", database=f"ficha_{service}")
        settings.backup_url = SecretStr(url.render_as_string(hide_password=False))
        program.backup(settings, arguments.folder / service, say=_say)


def restore(arguments: argparse.Namespace, home: Home, endpoints: Endpoints) -> None:
    """Of the Ficha whose databases and storage stand at `endpoints`, and nothing else. Raises BackupFailed."""
    chosen = arguments.services or [service for service in SERVICES if (arguments.folder / service).exists()]
    if not chosen:
        raise BackupFailed(f"There is no backup in {arguments.folder}.")
    for service in chosen:
        program, settings = program_of(service, home, endpoints)
        program.restore(settings, arguments.folder / service, replace=arguments.replace, say=_say)
    _say(f"Start Ficha, and then tell its services again what they copy: ficha rebuild {' '.join(REPLICAS_OF)}")


def decide(arguments: argparse.Namespace) -> int:
    """Answers the exit code. Ends with a sentence when no Ficha is running."""
    logging.configure(level="WARNING")  # the answer says what was done
    return asyncio.run(_decide(arguments, _databases()))


async def _decide(arguments: argparse.Namespace, admin: URL) -> int:
    urls = {service: provisioned(admin, service).database_url for service in SERVICES}
    databases = {
        service: Database(create_engine(url, application="ficha-operator", pool_size=1))
        for service, url in urls.items()
    }
    try:
        return await dead_letters.run(arguments, databases, sys.stdout)
    finally:
        for database in databases.values():
            await database.close()


def _databases() -> URL:
    """The server's, as `running_infrastructure` would find or start it."""
    if given := os.environ.get("FICHA_DATABASE_URL"):
        return make_url(given)
    home = Home(_folder())
    try:
        found = url_of_running(home.postgres)
    except PermissionError:
        sys.exit(f"ficha: {home.postgres} belongs to another user of this machine; ask as that one.")
    if found is None:
        sys.exit(f"ficha: No Ficha is running on {home.folder}. Start it, or set FICHA_HOME to the folder of one.")
    return found


def _folder() -> Path:
    return Path(os.environ.get("FICHA_HOME", ".ficha"))


def _service(name: str) -> str:
    if name not in SERVICES:
        raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(SERVICES)}")
    return name


def _say(text: str) -> None:
    print(text, flush=True)
