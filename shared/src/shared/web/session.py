"""SessionDep: the request's transaction, held to the caller's organisation."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.session import Database
from shared.web.correlation import scope_for
from shared.web.idempotency import claim
from shared.web.identity import IdentityDep


def database_of(request: Request) -> Database:
    """Returns the database of the request's app."""
    database = request.app.state.database
    assert isinstance(database, Database)
    return database


async def get_session(request: Request, identity: IdentityDep) -> AsyncIterator[AsyncSession]:
    """Yields a session in a transaction held to the caller's organisation, committed before the answer leaves."""
    async with database_of(request).transaction(scope_for(request, identity)) as session:
        await claim(session, request)
        yield session


# scope="function": the commit happens BEFORE the answer leaves. With the default, a failed commit
# would still have answered 201.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
