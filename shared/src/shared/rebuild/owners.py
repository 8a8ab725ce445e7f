"""HTTP client of the owners of replicated facts: the organisations there are, and a snapshot of each family."""

from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from shared.db.tenancy import Scope
from shared.errors import Unavailable
from shared.rebuild.errors import CannotRebuild
from shared.service_client import ServiceClient
from shared.web.identity import Signer

_SECONDS = 30
_KEEPER_OF_ORGANIZATIONS = "gateway"


class Owners:
    """`addresses`: base URL by owner. Asks as `service`, with no more than the scope `<owner>:snapshot`.

    `async with` it. Everything raises CannotRebuild when an owner does not answer.
    """

    def __init__(self, service: str, addresses: Mapping[str, str], signer: Signer) -> None:
        self._askers = {
            owner: ServiceClient(
                owner, url, signer, name=service, scopes=frozenset({f"{owner}:snapshot"}), timeout=_SECONDS
            )
            for owner, url in addresses.items()
        }

    async def organizations(self) -> AsyncIterator[UUID]:
        """All there are, by id."""
        after: UUID | None = None
        while True:
            path = _path("/internal/organizations", after=after)
            found = [UUID(item) for item in (await self._ask(_KEEPER_OF_ORGANIZATIONS, path, None))["items"]]
            for after in found:
                yield after
            if not found:
                return

    async def facts(self, family: str, org_id: UUID, *, after: UUID | None, limit: int) -> list[dict[str, Any]]:
        """CloudEvents, by subject."""
        owner, _, aggregate = family.partition(".")
        path = _path(f"/internal/snapshot/{aggregate}", after=after, limit=limit)
        found = await self._ask(owner, path, org_id)
        assert isinstance(found, list)
        return found

    async def fingerprint(
        self, family: str, org_id: UUID, *, after: UUID | None, until: UUID | None, limit: int
    ) -> str:
        """Of the first `limit` facts in that range of subjects."""
        owner, _, aggregate = family.partition(".")
        path = _path(f"/internal/snapshot/{aggregate}/fingerprint", after=after, until=until, limit=limit)
        return str((await self._ask(owner, path, org_id))["fingerprint"])

    async def _ask(self, owner: str, path: str, org_id: UUID | None) -> Any:
        if owner not in self._askers:
            raise CannotRebuild(f"The setting OWNERS does not say where {owner} answers.")
        try:
            answer = await self._askers[owner].get_json(path, Scope(org_id=org_id))
        except Unavailable as error:
            raise CannotRebuild(f"{owner}, whose facts are copied here: {error}") from error
        if answer is None:
            raise CannotRebuild(f"{owner} knows no {path.partition('?')[0]}; is it of another version?")
        return answer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for asker in self._askers.values():
            await asker.close()


def _path(path: str, **parameters: UUID | int | None) -> str:
    query = urlencode({name: str(value) for name, value in parameters.items() if value is not None})
    return f"{path}?{query}" if query else path
