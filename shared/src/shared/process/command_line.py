"""The command line of a service: `python -m <name>` runs HTTP and worker together; `--only http|worker`; `migrate`;
`dead-letters`, `rebuild`, `backup` and `restore`, for the operator.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from shared import logging, tracing
from shared.backup.command import add_restore
from shared.backup.errors import BackupFailed
from shared.db.session import Database
from shared.dead_letters import command as dead_letters
from shared.process.event_loop import loop_factory
from shared.process.program import Program
from shared.process.running import serve_alone
from shared.rebuild.command import add_source
from shared.rebuild.errors import CannotRebuild
from shared.settings import ServiceSettings


def run(program: Program) -> None:
    """The command line. Exits 2 with one sentence when a setting is missing or wrong."""
    arguments = _parser(program).parse_args()
    settings = program.load_settings()
    if arguments.command == "dead-letters":
        logging.configure(level="WARNING")  # the answer says what was done
        sys.exit(asyncio.run(_decide(program, settings, arguments)))
    logging.configure(level=settings.log_level)
    if arguments.command == "migrate":
        program.demand_database(settings)
        program.migrate(settings)
        return
    if arguments.command in ("rebuild", "backup", "restore"):
        try:
            _operate(program, settings, arguments)
        except (CannotRebuild, BackupFailed) as error:
            raise SystemExit(str(error)) from None
        return
    tracing.configure(broker=settings.amqp_url.get_secret_value() if settings.amqp_url else None)
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(serve_alone(program, settings, only=arguments.only))
    finally:
        tracing.close()


def _parser(program: Program) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {program.service}")
    parser.add_argument("--only", choices=["http", "worker"])
    commands = parser.add_subparsers(dest="command")
    serve = commands.add_parser("serve", help="answer HTTP and listen to events, as it does without a command")
    serve.add_argument("--only", choices=["http", "worker"], default=argparse.SUPPRESS)
    commands.add_parser("migrate", help="bring the database and the queues up to date")
    dead = commands.add_parser("dead-letters", help="events given up: see them, replay them, discard them")
    dead_letters.add_commands(dead, [program.service])
    add_source(commands.add_parser("rebuild", help="tell it again what it copies of others, while it runs"))
    saved = commands.add_parser("backup", help="its database and its objects into a new folder, while it runs")
    saved.add_argument("folder", type=Path, metavar="FOLDER")
    add_restore(commands.add_parser("restore", help="what a backup has, instead of what is there; it must not run"))
    return parser


def _operate(program: Program, settings: ServiceSettings, arguments: argparse.Namespace) -> None:
    match arguments.command:
        case "rebuild":
            program.rebuild(settings, source=arguments.source, say=_say)
        case "backup":
            program.backup(settings, arguments.folder, say=_say)
        case "restore":
            program.restore(settings, arguments.folder, replace=arguments.replace, say=_say)


async def _decide(program: Program, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    database = Database.from_settings(program.service, settings)
    try:
        return await dead_letters.run(arguments, {program.service: database}, sys.stdout)
    finally:
        await database.close()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - for who called the command, not for the logs
