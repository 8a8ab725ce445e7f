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
    """Of a contact whose panel everybody has had before."""
    path = path_of_new(client)
    until_now(lambda: whole(client, path), what="the whole panel")
    return path


def path_of_new(client: httpx.Client) -> str:
    made = client.post("/api/v1/contacts", json={"kind": "company", "name": "Resistente, S.A."})
    return f"/api/v1/contacts/{made.json()['id']}/panel"


def whole(client: httpx.Client, path: str) -> bool:
    return sections(client.get(path).json(), "ready") == ALL


def sections(panel: dict[str, Any], status: str) -> set[str]:
    assert set(panel["sections"]) == ALL
    return {name for name, section in panel["sections"].items() if section["status"] == status}


@pytest.mark.parametrize("service", SECTIONS)
def test_a_dead_service_dims_its_own_sections_only(stack: Ficha, client: httpx.Client, service: str) -> None:
    path = path_of_new(client)
    with stack.without(service):
        for _ in range(5):
            panel = panel_in_time(client, path)
            assert sections(panel, "unavailable") == SECTIONS[service]
            assert all(panel["sections"][name]["reason"] for name in SECTIONS[service])
    until_now(lambda: whole(client, path), within=30, what=f"{service}'s return")


@pytest.mark.parametrize("service", SECTIONS)
def test_what_a_hung_service_gave_last_is_still_shown(
    stack: Ficha, client: httpx.Client, panel_path: str, service: str
) -> None:
    before = client.get(panel_path).json()
    process = stack.service(service)
    process.suspend()
    try:
        for _ in range(5):
            panel = panel_in_time(client, panel_path)
            assert sections(panel, "stale") == SECTIONS[service]
            assert sections(panel, "unavailable") == set()
            assert panel["contact"] == before["contact"]
            for name in SECTIONS[service]:
                shown, known = panel["sections"][name], before["sections"][name]
                assert (shown["data"], shown["as_of"]) == (known["data"], known["as_of"])
    finally:
        process.resume()
    until_now(lambda: whole(client, panel_path), within=30, what=f"{service}'s return")


def panel_in_time(client: httpx.Client, path: str) -> dict[str, Any]:
    started = time.monotonic()
    answer = client.get(path)
    assert time.monotonic() - started < 1
    assert answer.status_code == 200, answer.text
    panel: dict[str, Any] = answer.json()
    return panel


def test_a_missing_contact_is_the_only_404(client: httpx.Client) -> None:
    answer = client.get(f"/api/v1/contacts/{new_id()}/panel")
    assert (answer.status_code, answer.json()["code"]) == (404, "contacts.not_found")
