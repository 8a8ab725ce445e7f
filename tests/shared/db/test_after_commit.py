"""What is to be called after a commit is called then, once, and never after a failure."""

from uuid import UUID

import pytest
from sqlalchemy import text

from shared.db.session import Database, after_commit
from shared.db.tenancy import Scope
from shared.identifiers import new_id


async def test_it_is_called_once_when_everything_is_committed(publisher: Database, org_id: UUID) -> None:
    called: list[int] = []
    async with publisher.transaction(Scope(org_id)) as session:
        for number in (1, 2, 1):
            after_commit(session, called.append, number)
        assert called == []
    assert called == [1, 2]
    async with publisher.transaction(Scope(org_id)):
        pass
    assert called == [1, 2]


async def test_it_is_not_called_when_the_commit_fails(publisher: Database, org_id: UUID) -> None:
    """The foreign key is deferred: only COMMIT finds out."""
    called: list[int] = []

    async def fail() -> None:
        async with publisher.transaction(Scope(org_id)) as session:
            after_commit(session, called.append, 1)
            values = {"org": org_id, "id": new_id(), "needs": new_id()}
            await session.execute(
                text("INSERT INTO thing (org_id, id, version, needs) VALUES (:org, :id, 1, :needs)"), values
            )

    with pytest.raises(Exception, match="violates foreign key"):
        await fail()
    assert called == []
