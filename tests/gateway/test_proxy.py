"""Forwarding: which service gets what, and what passes through."""

import httpx
import pytest

from tests.gateway.conftest import Person
from tests.gateway.peers import Peer


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/api/v1/contacts", "contacts"),
        ("/api/v1/contacts/7", "contacts"),
        ("/api/v1/contacts/7/people/8", "contacts"),
        ("/api/v1/contacts/7/files", "files"),
        ("/api/v1/contacts/7/portal", "portal"),
        ("/api/v1/contacts/7/portal/password", "portal"),
        ("/api/v1/contacts/7/reports/products", "documents"),
        ("/api/v1/documents/7/pdf", "documents"),
        ("/api/v1/products", "documents"),
        ("/api/v1/taxes", "documents"),
        ("/api/v1/series", "documents"),
        ("/api/v1/activities/7/complete", "crm"),
        ("/api/v1/pipelines", "crm"),
        ("/api/v1/opportunities", "crm"),
        ("/api/v1/notes", "crm"),
        ("/api/v1/files/7/content", "files"),
        ("/api/v1/messages", "notifications"),
        ("/portal/api/session", "portal"),
    ],
)
async def test_a_path_goes_to_the_service_that_owns_it(
    client: httpx.AsyncClient, peers: dict[str, Peer], path: str, service: str
) -> None:
    answer = await client.get(path)
    assert answer.json() == {"service": service, "path": path[1:]}
    assert [name for name, peer in peers.items() if peer.seen] == [service]


async def test_the_service_learns_who_asks_from_our_token_alone(
    client: httpx.AsyncClient, peers: dict[str, Peer], admin: Person
) -> None:
    await client.get(
        "/api/v1/documents",
        headers={
            "X-Request-ID": "mine-1",
            "X-Org-Id": "evil",
            "X-Forwarded-For": "6.6.6.6",
            "X-Forwarded-User": "root",
            "Forwarded": "for=6.6.6.6",
            "X-User": "root",
        },
    )
    [(_, headers, identity)] = peers["documents"].seen
    assert (identity.org_id, identity.name, identity.scopes) == (admin.org_id, "Ana", frozenset({"*"}))
    assert identity.actor.startswith("user:")
    assert headers["x-request-id"] == "mine-1"
    assert not {"cookie", "x-org-id", "x-forwarded-for", "x-forwarded-user", "forwarded", "x-user"} & set(headers)


async def test_an_unknown_path_is_a_problem(client: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    for asking in (client, anonymous):
        for path in ("/api/v1/nothing", "/api/v2/contacts", "/api/", "/portal/apix", "/nothing"):
            answer = await asking.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path


async def test_nobody_is_told_to_log_in(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/api/v1/documents")
    assert (answer.status_code, answer.json()["code"]) == (401, "gateway.not_logged_in")


async def test_what_services_go_by_passes_both_ways(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    sent = {
        "If-Match": '"3"',
        "Idempotency-Key": "k1",
        "Range": "bytes=0-9",
        "Accept": "application/pdf",
        "Accept-Language": "ca",
        "Content-Type": "application/json",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    answer = await client.post("/api/v1/documents/%C3%B1%2F/x?a=1&a=2&q=%20", content=b'{"name": "x"}', headers=sent)
    [(asked, headers, _)] = peers["documents"].seen
    assert asked == "POST /api/v1/documents/ñ//x"
    assert {name.lower(): value for name, value in sent.items()}.items() <= headers.items()
    assert headers["content-length"] == "13"
    assert answer.headers["x-request-id"] == headers["x-request-id"]


async def test_the_portal_is_asked_as_a_visitor_with_its_own_cookie_only(
    client: httpx.AsyncClient, peers: dict[str, Peer]
) -> None:
    client.cookies.set("ficha_portal", "theirs")
    answer = await client.post("/portal/api/session", json={}, headers={"X-Forwarded-For": "6.6.6.6, 7.7.7.7"})
    [(_, headers, identity)] = peers["portal"].seen
    assert (identity.org_id, identity.actor, identity.scopes) == (None, "visitor", frozenset({"portal:client"}))
    assert headers["cookie"] == "ficha_portal=theirs"
    assert headers["x-forwarded-for"] == "7.7.7.7"  # what the proxy in front of us saw
    assert "ficha_portal=p1" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "value", ['"a\\015\\012X-Org-Id: 1"', '"a\\012b"', '"a;b=c"', '"a\\000"', "a b", "", "x" * 201], ids=repr
)
async def test_a_cookie_that_is_no_token_is_not_handed_on(
    client: httpx.AsyncClient, peers: dict[str, Peer], value: str
) -> None:
    """Quoted ones are unescaped when they are read: what comes of it must never be written into a header."""
    answer = await client.get("/portal/api/me", headers={"Cookie": f"ficha_portal={value}; ficha_portal_device=good"})
    assert answer.status_code < 500
    [(_, headers, _)] = peers["portal"].seen
    assert headers["cookie"] == "ficha_portal_device=good"
    assert "x-org-id" not in headers


async def test_internal_paths_cannot_be_reached(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    for path in ("/internal/contacts/7/panel", "/api/v1/../../internal/contacts/7/panel", "/api/internal/x"):
        assert (await client.get(httpx.URL(str(client.base_url).rstrip("/") + path))).status_code == 404
    assert not any(peer.seen for peer in peers.values())


async def test_a_service_decides_by_the_scopes_it_is_told(client: httpx.AsyncClient) -> None:
    made = await client.post("/api/v1/api-keys", json={"name": "reader", "scopes": ["contacts:read"]})
    async with httpx.AsyncClient(base_url=client.base_url) as program:
        program.headers["Authorization"] = f"Bearer {made.json()['key']}"
        assert (await program.post("/api/v1/contacts", json={"name": "x"})).status_code == 403
        assert (await program.get("/api/v1/contacts")).status_code == 200


async def test_answers_tell_browsers_to_be_careful(client: httpx.AsyncClient) -> None:
    for path in ("/api/v1/documents", "/api/v1/organization", "/api/v1/nothing"):
        headers = (await client.get(path)).headers
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")


async def test_a_method_of_our_own_that_does_not_exist_is_said_so(client: httpx.AsyncClient) -> None:
    for method, path in (("DELETE", "/api/v1/organization"), ("POST", "/api/v1/stream")):
        answer = await client.request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
