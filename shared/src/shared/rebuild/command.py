"""The rebuild command: every organisation, every family, from the log where it suffices."""

import argparse
import time
from contextlib import AsyncExitStack
from typing import get_args

from sqlalchemy.exc import DBAPIError

from shared.bus.amqp.connection import CONNECTION_ERRORS
from shared.db.engine import is_away
from shared.db.session import Database
from shared.rebuild.errors import CannotRebuild
from shared.rebuild.log import EventLog, Say
from shared.rebuild.owners import Owners
from shared.rebuild.rebuilder import Rebuilder, Report, Source
from shared.rebuild.replicas import Replicas
from shared.rebuild.staging import Staging
from shared.settings import ServiceSettings
from shared.web.identity import Signer

_MOST_SHOWN = 20


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the argument `--from`, read as `source`."""
    parser.add_argument(
        "--from",
        dest="source",
        choices=get_args(Source),
        default="auto",
        help="the log stream where it suffices and else the owners (auto), the stream only, the owners' snapshot only",
    )


async def rebuild(service: str, settings: ServiceSettings, replicas: Replicas, *, source: Source, say: Say) -> Report:
    """Rebuild every replica of `service`; may be interrupted at any time and begun again.

    Returns what was done. Raises CannotRebuild, also when some facts could not be rebuilt.
    """
    if settings.identity_private_key is None:
        raise CannotRebuild(f"Set {service.upper()}_IDENTITY_PRIVATE_KEY: what the owners are asked is signed.")
    signer = Signer(service, settings.identity_private_key.get_secret_value())
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        database = Database.from_settings(service, settings)
        stack.push_async_callback(database.close)
        owners = await stack.enter_async_context(Owners(service, settings.owners, signer))
        try:
            log = None if source == "snapshot" else await _read_log(stack, service, settings, database, replicas, say)
            if log is None and source == "stream":
                raise CannotRebuild("Without the log it can only be rebuilt from the owners' snapshot.")
            rebuilder = Rebuilder(database, replicas, owners, log=log, source=source, say=say)
            async for org_id in owners.organizations():
                for family in replicas.families:
                    await rebuilder.rebuild_family(org_id, family)
        except DBAPIError as error:
            if is_away(error):
                raise CannotRebuild(f"The database of {service} does not answer.") from error
            raise
    _sum_up(service, rebuilder.report, time.monotonic() - began, say)
    return rebuilder.report


async def _read_log(
    stack: AsyncExitStack, service: str, settings: ServiceSettings, database: Database, replicas: Replicas, say: Say
) -> EventLog | None:
    """Returns the log, read to its present end; None where there is none to be read."""
    if settings.amqp_url is None:
        say("There is no broker, and so no log: the owners are asked.")
        return None
    stage = await stack.enter_async_context(Staging.opened(database))
    opened = EventLog.opened(settings.amqp_url.get_secret_value(), service, stage, replicas.names)
    try:
        log = await stack.enter_async_context(opened)
        await log.catch_up(say)
    except CONNECTION_ERRORS as error:
        say(f"The log cannot be read, so the owners are asked: {error!r}")
        return None
    say(f"The log told of {log.messages:,} events.")
    return log


def _sum_up(service: str, report: Report, seconds: float, say: Say) -> None:
    say(
        f"{service}: {report.facts:,} facts told in {seconds:.1f} s, {report.from_log:,} from the log and "
        f"{report.from_owners:,} from their owners; {report.dropped:,} replicas dropped that nobody knows. "
        f"Handlers waited {report.handlers_waited:.2f} s at most."
    )
    if report.failures:
        shown = "\n".join(report.failures[:_MOST_SHOWN])
        raise CannotRebuild(f"{len(report.failures):,} could not be told, the others were:\n{shown}")
