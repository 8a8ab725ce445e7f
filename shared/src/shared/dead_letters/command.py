"""`dead-letters list|groups|show|replay|discard`, for one deployed service or for all of a machine."""

import argparse
import os
import pwd
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TextIO
from uuid import UUID

import orjson
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.dead_letters import administration
from shared.dead_letters.administration import (
    ALL_ORGANIZATIONS,
    DeadLetterNotFound,
    Decision,
    LetterFilter,
    Selection,
)
from shared.dead_letters.listing import ItemT, merge_pages, read_groups, read_letter, read_letters
from shared.dead_letters.output import complain, harmless, print_facts, print_table, when
from shared.dead_letters.schemas import GroupOut, LetterDetail, LetterOut
from shared.errors import FichaError
from shared.web.pagination import Page

Databases = Mapping[str, Database]
"""By service."""

DONE, NOT_DONE, ASKED_WRONGLY = 0, 1, 2
"""Exit codes; the last is argparse's own too."""
_LONGEST_REASON = 500


def add_commands(parser: argparse.ArgumentParser, services: Sequence[str]) -> None:
    """`list`, `groups`, `show`, `replay`, `discard`; with `--service` where there are several."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="one JSON object a line, for programs")
    if len(services) > 1:
        common.add_argument("--service", choices=services, help="of this service only")
    commands = parser.add_subparsers(dest="decision", required=True, metavar="COMMAND")

    listed = commands.add_parser("list", parents=[common], help="one by one, latest failure first")
    listed.add_argument("--cause", type=_text, help="exactly this cause, as `groups` names it")
    grouped = commands.add_parser("groups", parents=[common], help="how many there are of each cause")
    for command in (listed, grouped):
        command.add_argument("--name", type=_text, help="of this event, e.g. ficha.contacts.contact.created.v1")
        command.add_argument("--status", choices=["dead", "replaying", "replayed", "discarded"], default="dead")
        command.add_argument("--limit", type=_count, default=50, help="at most so many (50)")

    show = commands.add_parser("show", parents=[common], help="one: the event, why it failed, what was done about it")
    show.add_argument("event_id", type=UUID, metavar="EVENT_ID")

    replay = commands.add_parser("replay", parents=[common], help="have them handled again, once the cause is mended")
    replay.add_argument("--reason", type=_reason, help="why; it is kept")
    discard = commands.add_parser("discard", parents=[common], help="give them up for good")
    discard.add_argument("--reason", type=_reason, required=True, help="why; it is kept")
    for command in (replay, discard):
        which = command.add_mutually_exclusive_group(required=True)
        which.add_argument("event_id", type=UUID, nargs="?", metavar="EVENT_ID")
        which.add_argument("--cause", type=_text, help="all of exactly this cause, as `groups` names it")
        if command is replay:
            which.add_argument("--all", action="store_true", help="every one that is dead")


async def run(arguments: argparse.Namespace, databases: Databases, out: TextIO) -> int:
    """Do what was parsed on those databases. Answers the exit code."""
    only = getattr(arguments, "service", None)
    chosen = {service: database for service, database in databases.items() if only in (None, service)}
    try:
        return await _COMMANDS[arguments.decision](arguments, chosen, out)
    except FichaError as error:
        complain(error.detail or error.title)
    except DBAPIError as error:
        complain(f"The database refuses: {error.orig}")
    except OSError as error:
        complain(f"The database cannot be reached: {error}")
    return NOT_DONE


async def _list(arguments: argparse.Namespace, databases: Databases, out: TextIO) -> int:
    filters = LetterFilter(status=arguments.status, cause=arguments.cause, name=arguments.name)

    async def read(session: AsyncSession) -> Page[LetterOut]:
        return await read_letters(session, ALL_ORGANIZATIONS, filters, after=None, limit=arguments.limit)

    page = await _of_all(databases, read, arguments.limit)
    rows = [(x.service, str(x.event_id), when(x.last_failed_at), str(x.attempts), x.name, x.cause) for x in page.items]
    _print_page(page, ("SERVICE", "EVENT", "FAILED LAST", "TIMES", "NAME", "CAUSE"), rows, arguments, out)
    return DONE


async def _groups(arguments: argparse.Namespace, databases: Databases, out: TextIO) -> int:
    filters = LetterFilter(status=arguments.status, name=arguments.name)

    async def read(session: AsyncSession) -> Page[GroupOut]:
        return await read_groups(session, ALL_ORGANIZATIONS, filters, after=None, limit=arguments.limit)

    page = await _of_all(databases, read, arguments.limit)
    rows = [
        (x.service, str(x.count), when(x.first_failed_at), when(x.last_failed_at), str(x.example_id), x.name, x.cause)
        for x in page.items
    ]
    _print_page(page, ("SERVICE", "COUNT", "FIRST", "LAST", "EXAMPLE", "NAME", "CAUSE"), rows, arguments, out)
    return DONE


async def _of_all(
    databases: Databases, read: Callable[[AsyncSession], Awaitable[Page[ItemT]]], limit: int
) -> Page[ItemT]:
    pages = []
    for database in databases.values():
        async with _transaction(database) as session:
            pages.append(await read(session))
    return merge_pages(pages, limit)


async def _show(arguments: argparse.Namespace, databases: Databases, out: TextIO) -> int:
    for letter in (await _find(arguments.event_id, databases)).values():
        if arguments.json:
            print(letter.model_dump_json(), file=out)
        else:
            _print_letter(letter, out)
    return DONE


async def _replay(arguments: argparse.Namespace, databases: Databases, out: TextIO) -> int:
    async def decide(session: AsyncSession, selection: Selection) -> Decision:
        return await administration.replay(session, ALL_ORGANIZATIONS, selection, reason=arguments.reason or "")

    return await _decide(arguments, databases, decide, out)


async def _discard(arguments: argparse.Namespace, databases: Databases, out: TextIO) -> int:
    async def decide(session: AsyncSession, selection: Selection) -> Decision:
        return await administration.discard(session, ALL_ORGANIZATIONS, selection, reason=arguments.reason)

    return await _decide(arguments, databases, decide, out)


async def _decide(
    arguments: argparse.Namespace,
    databases: Databases,
    decide: Callable[[AsyncSession, Selection], Awaitable[Decision]],
    out: TextIO,
) -> int:
    if arguments.event_id:
        keepers = await _find(arguments.event_id, databases)
        if len(keepers) > 1:
            complain(f"Several services gave it up ({', '.join(keepers)}): name one with --service.")
            return ASKED_WRONGLY
        databases = {service: databases[service] for service in keepers}
    met = False
    for service, database in databases.items():
        async with _transaction(database) as session:
            decision = await decide(session, Selection(service, arguments.event_id, arguments.cause))
        if decision.changed or decision.skipped:
            met = True
            _print_decision(decision, arguments, out)
    if not met:
        complain("There is no such dead letter.")
    return DONE if met else NOT_DONE


async def _find(event_id: UUID, databases: Databases) -> dict[str, LetterDetail]:
    """By service: one event may have died in several. Raises DeadLetterNotFound when in none."""
    found = {}
    for service, database in databases.items():
        async with _transaction(database) as session:
            try:
                found[service] = await read_letter(session, ALL_ORGANIZATIONS, service, event_id)
            except DeadLetterNotFound:
                continue
    if not found:
        raise DeadLetterNotFound(f"{event_id} is nowhere among the dead letters.")
    return found


def _transaction(database: Database) -> AbstractAsyncContextManager[AsyncSession]:
    return database.transaction(Scope(org_id=None, actor=f"operator:{_os_user()}"))


def _os_user() -> str:
    """Not from the environment, where anybody may write. A container's user may have no name."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _print_page(
    page: Page[ItemT],
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    arguments: argparse.Namespace,
    out: TextIO,
) -> None:
    if arguments.json:
        for item in page.items:
            print(item.model_dump_json(), file=out)
    elif rows:
        print_table(headings, rows, out)
    else:
        print("None.", file=out)
    if page.next_cursor:
        complain(f"There are more than these {len(rows)}: see them with a higher --limit.")


