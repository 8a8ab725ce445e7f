"""`ficha rebuild` on a running Ficha: copies that were spoilt are as they were, and nobody notices meanwhile."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from shared.db.snapshot import key_of
from tests.support.ficha import Ficha
from tests.support.replicas import KEEPERS, disagreements, fetch, tables_of
from tests.support.waiting import until_now

PASSWORD = "una-clave-larga-1"
SPOILING = {
    "contacts": ("DELETE FROM organization",),
    "documents": (
        """UPDATE contact_copy SET version = version + 1000, state = state || '{"name": "spoilt"}'""",
        "DELETE FROM organization",
    ),
    "crm": (
        "UPDATE contact_copy SET name = 'spoilt'",
        "DELETE FROM contact_copy c WHERE NOT EXISTS (SELECT FROM opportunity o WHERE o.contact_id = c.id)"
        " AND NOT EXISTS (SELECT FROM activity a WHERE a.contact_id = c.id)"
        " AND NOT EXISTS (SELECT FROM note n WHERE n.contact_id = c.id)",
        "DELETE FROM user_copy",
    ),
    "files": ("DELETE FROM contact",),
    "portal": (
        "UPDATE contact SET emails = '{}'",
        "UPDATE document SET status = 'voided', version = version + 1000 WHERE status <> 'draft'",
        "DELETE FROM product",
    ),
    "notifications": ("DELETE FROM user_copy",),
}
"""What is done to the copies of each service."""
Row = tuple[str, str, str]
"""Table, organisation and id."""


def test_spoilt_copies_are_as_they_were_and_nobody_notices(
    ficha: Ficha, client: httpx.Client, invoice: dict[str, Any]
) -> None:
    until_now(lambda: not disagreements(ficha), within=60, what="copies as their owners say")
    before = {service: copies(ficha, service) for service in KEEPERS}
    for service, statements in SPOILING.items():
        fetch(ficha, service, *statements)
    spoilt = {service: copies(ficha, service) for service in KEEPERS}
    assert {service for service in KEEPERS if spoilt[service] != before[service]} == set(KEEPERS)

    with looked_at(ficha, client, invoice) as watch:
        kill_in_the_middle(ficha, spoilt["portal"], before["portal"])
        said = rebuilt(ficha, *KEEPERS)
    assert watch.failures == []
    assert watch.looks > 20
    assert watch.written

    until_now(lambda: not disagreements(ficha), within=60, what="copies as their owners say")
    for service in KEEPERS:
        after = copies(ficha, service)
        assert {row: after.get(row) for row in before[service]} == before[service], service
        assert {row_id for _, _, row_id in after.keys() - before[service].keys()} <= set(watch.written)
    told = {service: (number_of(facts), number_of(count)) for service, facts, count in _TOLD.findall(said)}
    from_log = {service: count for service, (_, count) in told.items()}
    if ficha.mode == "stack":
        facts, count = told["portal"]
        assert facts >= len(before["portal"]) > 500
        assert count > facts * 0.9
        assert from_log["contacts"] == len(before["contacts"]) > 0
    else:
        assert from_log == dict.fromkeys(KEEPERS, 0)


def kill_in_the_middle(ficha: Ficha, spoilt: dict[Row, str], right: dict[Row, str]) -> None:
    """Then some are right again, and the others as they were."""
    doomed = ficha.command("rebuild", "portal")
    until_now(lambda: copies(ficha, "portal") != spoilt, within=60, every=0.01, what="something put right")
    doomed.kill()
    doomed.communicate()
    middle = copies(ficha, "portal")
    assert all(text in (spoilt.get(row), right[row]) for row, text in middle.items() if row in right)


@dataclass
class Watch:
    """What people saw and did meanwhile. `written`: ids of contacts."""

    looks: int = 0
    failures: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def client(ficha: Ficha) -> Iterator[httpx.Client]:
    """The administrator's."""
    with closing(ficha.client()) as client:
        yield client


@pytest.fixture(scope="module")
def invoice(client: httpx.Client) -> dict[str, Any]:
    """One of somebody with an e-mail, to whom the portal is open."""
    invoices = client.get("/api/v1/documents?type=invoice&limit=50").json()["items"]
    found: dict[str, Any] = next(
        each for each in invoices if client.get(f"/api/v1/contacts/{each['contact_id']}").json()["emails"]
    )
    portal = f"/api/v1/contacts/{found['contact_id']}/portal"
    settings = {"enabled": True, "payment_methods": ["transfer"], "catalogue": True}
    assert client.put(portal, json=settings).status_code == 200
    assert client.put(f"{portal}/password", json={"password": PASSWORD}).status_code == 204
    return found


@contextmanager
def looked_at(ficha: Ficha, client: httpx.Client, invoice: dict[str, Any]) -> Iterator[Watch]:
    """The portal's client and staff look at what copies are for, over and over, and staff write."""
    watch, stop = Watch(), threading.Event()
    email = client.get(f"/api/v1/contacts/{invoice['contact_id']}").json()["emails"][0]
    with ExitStack() as stack:
        visitor = stack.enter_context(httpx.Client(base_url=ficha.url, timeout=30))
        assert visitor.post("/portal/api/session", json={"email": email, "password": PASSWORD}).status_code == 201
        looking = (
            (visitor, "/portal/api/documents?limit=200", "items"),
            (visitor, "/portal/api/me", "payment_methods"),
            (client, f"/api/v1/documents/{invoice['id']}/recipients", "items"),
            (client, "/api/v1/opportunities?limit=200", "items"),
        )
        expected = [len(who.get(path).json()[what]) for who, path, what in looking]
        assert all(expected)

        def look() -> None:
            while not stop.wait(0.02):
                for (who, path, what), count in zip(looking, expected, strict=True):
                    answer = who.get(path)
                    watch.looks += 1
                    if answer.status_code != 200 or len(answer.json()[what]) != count:
                        watch.failures.append(f"{path}: {answer.status_code} {answer.text[:200]}")

        def write() -> None:
            while not stop.wait(0.1):
                made = client.post("/api/v1/contacts", json={"kind": "company", "name": "Nuevo cliente"})
                watch.written.append(made.json()["id"])
                # A note refers to the copy of its contact: being told anew, it must be there all the same.
                note = client.post("/api/v1/notes", json={"contact_id": invoice["contact_id"], "body": "mientras"})
                if (made.status_code, note.status_code) != (201, 201):
                    watch.failures.append(f"{made.text[:200]} {note.text[:200]}")

        threads = stack.enter_context(ThreadPoolExecutor(2))
        running = [threads.submit(look), threads.submit(write)]
        try:
            yield watch
        finally:
            stop.set()
        for each in running:
            each.result()


def rebuilt(ficha: Ficha, *services: str) -> str:
    """What the command said."""
    command = ficha.command("rebuild", *services)
    said, _ = command.communicate(timeout=120)
    assert command.returncode == 0, said
    return said


def copies(ficha: Ficha, service: str) -> dict[Row, str]:
    """Every row of every table of copies."""
    found: dict[Row, str] = {}
    for table in tables_of(service).values():
        rows = fetch(ficha, service, f"SELECT org_id, {key_of(table.model).key}, t::text FROM {table.name} t")
        found |= {(table.name, str(row[0]), str(row[1])): row[2] for row in rows}
    return found


def number_of(written: str) -> int:
    return int(written.replace(",", ""))


_TOLD = re.compile(r"(\w+): ([\d,]+) facts told in [\d.]+ s, ([\d,]+) from the log")
