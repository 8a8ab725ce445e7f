"""Ficha answers where it is found, and nowhere else: over real sockets, whatever a request says of its host."""

import asyncio
import json

import httpx
import pytest
from fastapi import FastAPI

from gateway.addresses import Addresses
from gateway.main import create_app
from shared.db.session import Database
from tests.gateway.conftest import Person, log_in, settings_for
from tests.gateway.peers import Peer, serving

FOUND = "https://ficha.example.com"
ALSO = ["http://192.0.2.10:8000", "https://[2001:db8::10]", "http://ficha.internal"]
EXEMPT = ("/health/live", "/health/ready", "/metrics", "/internal/organizations", "/logos/x.png")

Answer = tuple[int, str]
FOREIGN: Answer = (421, "gateway.foreign_host")
MALFORMED: Answer = (400, "malformed_host")

ALONE: dict[str, bool] = {
    "ficha.example.com": True,
    "ficha.example.com:443": True,
    "FICHA.Example.COM": True,
    "ficha.example.com:00443": True,
    "ficha.example.com:80": False,
    "ficha.example.com:8000": False,
    "ficha.example.com.": False,
    "ficha.example.com.:443": False,
    ".ficha.example.com": False,
    "www.ficha.example.com": False,
    "example.com": False,
    "ficha.example.com.evil.example": False,
    "ficha-example.com": False,
    "192.0.2.10:8000": True,
    "192.0.2.10": False,
    "192.0.2.010:8000": False,
    "3221226010:8000": False,
    "0xc000020a:8000": False,
    "[2001:db8::10]": True,
    "[2001:DB8:0:0::10]:443": True,
    "[2001:db8::10]:80": False,
    "[2001:db8::11]": False,
    "[::ffff:192.0.2.10]:8000": False,
    "ficha.internal": True,
    "ficha.internal:80": True,
    "ficha.internal:443": False,
    "localhost": False,
    "127.0.0.1": False,
    "gateway": False,
    "ficha.example.com:0": False,
    "ficha.example.com:99999": False,
}


@pytest.mark.parametrize(("host", "ours"), ALONE.items())
def test_a_host_is_one_of_those_that_are_configured(host: str, ours: bool) -> None:
    assert Addresses(FOUND, ALSO).is_host(host) is ours


@pytest.mark.parametrize("public", ["http://127.0.0.1:8100", "http://localhost:8100", "http://[::1]:8100"])
def test_on_this_machine_it_is_found_by_any_of_its_names_at_its_port(public: str) -> None:
    addresses = Addresses(public)
    for name in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]", "[0:0:0:0:0:0:0:1]"):
        assert addresses.is_host(f"{name}:8100")
        assert not addresses.is_host(f"{name}:8000")
        assert not addresses.is_host(name)
    for name in ("127.0.0.2", "0.0.0.0", "localhost.", "localhost.evil.example", "[::]", "192.0.2.10"):
        assert not addresses.is_host(f"{name}:8100")
    assert addresses.is_origin("http://localhost:8100")
    assert not addresses.is_origin("https://localhost:8100")


def asked(target: str, *hosts: str, version: str = "1.1") -> bytes:
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    return f"GET {target} HTTP/{version}\r\n{lines}Connection: close\r\n\r\n".encode()


