"""The panel: composed at once, each section on its own."""

import asyncio
import socket
import time
from typing import Any

import httpx
import pytest

from gateway.breaker import Breaker
from gateway.last_known import Key, LastKnown
from gateway.main import create_app
from shared.db.session import Database
from shared.identifiers import new_id
from tests.gateway.conftest import Person, log_in, new_person, settings_for
from tests.gateway.peers import Peer, serving
from tests.support.waiting import until

CONTACT = str(new_id())
OF = {
    "contacts": {"people"},
    "documents": {"year", "documents"},
    "portal": {"portal"},
    "crm": {"activities", "opportunities", "notes"},
    "files": {"files"},
}


async def panel_of(client: httpx.AsyncClient, query: str = "", contact: str = CONTACT) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/contacts/{contact}/panel{query}")
    assert answer.status_code == 200, answer.text
    panel: dict[str, Any] = answer.json()
    return panel


def unavailable(panel: dict[str, Any]) -> dict[str, str]:
    return reasons(panel, "unavailable")


def stale(panel: dict[str, Any]) -> dict[str, str]:
    return reasons(panel, "stale")


def reasons(panel: dict[str, Any], status: str) -> dict[str, str]:
    return {name: section["reason"] for name, section in panel["sections"].items() if section["status"] == status}


async def until_whole(client: httpx.AsyncClient) -> None:
    """Also closes the breakers that a test has opened."""

    async def whole() -> bool:
        panel = await panel_of(client)
        return {section["status"] for section in panel["sections"].values()} == {"ready"}

    await until(whole, within=5)


async def test_the_panel_joins_what_every_service_gives(
    client: httpx.AsyncClient, peers: dict[str, Peer], admin: Person
) -> None:
    client.headers["X-Request-ID"] = "panel-1"
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
    assert panel["sections"]["year"]["data"] == {"sales_total": "12.50", "asked": "2025"}
    assert all(section["as_of"].endswith("Z") for section in panel["sections"].values())
    asked = {name: peer.seen for name, peer in peers.items() if peer.seen}
    assert set(asked) == set(OF)
    for peer in asked.values():
        [(asked_for, headers, identity)] = peer
        assert asked_for == f"GET /internal/contacts/{CONTACT}/panel"
        assert identity.org_id == admin.org_id
        assert headers["x-request-id"] == "panel-1"


