"""A whole rebuild: every organisation, every family, from the log where it suffices."""

import argparse
import time
from contextlib import AsyncExitStack
from typing import get_args

from sqlalchemy.exc import DBAPIError

from shared.bus.amqp_link import LINK_ERRORS
from shared.db.engine import is_away
from shared.db.session import Database
from shared.rebuild.copies import Copies
from shared.rebuild.errors import CannotRebuild
from shared.rebuild.log import EventLog, Say
from shared.rebuild.owners import Owners
from shared.rebuild.stage import Stage
from shared.rebuild.telling import Report, Source, Teller
from shared.settings import ServiceSettings
from shared.web.identity import Signer

_MOST_SHOWN = 20


def add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="source",
        choices=get_args(Source),
        default="auto",
        help="the log stream where it suffices and else the owners (auto), the stream only, the owners' snapshot only",
    )


async def rebuild(service: str, settings: ServiceSettings, copies: Copies, *, source: Source, say: Say) -> Report:
    """May be broken off at any time, and begun again. Raises CannotRebuild, also when some of it could not be done."""
    if settings.identity_private_key is None:
        raise CannotRebuild(f"Set {service.upper()}_IDENTITY_PRIVATE_KEY: what the owners are asked is signed.")
    signer = Signer(service, settings.identity_private_key.get_secret_value())
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        database = Database.from_settings(service, settings)
        stack.push_async_callback(database.close)
        owners = await stack.enter_async_context(Owners(service, settings.owners, signer))
        try:
            log = None if source == "snapshot" else await _read_log(stack, service, settings, database, copies, say)
            if log is None and source == "stream":
                raise CannotRebuild("Without the log it can only be rebuilt from the owners' snapshot.")
            teller = Teller(database, copies, owners, log=log, source=source, say=say)
            async for org_id in owners.organizations():
                for family in copies.families:
                    await teller.tell(org_id, family)
        except DBAPIError as error:
            if is_away(error):
                raise CannotRebuild(f"The database of {service} does not answer.") from error
            raise
    _sum_up(service, teller.report, time.monotonic() - began, say)
    return teller.report


async def _read_log(
    stack: AsyncExitStack, service: str, settings: ServiceSettings, database: Database, copies: Copies, say: Say
) -> EventLog | None:
    """All that it has so far, sorted; None where there is no log to be read."""
    if settings.amqp_url is None:
        say("There is no broker, and so no log: the owners are asked.")
        return None
    stage = await stack.enter_async_context(Stage.opened(database))
    opened = EventLog.opened(settings.amqp_url.get_secret_value(), service, stage, copies.names)
    try:
        log = await stack.enter_async_context(opened)
        await log.catch_up(say)
    except LINK_ERRORS as error:
        say(f"The log cannot be read, so the owners are asked: {error!r}")
        return None
    say(f"The log told of {log.messages:,} events.")
    return log


def _sum_up(service: str, report: Report, seconds: float, say: Say) -> None:
    say(
        f"{service}: {report.facts:,} facts told in {seconds:.1f} s, {report.from_log:,} from the log and "
        f"{report.from_owners:,} from their owners; {report.dropped:,} copies dropped that nobody knows. "
        f"Handlers waited {report.kept_out:.2f} s at most."
    )
    if report.failures:
        shown = "\n".join(report.failures[:_MOST_SHOWN])
        raise CannotRebuild(f"{len(report.failures):,} could not be told, the others were:\n{shown}")