REQUESTS: dict[str, tuple[bytes, Answer | int]] = {
    "ours": (asked("/api/v1/session", "{own}"), 401),
    "by another name of this machine": (asked("/api/v1/session", "localhost:{port}"), 401),
    "as an address of IPv6": (asked("/api/v1/session", "[::1]:{port}"), 401),
    "in capitals": (asked("/api/v1/session", "LocalHost:{port}"), 401),
    "of HTTP/1.0": (asked("/api/v1/session", "{own}", version="1.0"), 401),
    "none": (asked("/api/v1/session"), MALFORMED),
    "none, in HTTP/1.0": (asked("/api/v1/session", version="1.0"), MALFORMED),
    "an empty one": (asked("/api/v1/session", ""), MALFORMED),
    "two alike": (asked("/api/v1/session", "{own}", "{own}"), MALFORMED),
    "two": (asked("/api/v1/session", "{own}", "evil.example"), MALFORMED),
    "two in HTTP/1.0": (asked("/api/v1/session", "{own}", "evil.example", version="1.0"), MALFORMED),
    "two in one": (asked("/api/v1/session", "{own}, {own}"), MALFORMED),
    "with a name before it": (asked("/api/v1/session", "ana@{own}"), MALFORMED),
    "another": (asked("/api/v1/session", "evil.example"), FOREIGN),
    "another in HTTP/1.0": (asked("/api/v1/session", "evil.example", version="1.0"), FOREIGN),
    "another's port": (asked("/api/v1/session", "127.0.0.1:1"), FOREIGN),
    "without the port": (asked("/api/v1/session", "127.0.0.1"), FOREIGN),
    "a dot at the end": (asked("/api/v1/session", "localhost.:{port}"), FOREIGN),
    "a page": (asked("/contacts", "evil.example"), FOREIGN),
    "an asset": (asked("/assets/x.js", "evil.example"), FOREIGN),
    "the portal": (asked("/portal/api/me", "evil.example"), FOREIGN),
    "the documents": (asked("/docs", "evil.example"), FOREIGN),
    "no path of ours": (asked("/healthy", "evil.example"), FOREIGN),
    "an absolute address": (asked("http://{own}/api/v1/session", "{own}"), 401),
    "an absolute address goes before the header": (asked("http://evil.example/api/v1/session", "{own}"), FOREIGN),
    "ours before another in the header": (asked("http://{own}/api/v1/session", "evil.example"), 401),
    "an absolute address and no header": (asked("http://{own}/api/v1/session"), MALFORMED),
    "an absolute address of IPv6": (asked("http://[::1]:{port}/api/v1/session", "a"), 401),
    "an absolute address of HTTP/1.0": (asked("http://{own}/api/v1/session", version="1.0"), 401),
}


@pytest.mark.parametrize(("sent", "expected"), REQUESTS.values(), ids=REQUESTS.keys())
async def test_whoever_asks_for_another_host_gets_nothing(url: str, sent: bytes, expected: Answer | int) -> None:
    own = url.removeprefix("http://").encode()
    port = own.rpartition(b":")[2]
    status, headers, body = await exchange(port, sent.replace(b"{own}", own).replace(b"{port}", port))
    if isinstance(expected, int):
        assert status == expected
    else:
        assert (status, json.loads(body)["code"]) == expected
        assert headers["content-type"] == "application/problem+json"


async def exchange(port: bytes, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    writer.write(sent)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.lower().split(": ", 1) for line in lines), body


@pytest.mark.parametrize("path", EXEMPT)
async def test_probes_and_siblings_ask_by_any_name(url: str, path: str) -> None:
    async with httpx.AsyncClient(base_url=url, headers={"Host": "10.1.2.3:8000"}) as client:
        answer = await client.get(path)
    assert answer.status_code in (200, 401, 422)


async def test_who_opens_it_at_an_address_that_is_not_its_own_is_told_what_to_do(url: str) -> None:
    headers = {"Host": "192.0.2.10:8000", "Accept": "text/html,*/*"}
    async with httpx.AsyncClient(base_url=url, headers=headers) as browser:
        answer = await browser.get("/")
        assert (answer.status_code, answer.headers["content-type"]) == (421, "text/plain; charset=utf-8")
        sentences = answer.text.strip().split("\n\n")
        assert len(sentences) == 3
        for said in sentences:
            assert all(part in said for part in ("192.0.2.10:8000", url, "GATEWAY_OTHER_URLS", "FICHA_OTHER_URLS"))
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-request-id"]
        refused = await browser.post("/api/v1/session", json={})
        assert (refused.status_code, refused.json()["code"]) == FOREIGN


async def test_a_write_needs_an_origin_that_is_configured_whatever_host_was_asked(
    peers: dict[str, Peer], database: Database, admin: Person
) -> None:
    """A page of a host that we are behind, too, but that nobody told us of, is foreign."""
    settings = settings_for(peers, other_urls="http://ficha.internal, https://ficha.example.com")
    app: FastAPI = create_app(settings, database)
    async with serving(app, settings.port) as url, httpx.AsyncClient(base_url=url) as client:
        assert (await log_in(client, admin)).status_code == 201
        for host in (url.removeprefix("http://"), "ficha.internal", "ficha.example.com"):
            for origin, status in (
                (url, 200),
                ("http://ficha.internal", 200),
                ("https://ficha.example.com", 200),
                ("http://ficha.example.com", 403),
                ("http://evil.example", 403),
            ):
                headers = {"Host": host, "Origin": origin, "Cookie": f"ficha_session={client.cookies['ficha_session']}"}
                answer = await client.patch("/api/v1/organization", json={"name": "Acme"}, headers=headers)
                assert answer.status_code == status, (host, origin)
