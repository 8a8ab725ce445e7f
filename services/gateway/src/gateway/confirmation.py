"""Whether it is still the person: what gives others rights, or sends money elsewhere, takes a password given lately."""

from datetime import timedelta
from typing import Final

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from gateway.accounts.errors import ConfirmPassword
from gateway.authentication import Caller, CallerDep, authentication_of
from shared.clock import utc_now


async def demand_confirmed(request: HTTPConnection, caller: Caller) -> None:
    """Of a person. A program has no password; who made its key gave theirs. Raises ConfirmPassword."""
    lasts: timedelta = request.app.state.settings.confirmation_lasts
    if caller.token_hash is None or _is_fresh(caller, lasts):
        return
    # What is remembered here may be older than what another process was told a moment ago.
    now = await authentication_of(request).caller(request, anew=True)
    if not _is_fresh(now, lasts):
        raise ConfirmPassword()


async def _confirmed(request: Request, caller: CallerDep) -> None:
    await demand_confirmed(request, caller)


CONFIRMED: Final = Depends(_confirmed)
"""Of a route that always takes it."""


def _is_fresh(caller: Caller, lasts: timedelta) -> bool:
    return caller.confirmed_at is not None and caller.confirmed_at + lasts > utc_now()