def _print_letter(letter: LetterDetail, out: TextIO) -> None:
    facts = {
        "service": letter.service,
        "event": str(letter.event_id),
        "name": letter.name,
        "organisation": str(letter.org_id or "not told"),
        "status": letter.status,
        "reason": letter.reason,
        "cause": letter.cause,
        "handler": letter.handler,
        "attempts": str(letter.attempts),
        "failed first": when(letter.first_failed_at),
        "failed last": when(letter.last_failed_at),
    }
    print_facts(facts, out)
    body = letter.body_base64 or orjson.dumps(letter.body, option=orjson.OPT_INDENT_2).decode()
    history = [f"{when(done.at)}  {done.action.ljust(9)}  {done.actor}  {done.reason}" for done in letter.actions]
    lines = ["", f"Body{' (base64)' if letter.body_base64 else ''}", *body.split("\n"), "", "History", *history, ""]
    out.writelines(f"{harmless(line).rstrip()}\n" for line in lines)


def _print_decision(decision: Decision, arguments: argparse.Namespace, out: TextIO) -> None:
    if arguments.json:
        print(orjson.dumps(decision).decode(), file=out)
        return
    skipped = f"; {decision.skipped} settled before" if decision.skipped else ""
    print(f"{decision.service}: {decision.changed} {decision.action}{skipped}", file=out)


def _text(given: str) -> str:
    if not given or "\0" in given:
        raise argparse.ArgumentTypeError("must not be empty")
    return given


def _reason(given: str) -> str:
    reason = given.strip()
    if not 0 < len(reason) <= _LONGEST_REASON or not reason.isprintable():
        raise argparse.ArgumentTypeError(f"takes 1 to {_LONGEST_REASON} characters on one line")
    return reason


def _count(given: str) -> int:
    if not given.isdecimal() or not 0 < int(given) <= 100_000:
        raise argparse.ArgumentTypeError("takes a number from 1 to 100000")
    return int(given)


_COMMANDS: Mapping[str, Callable[[argparse.Namespace, Databases, TextIO], Awaitable[int]]] = {
    "list": _list,
    "groups": _groups,
    "show": _show,
    "replay": _replay,
    "discard": _discard,
}
