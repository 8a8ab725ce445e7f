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
