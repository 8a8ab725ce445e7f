"""Whose request it is: a session's cookie or an API key becomes an Identity, remembered for a few seconds."""

import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from gateway.accounts import tokens
from gateway.accounts.errors import NotLoggedIn
from gateway.accounts.keys import service as keys
from gateway.accounts.sessions import service as sessions
from gateway.accounts.sessions.service import Known, Lifetimes
from gateway.cookies import SESSION, Cookies
from gateway.origin import OwnOrigin
from shared.clock import utc_now
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.web.correlation import address_of, agent_of
from shared.web.identity import Identity

_REMEMBERED_SECONDS = 4.0
"""How long another process's logout may take to be felt here: five seconds are promised."""
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """`token_hash` only for people: their session's. `confirmed_at`: when they last gave their password."""

    identity: Identity
    token_hash: str | None
    confirmed_at: datetime | None = None

    @property
    def user_id(self) -> UUID | None:
        return UUID(self.identity.actor.removeprefix("user:")) if self.token_hash else None


class Authentication:
    def __init__(self, database: Database, *, origin: OwnOrigin, cookies: Cookies, lifetimes: Lifetimes) -> None:
        self._database = database
        self._origin = origin
        self._cookies = cookies
        self._lifetimes = lifetimes
        self._remembered: OrderedDict[str, tuple[float, Known]] = OrderedDict()
        self._generation = 0
        self._told: list[Callable[[UUID | None], None]] = []

    async def caller(self, request: HTTPConnection, *, touch: bool = True, anew: bool = False) -> Caller:
        """Raises NotLoggedIn, and ForeignOrigin for a browser's write from elsewhere. A key goes before a cookie.

        `anew`: whatever is remembered.
        """
        key = _bearer(request)
        token = None if key else self._cookies.read(request, SESSION)
        if token:
            self._origin.check(request)
        secret = key or token
        if not secret:
            raise NotLoggedIn()
        secret_hash = tokens.hash_of(secret)
        remembered = None if anew else self._recall(secret_hash)
        known = remembered or await self._recognise(request, secret_hash, is_key=bool(key), touch=touch)
        return Caller(known.identity, None if key else secret_hash, known.confirmed_at)

    def forget(self, org_id: UUID | None) -> None:
        """After a change to who may do what there. Call it once that is committed."""
        self._generation += 1
        for secret_hash in [key for key, (_, known) in self._remembered.items() if known.identity.org_id == org_id]:
            del self._remembered[secret_hash]
        for tell in self._told:
            tell(org_id)

    def on_forget(self, tell: Callable[[UUID | None], None]) -> None:
        """Call `tell` in this process after every such change: for those who go on listening without asking again."""
        self._told.append(tell)

    def _recall(self, secret_hash: str) -> Known | None:
        until, known = self._remembered.get(secret_hash, (0.0, None))
        return known if until > time.monotonic() else None

    async def _recognise(self, request: HTTPConnection, secret_hash: str, *, is_key: bool, touch: bool) -> Known:
        generation = self._generation
        nobody = Scope(org_id=None, actor="visitor", address=address_of(request), agent=agent_of(request))
        async with self._database.transaction(nobody) as session:
            if is_key:
                known = await keys.recognise_key(session, secret_hash)
            else:
                known = await sessions.recognise_session(session, secret_hash, lifetimes=self._lifetimes, touch=touch)
        if known is None:
            raise NotLoggedIn("The session is over, or the key is not valid.")
        # What was read before a logout was committed must not outlive it.
        if generation == self._generation:
            self._remember(secret_hash, known)
        return known

    def _remember(self, secret_hash: str, known: Known) -> None:
        seconds = _REMEMBERED_SECONDS
        if known.until:
            seconds = min(seconds, (known.until - utc_now()).total_seconds())
        self._remembered.pop(secret_hash, None)
        self._remembered[secret_hash] = (time.monotonic() + seconds, known)
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)


def authentication_of(request: HTTPConnection) -> Authentication:
    authentication = request.app.state.authentication
    assert isinstance(authentication, Authentication)
    return authentication


async def get_caller(request: Request) -> Caller:
    return await authentication_of(request).caller(request)


CallerDep = Annotated[Caller, Depends(get_caller)]


async def forget_callers(request: Request, caller: CallerDep) -> AsyncIterator[None]:
    """Entered before the route's session and so left after it: once the change is committed, before the answer."""
    yield
    authentication_of(request).forget(caller.identity.org_id)


FORGETS = Depends(forget_callers, scope="function")


async def identify(caller: CallerDep) -> Identity:
    """Stands in for `shared.web.identity.get_identity`: here people and keys ask, not the gateway."""
    return caller.identity


def _bearer(request: HTTPConnection) -> str | None:
    """The API key. Raises NotLoggedIn for any other Authorization: nobody from outside may bring a token."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key.startswith(tokens.KEY_START):
        raise NotLoggedIn("Authorization takes `Bearer` and an API key.")
    return key
