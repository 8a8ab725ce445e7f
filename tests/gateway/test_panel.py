"""The panel: composed at once, each section on its own."""

import time
from typing import Any

import httpx
import pytest

from shared.identifiers import new_id
from tests.gateway.peers import Peer

CONTACT = str(new_id())
OF = {
    "contacts": {"people"},
    "documents": {"year", "documents"},
    "portal": {"portal"},
    "crm": {"activities", "opportunities", "notes"},
    "files": {"files"},
}


async def panel_of(client: httpx.AsyncClient, query: str = "") -> dict[str, Any]:
    answer = await client.get(f"/api/v1/contacts/{CONTACT}/panel{query}")
    assert answer.status_code == 200, answer.text
    panel: dict[str, Any] = answer.json()
    return panel


def unavailable(panel: dict[str, Any]) -> dict[str, str]:
    return {name: s["reason"] for name, s in panel["sections"].items() if s["status"] == "unavailable"}


async def test_the_panel_joins_what_every_service_gives(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    panel = await panel_of(client, "?year=2025")
    assert panel["contact"] == {"name": "Acme"}
    assert list(panel["sections"]) == [
        "people",
        "portal",
        "year",
        "documents",
        "activities",
        "opportunities",
        "files",
        "notes",
    ]
    assert unavailable(panel) == {}
    assert panel["sections"]["year"]["data"] == {"sales_total": "12.50"}
    assert all(section["as_of"].endswith("Z") for section in panel["sections"].values())
    asked = {name: peer.seen for name, peer in peers.items() if peer.seen}
    assert set(asked) == set(OF)
    assert asked["documents"][0][0] == f"GET /internal/contacts/{CONTACT}/panel"


async def test_a_contact_that_is_not_there_is_a_404(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    peers["contacts"].mode = "missing"
    answer = await client.get(f"/api/v1/contacts/{CONTACT}/panel")
    assert (answer.status_code, answer.json()["code"]) == (404, "contacts.not_found")


@pytest.mark.parametrize("service", OF)
@pytest.mark.parametrize(("mode", "reason"), [("hang", "timeout"), ("error", "error")])
async def test_a_service_in_trouble_dims_its_own_sections_in_time(
    client: httpx.AsyncClient, peers: dict[str, Peer], service: str, mode: str, reason: str
) -> None:
    await panel_of(client)
    peers[service].mode = mode
    started = time.monotonic()
    panel = await panel_of(client)
    assert time.monotonic() - started < 0.8
    assert unavailable(panel) == dict.fromkeys(OF[service], reason)
    assert panel["contact"] == ({"id": CONTACT} if service == "contacts" else {"name": "Acme"})
