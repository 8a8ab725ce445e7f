"""Composes the panel: every service is asked at once, each has its own deadline, and dims its own sections only."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from gateway.breaker import Breaker
from gateway.clients import Clients
from gateway.errors import ContactNotFound, ServiceTooSlow, ServiceUnavailable
from shared.db.base import utc_now
from shared.web.identity import Identity

SECTIONS: Final = {
    "people": "contacts",
    "portal": "portal",
    "year": "documents",
    "documents": "documents",
    "activities": "crm",
    "opportunities": "crm",
    "files": "files",
    "notes": "crm",
}
"""Who has which section, in the order of the answer."""
_ASKED: Final = tuple(dict.fromkeys(SECTIONS.values()))


@dataclass(frozen=True, slots=True)
class _Part:
    """What one service gave, or the `reason` why it gave nothing."""

    as_of: str
    data: Mapping[str, Any]
    reason: str | None = None


class Panel:
    def __init__(self, clients: Clients, *, deadline: float) -> None:
        self._clients = clients
        self._deadline = deadline
        self._breakers = {service: Breaker() for service in _ASKED}

    async def compose(
        self, identity: Identity, contact_id: UUID, *, year: int | None, headers: Mapping[str, str]
    ) -> bytes:
        """The answer's JSON. Raises ContactNotFound, and nothing for a service that is slow or gone."""
        answers = await asyncio.gather(*(self._ask(service, identity, contact_id, year, headers) for service in _ASKED))
        parts = dict(zip(_ASKED, answers, strict=True))
        return orjson.dumps(
            {
                "contact": parts["contacts"].data.get("contact", {"id": contact_id}),
                "sections": {name: _section(name, parts[service]) for name, service in SECTIONS.items()},
            }
        )

    async def _ask(
        self, service: str, identity: Identity, contact_id: UUID, year: int | None, headers: Mapping[str, str]
    ) -> _Part:
        if not identity.may(f"{service}:read"):
            return _missing("forbidden")
        breaker = self._breakers[service]
        if not breaker.allows():
            return _missing(breaker.reason)
        target = f"/internal/contacts/{contact_id}/panel"
        if year is not None and service == "documents":
            target += f"?year={year}"
        try:
            status, body = await self._clients.read(
                service, target, identity=identity, headers=headers, within=self._deadline
            )
            if status == 404 and service == "contacts":
                breaker.succeeded()
                raise ContactNotFound()
            data = orjson.loads(body) if status == 200 else None
        except ServiceTooSlow:
            breaker.failed("timeout")
            return _missing("timeout")
        except ServiceUnavailable:
            breaker.failed("unreachable")
            return _missing("unreachable")
        except ValueError:
            data = None
        if not isinstance(data, dict):
            if status >= 500 or status == 200:
                breaker.failed("error")
            return _missing("error")
        breaker.succeeded()
        return _Part(_now(), data)


def _section(name: str, part: _Part) -> dict[str, Any]:
    if part.reason is None and name in part.data:
        return {"status": "ready", "as_of": part.as_of, "data": part.data[name]}
    return {"status": "unavailable", "as_of": part.as_of, "reason": part.reason or "error"}


def _missing(reason: str) -> _Part:
    return _Part(_now(), {}, reason)


def _now() -> str:
    return utc_now().isoformat().replace("+00:00", "Z")
