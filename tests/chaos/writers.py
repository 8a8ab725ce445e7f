"""Clients that write without pause, each to contacts of its own, and insist until every answer is certain."""

import asyncio
import itertools
import random
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from shared.identifiers import new_id
from tests.chaos.ledger import ACTIVITY, CONTACT, DOCUMENT, NOTE, SEND, Ledger
from tests.support.waiting import until

_AGAIN_SECONDS = (0.1, 0.3, 1.0)
_PATIENCE = aiohttp.ClientTimeout(total=20)
_MOST_CONTACTS = 40
_LONGEST_SECONDS = 1800
_LINE: Final = {"description": "Hora de trabajo", "quantity": "3", "unit_price": "19.99", "taxes": ["iva_21"]}


@dataclass(slots=True)
class Owned:
    id: str
    version: int


class Refused(AssertionError):
    """An answer that no fault explains."""


class Writer:
    def __init__(self, session: aiohttp.ClientSession, ledger: Ledger, seed: int) -> None:
        self._session = session
        self._ledger = ledger
        self._random = random.Random(seed)
        self._contacts: list[Owned] = []
        self._number = itertools.count()

    async def run(self, until: asyncio.Event) -> None:
        habits = (
            (self._create_contact, 30),
            (self._rename_contact, 40),
            (self._hide_and_restore, 4),
            (self._write_note, 14),
            (self._plan_activity, 6),
            (self._invoice, 6),
        )
        acts, weights = zip(*habits, strict=True)
        await self._create_contact()
        while not until.is_set():
            [act] = self._random.choices(acts, weights)
            await act()

    async def _create_contact(self) -> None:
        name = f"Cliente {next(self._number)} de {self._random.randrange(10**6)}"
        made = await self._post(
            "/api/v1/contacts", {"kind": "company", "name": name, "roles": ["client"], "emails": ["a@cliente.example"]}
        )
        self._ledger.write(CONTACT, made["id"], made["version"])
        self._contacts = [*self._contacts[-_MOST_CONTACTS:], Owned(made["id"], made["version"])]

    async def _rename_contact(self) -> None:
        contact = self._any()
        await self._change(contact, "PATCH", f"/api/v1/contacts/{contact.id}", {"trade_name": str(new_id())})

    async def _hide_and_restore(self) -> None:
        contact = self._any()
        await self._change(contact, "DELETE", f"/api/v1/contacts/{contact.id}")
        restored = await self._post(f"/api/v1/contacts/{contact.id}/restore")
        contact.version = restored["version"]
        self._ledger.write(CONTACT, contact.id, contact.version)

    async def _write_note(self) -> None:
        note = await self._post("/api/v1/notes", {"contact_id": self._any().id, "body": "Llamar **mañana**."})
        self._ledger.write(NOTE, note["id"], note["version"])

    async def _plan_activity(self) -> None:
        given = {"contact_id": self._any().id, "kind": "call", "title": "Llamar", "starts_at": "2030-01-01T10:00:00Z"}
        activity = await self._post("/api/v1/activities", given)
        self._ledger.write(ACTIVITY, activity["id"], activity["version"])

    async def _invoice(self) -> None:
        given = {"type": "invoice", "contact_id": self._any().id, "lines": [_LINE]}
        draft = await self._post("/api/v1/documents", given)
        self._ledger.write(DOCUMENT, draft["id"], draft["version"])
        approved = await self._post(f"/api/v1/documents/{draft['id']}/approve")
        self._ledger.write(DOCUMENT, approved["id"], approved["version"])
        if self._random.random() < 0.3:
            send = await self._post(f"/api/v1/documents/{draft['id']}/send", {"to": ["a@cliente.example"]})
            self._ledger.write(SEND, send["id"], 1)

    def _any(self) -> Owned:
        return self._random.choice(self._contacts)

    async def _post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Under one Idempotency-Key, however often it takes."""
        headers = {"Idempotency-Key": str(new_id())}
        status, answer, _ = await self._insist("POST", path, body, headers)
        if status not in (200, 201, 202):
            raise Refused(f"POST {path}: {status} {answer}")
        return answer

    async def _change(self, owned: Owned, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        """Nobody else changes it: found changed after an answer that got lost, it was that very request."""
        headers = {"If-Match": f'"{owned.version}"'}
        status, answer, doubtful = await self._insist(method, path, body, headers)
        done_before = doubtful and status == (404 if method == "DELETE" else 412)
        if status not in (200, 204) and not done_before:
            raise Refused(f"{method} {path}: {status} {answer}")
        owned.version += 1
        self._ledger.write(CONTACT, owned.id, owned.version)

    async def _insist(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, Any], bool]:
        """Status, body, and whether an earlier try may have been accepted without our hearing of it."""
        for again in itertools.count():
            try:
                async with self._session.request(
                    method, path, json=body, headers=headers, timeout=_PATIENCE
                ) as response:
                    answer = await response.json() if response.content_length and response.status != 204 else {}
                    # Still running: the first try was cut off from us, not from its work.
                    if response.status < 500 and answer.get("code") != "idempotency.still_running":
                        return response.status, answer, again > 0
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(_AGAIN_SECONDS[min(again, len(_AGAIN_SECONDS) - 1)])
        raise AssertionError("unreachable")


async def write(
    url: str, api_key: str, ledger: Ledger, *, count: int, at_once: int, seed: int, broken: asyncio.Event
) -> None:
    """Until `count` writes are accepted and everything that had to be broken was."""
    enough = asyncio.Event()
    headers = {"Authorization": f"Bearer {api_key}"}
    async with aiohttp.ClientSession(url, headers=headers) as session, asyncio.TaskGroup() as tasks:
        for number in range(at_once):
            tasks.create_task(Writer(session, ledger, seed * 1000 + number).run(enough))

        async def all_done() -> bool:
            return ledger.count >= count and broken.is_set()

        await until(all_done, within=_LONGEST_SECONDS, every=0.1, what=f"{count} writes accepted")
        enough.set()
