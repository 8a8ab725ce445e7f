"""The operator's commands, on the Ficha that runs on this machine."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from sqlalchemy import URL, make_url

from local.home import Home
from local.postgres import url_of_running
from local.presence import find_running
from local.programs import program_of
from local.wiring import SERVICES
from shared import logging
from shared.db.engine import create_engine
from shared.db.provision import provisioned
from shared.db.session import Database
from shared.operations import dead_letters
from shared.rebuild.command import add_source


def add_commands(parser: argparse.ArgumentParser) -> None:
    dead_letters.add_commands(parser, SERVICES)


def add_rebuild(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("services", nargs="+", choices=SERVICES, metavar="SERVICE", help=", ".join(SERVICES))
    add_source(parser)


def rebuild(arguments: argparse.Namespace) -> None:
    """One service after the other. Raises CannotStart when no Ficha is running, CannotRebuild."""
    logging.configure(level="WARNING")
    home, places = find_running(_folder())
    for service in arguments.services:
        program, settings = program_of(service, home, places)
        program.rebuild(settings, source=arguments.source, say=_say)


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
    """The server's, as `standing` would find or start it."""
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


def _say(text: str) -> None:
    print(text, flush=True)
