"""Asks the services for their dead letters. Our own come from our own database; the doors bring them along."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

import structlog
from pydantic import BaseModel, ValidationError

from gateway.clients import Clients
from shared.dead_letters.listing import ItemT
from shared.dead_letters.routes import PATH
from shared.errors import FichaError
from shared.web.identity import Identity
from shared.web.pagination import Page

logger = structlog.get_logger("operations")

OWN: Final = "gateway"
_WITHIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Asking:
    """On whose behalf, with what to tell the services about the request."""

    clients: Clients
    identity: Identity
    headers: Mapping[str, str] = field(default_factory=dict)

    async def read(self, target: str, service: str) -> tuple[int, bytes]:
        """Raises ServiceUnavailable, ServiceTooSlow."""
        return await self.clients.read(
            service, PATH + target, identity=self.identity, headers=self.headers, within=_WITHIN_SECONDS
        )

    async def send(self, target: str, service: str, body: BaseModel) -> tuple[int, bytes]:
        """Raises ServiceUnavailable, ServiceTooSlow: whether it was done is not known then."""
        headers = {**self.headers, "Content-Type": "application/json"}
        async with self.clients.open(
            service, "POST", PATH + target, identity=self.identity, headers=headers, body=_once(body)
        ) as answer:
            return answer.status, await answer.read()


async def gather(
    asking: Asking, services: Sequence[str], target: str, query: Mapping[str, str | int | None], shape: type[ItemT]
) -> tuple[list[Page[ItemT]], list[str]]:
    """A page of each service, all asked at once, and those that did not give one."""
    given = urlencode({name: value for name, value in query.items() if value is not None})
    pages = await asyncio.gather(*(_page(asking, service, f"{target}?{given}", shape) for service in services))
    found = dict(zip(services, pages, strict=True))
    return [page for page in pages if page], [service for service, page in found.items() if page is None]


async def _page(asking: Asking, service: str, target: str, shape: type[ItemT]) -> Page[ItemT] | None:
    try:
        status, body = await asking.read(target, service)
        if status == 200:
            return Page[shape].model_validate_json(body)  # type: ignore[valid-type]
        logger.warning("not_listed", service=service, status=status)
    except (FichaError, ValidationError) as error:
        logger.warning("not_listed", service=service, error=str(error))
    return None


async def _once(body: BaseModel) -> AsyncIterator[bytes]:
    yield body.model_dump_json(exclude_none=True).encode()