async def test_a_contact_that_is_not_there_is_a_404(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    peers["contacts"].mode = "missing"
    answer = await client.get(f"/api/v1/contacts/{CONTACT}/panel")
    assert (answer.status_code, answer.json()["code"]) == (404, "contacts.not_found")


@pytest.mark.parametrize("service", OF)
@pytest.mark.parametrize(("mode", "reason"), [("hang", "timeout"), ("error", "error")])
async def test_a_service_in_trouble_dims_its_own_sections_in_time(
    client: httpx.AsyncClient, peers: dict[str, Peer], service: str, mode: str, reason: str
) -> None:
    await panel_of(client, contact=str(new_id()))
    peers[service].mode = mode
    started = time.monotonic()
    panel = await panel_of(client)
    assert time.monotonic() - started < 0.8
    assert stale(panel) == {}
    assert unavailable(panel) == dict.fromkeys(OF[service], reason)
    assert panel["contact"] == ({"id": CONTACT} if service == "contacts" else {"name": "Acme"})


@pytest.mark.parametrize("service", OF)
async def test_what_a_service_gave_last_is_shown_while_it_gives_nothing(
    client: httpx.AsyncClient, peers: dict[str, Peer], service: str
) -> None:
    before = await panel_of(client)
    peers[service].mode = "error"
    for _ in range(5):  # asked in vain, then left alone
        panel = await panel_of(client)
        assert stale(panel) == dict.fromkeys(OF[service], "error")
        assert unavailable(panel) == {}
        assert panel["contact"] == before["contact"]
        for name in OF[service]:
            old, shown = before["sections"][name], panel["sections"][name]
            assert (shown["data"], shown["as_of"]) == (old["data"], old["as_of"])
    peers[service].mode = "ok"
    await until_whole(client)


async def test_nobody_is_shown_what_another_was_given(
    client: httpx.AsyncClient, peers: dict[str, Peer], url: str, database: Database
) -> None:
    await panel_of(client, "?year=2025")
    made = await client.post("/api/v1/api-keys", json={"name": "no crm", "scopes": ["contacts:read"]})
    peers["documents"].mode = peers["crm"].mode = "error"
    assert set(stale(await panel_of(client, "?year=2025"))) == OF["documents"] | OF["crm"]
    for query in ("", "?year=2024"):
        assert set(unavailable(await panel_of(client, query))) == OF["documents"]
    elsewhere = await panel_of(client, "?year=2025", contact=str(new_id()))
    assert set(unavailable(elsewhere)) == OF["documents"] | OF["crm"]
    async with httpx.AsyncClient(base_url=url) as other:
        await log_in(other, await new_person(database))
        assert set(unavailable(await panel_of(other, "?year=2025"))) == OF["documents"] | OF["crm"]
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {made.json()['key']}"}) as key:
        panel = await panel_of(key, "?year=2025")
        assert stale(panel) == {}
        assert set(unavailable(panel).values()) == {"forbidden"}
    peers["documents"].mode = peers["crm"].mode = "ok"
    await until_whole(client)


async def test_a_deleted_contact_is_not_known_any_more(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    await panel_of(client)
    peers["contacts"].mode = "missing"
    assert (await client.get(f"/api/v1/contacts/{CONTACT}/panel")).status_code == 404
    peers["contacts"].mode = "error"
    panel = await panel_of(client)
    assert panel["contact"] == {"id": CONTACT}
    assert unavailable(panel) == {"people": "error"}


async def test_half_an_answer_is_not_what_is_known(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    await panel_of(client)
    peers["crm"].mode = "empty"
    assert unavailable(await panel_of(client)) == dict.fromkeys(OF["crm"], "error")
    peers["crm"].mode = "error"
    assert stale(await panel_of(client)) == dict.fromkeys(OF["crm"], "error")


def test_what_is_known_stays_within_its_bounds() -> None:
    first, second, large = (Key(new_id(), new_id(), "crm", None) for _ in range(3))
    known = LastKnown(most_mib=1, seconds=3600)
    known.keep(first, b"x" * 700_000, "2026-01-01T00:00:00Z")
    known.keep(second, b"x" * 700_000, "2026-01-01T00:00:00Z")
    assert (known.find(first), known.find(second) is None) == (None, False)
    known.keep(large, b"x" * 2_000_000, "2026-01-01T00:00:00Z")
    assert known.find(large) is None


def test_what_is_known_is_forgotten_in_time() -> None:
    key, known = Key(new_id(), new_id(), "crm", None), LastKnown(most_mib=1, seconds=0.01)
    known.keep(key, b"{}", "2026-01-01T00:00:00Z")
    time.sleep(0.02)
    assert known.find(key) is None


async def test_nonsense_from_a_service_dims_it_too(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    peers["files"].mode, peers["portal"].mode, peers["crm"].mode = "nonsense", "empty", "missing"
    assert unavailable(await panel_of(client)) == dict.fromkeys(OF["files"] | OF["portal"] | OF["crm"], "error")


async def test_a_dead_service_dims_its_own_sections_and_returns_by_itself(
    peers: dict[str, Peer], database: Database, admin: Person
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    app = create_app(settings_for(peers, crm_url=f"http://127.0.0.1:{port}"), database)
    async with serving(app, app.state.settings.port) as url, httpx.AsyncClient(base_url=url) as client:
        await log_in(client, admin)
        for _ in range(5):
            assert unavailable(await panel_of(client)) == dict.fromkeys(OF["crm"], "unreachable")
        crm = Peer("crm")
        async with serving(crm.app, port):
            await until_whole(client)


async def test_a_hung_service_soon_slows_nobody(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    started = time.monotonic()
    for _ in range(5):
        assert unavailable(await panel_of(client)) == {}
    usual = time.monotonic() - started
    peers["crm"].mode = "hang"
    # Others' panels: what was given before would be shown again.
    other = str(new_id())
    await asyncio.gather(*(panel_of(client, contact=other) for _ in range(3)))
    asked = len(peers["crm"].seen)
    started = time.monotonic()
    for _ in range(5):
        assert unavailable(await panel_of(client, contact=other)) == dict.fromkeys(OF["crm"], "timeout")
    # Beside the same five while nothing hung, so that a busy machine counts for both: not one deadline was waited for.
    assert time.monotonic() - started < usual + 0.45
    assert len(peers["crm"].seen) == asked
    peers["crm"].mode = "ok"
    await until_whole(client)


async def test_all_services_hung_still_answers_in_time(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    await panel_of(client, contact=str(new_id()))
    for peer in peers.values():
        peer.mode = "hang"
    started = time.monotonic()
    panel = await panel_of(client)
    assert time.monotonic() - started < 0.8
    assert len(unavailable(panel)) == 8
    for peer in peers.values():
        peer.mode = "ok"
    await until_whole(client)


def test_a_breaker_opens_after_failures_in_a_row_and_lets_one_try_at_a_time() -> None:
    breaker = Breaker(failures=2, retry_seconds=0.01)
    breaker.failed("timeout")
    breaker.succeeded()
    breaker.failed("timeout")
    assert breaker.allows()
    breaker.failed("error")
    assert not breaker.allows()
    assert breaker.reason == "error"
    time.sleep(0.011)
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.succeeded()
    assert [breaker.allows(), breaker.allows()] == [True, True]


@pytest.mark.parametrize(
    ("path", "field"),
    [("x/panel", "contact_id"), (f"{CONTACT}/panel?year=x", "year"), (f"{CONTACT}/panel?year=99999", "year")],
    ids=["no id", "no year", "no such year"],  # the same in every process of a spread run
)
async def test_a_wrong_wish_is_named(client: httpx.AsyncClient, path: str, field: str) -> None:
    answer = await client.get(f"/api/v1/contacts/{path}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_nobody_sees_a_panel_without_logging_in(anonymous: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    assert (await anonymous.get(f"/api/v1/contacts/{CONTACT}/panel")).status_code == 401
    assert not any(peer.seen for peer in peers.values())
