"""A service that is away dims its own sections and nothing else; they return by themselves."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from shared.identifiers import new_id
from tests.support.ficha import Ficha
from tests.support.waiting import until_now

SECTIONS = {
    "contacts": {"people"},
    "documents": {"year", "documents"},
    "crm": {"activities", "opportunities", "notes"},
    "files": {"files"},
    "portal": {"portal"},
}
ALL = {"people", "portal", "year", "documents", "activities", "opportunities", "files", "notes"}


@pytest.fixture(scope="module")
def client(stack: Ficha) -> Iterator[httpx.Client]:
    with closing(stack.client()) as client:
        yield client


@pytest.fixture(scope="module")
def panel_path(client: httpx.Client) -> str:
    made = client.post("/api/v1/contacts", json={"kind": "company", "name": "Resistente, S.A."})
    path = f"/api/v1/contacts/{made.json()['id']}/panel"
    until_now(lambda: not unavailable(client.get(path).json()), what="the whole panel")
    return path


def unavailable(panel: dict[str, Any]) -> set[str]:
    statuses = {name: section["status"] for name, section in panel["sections"].items()}
    assert set(statuses) == ALL
    return {name for name, status in statuses.items() if status == "unavailable"}


@pytest.mark.parametrize("service", SECTIONS)
def test_a_dead_service_dims_its_own_sections_only(
    stack: Ficha, client: httpx.Client, panel_path: str, service: str
) -> None:
    with stack.without(service):
        for _ in range(5):
            started = time.monotonic()
            answer = client.get(panel_path)
            assert time.monotonic() - started < 1
            assert answer.status_code == 200, answer.text
            assert unavailable(answer.json()) == SECTIONS[service]
            dimmed = [answer.json()["sections"][name] for name in SECTIONS[service]]
            assert all(section["reason"] for section in dimmed)
    until_now(lambda: not unavailable(client.get(panel_path).json()), within=30, what=f"{service}'s return")


@pytest.mark.parametrize("service", SECTIONS)
def test_a_hung_service_dims_its_own_sections_only(
    stack: Ficha, client: httpx.Client, panel_path: str, service: str
) -> None:
    process = stack.service(service)
    process.suspend()
    try:
        for _ in range(5):
            started = time.monotonic()
            answer = client.get(panel_path)
            assert time.monotonic() - started < 1
            assert (answer.status_code, unavailable(answer.json())) == (200, SECTIONS[service])
    finally:
        process.resume()
    until_now(lambda: not unavailable(client.get(panel_path).json()), within=30, what=f"{service}'s return")


def test_a_missing_contact_is_the_only_404(client: httpx.Client) -> None:
    answer = client.get(f"/api/v1/contacts/{new_id()}/panel")
    assert (answer.status_code, answer.json()["code"]) == (404, "contacts.not_found")
