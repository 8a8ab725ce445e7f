"""Composes the panel: every service is asked at once, each has its own deadline, and dims its own sections only.

A service that gives nothing is answered for with what it gave last, where that is still known.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from gateway.breaker import Breaker
from gateway.clients import Clients
from gateway.errors import ContactNotFound, ServiceTooSlow, ServiceUnavailable
from gateway.last_known import Key, LastKnown
from shared.clock import utc_now
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
PART_PATH: Final = "/internal/contacts/{contact_id}/panel"
"""Where each service has its part: an object with its sections by name; contacts' part has the contact, too."""
_ASKED: Final = tuple(dict.fromkeys(SECTIONS.values()))


@dataclass(frozen=True, slots=True)
class _Part:
    """What one service gave; with the `reason` why it gave nothing now, what it gave last, if that is known."""

    as_of: str
    data: Mapping[str, Any]
    reason: str | None = None


class Panel:
    def __init__(self, clients: Clients, last_known: LastKnown, *, deadline: float) -> None:
        self._clients = clients
        self._last_known = last_known
        self._deadline = deadline
        self._breakers = {service: Breaker() for service in _ASKED}

    async def compose(
        self, identity: Identity, contact_id: UUID, *, year: int | None, headers: Mapping[str, str]
    ) -> bytes:
        """The answer's JSON. Raises ContactNotFound, and nothing for a service that is slow or gone."""
        keys = [Key(identity.org_id, contact_id, service, _year_for(service, year)) for service in _ASKED]
        answers = await asyncio.gather(*(self._part(key, identity, headers) for key in keys))
        parts = dict(zip(_ASKED, answers, strict=True))
        return orjson.dumps(
            {
                "contact": parts["contacts"].data.get("contact", {"id": contact_id}),
                "sections": {name: _section(name, parts[service]) for name, service in SECTIONS.items()},
            }
        )

    async def _part(self, key: Key, identity: Identity, headers: Mapping[str, str]) -> _Part:
        if not identity.may(f"{key.service}:read"):
            return _missing("forbidden")
        part = await self._ask(key, identity, headers)
        known = self._last_known.find(key) if part.reason else None
        return _Part(known.as_of, orjson.loads(known.body), part.reason) if known else part

    async def _ask(self, key: Key, identity: Identity, headers: Mapping[str, str]) -> _Part:
        breaker = self._breakers[key.service]
        if not breaker.allows():
            return _missing(breaker.reason)
        target = PART_PATH.format(contact_id=key.contact_id)
        if key.year is not None:
            target += f"?year={key.year}"
        try:
            status, body = await self._clients.read(
                key.service, target, identity=identity, headers=headers, within=self._deadline
            )
            if status == 404 and key.service == "contacts":
                breaker.succeeded()
                self._last_known.forget(key)
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
        part = _Part(_now(), data)
        if all(name in data for name, service in SECTIONS.items() if service == key.service):
            self._last_known.keep(key, body, part.as_of)
        return part


def _year_for(service: str, year: int | None) -> int | None:
    return year if service == "documents" else None


def _section(name: str, part: _Part) -> dict[str, Any]:
    if name not in part.data:
        return {"status": "unavailable", "as_of": part.as_of, "reason": part.reason or "error"}
    given = {"as_of": part.as_of, "data": part.data[name]}
    return {"status": "stale", **given, "reason": part.reason} if part.reason else {"status": "ready", **given}


def _missing(reason: str) -> _Part:
    return _Part(_now(), {}, reason)


def _now() -> str:
    return utc_now().isoformat().replace("+00:00", "Z")
