"""Where a webhook may not go: every class of address, however it is written, named, or arrived at."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from aiohttp import web
from fastapi import FastAPI
from pydantic import SecretStr, ValidationError

from notifications.config import Settings
from notifications.main import create_app
from notifications.webhooks import targets
from notifications.webhooks.deliveries.posting import Poster
from notifications.webhooks.targets import AddressRefused, Targets
from shared.db.session import Database
from shared.errors import Invalid
from tests.notifications.conftest import WEBHOOK_KEY, Dispatching
from tests.notifications.receiver import CONTACTS, WEBHOOKS, Receiver, contact_updated, happen, made, settled
from tests.support.identity import ISSUERS, PRIVATE_KEY, client_of

PUBLIC = "93.184.215.14"

REFUSED = {
    "unspecified": "0.0.0.0",
    "this network": "0.1.2.3",
    "loopback": "127.0.0.1",
    "loopback too": "127.255.255.254",
    "private 10": "10.0.0.1",
    "private 172": "172.16.0.1",
    "private 172 end": "172.31.255.255",
    "private 192": "192.168.1.1",
    "carrier-grade nat": "100.64.0.1",
    "metadata behind it": "100.100.100.200",
    "link-local": "169.254.0.1",
    "metadata": "169.254.169.254",
    "container credentials": "169.254.170.2",
    "host of a cloud": "168.63.129.16",
    "metadata of another": "192.0.0.192",
    "documentation 1": "192.0.2.1",
    "documentation 2": "198.51.100.1",
    "documentation 3": "203.0.113.1",
    "6to4 relay": "192.88.99.1",
    "benchmarking": "198.18.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 unspecified": "::",
    "v6 loopback": "::1",
    "v6 link-local": "fe80::1",
    "v6 link-local, scoped": "fe80::1%eth0",
    "v6 site-local": "fec0::1",
    "v6 unique local": "fc00::1",
    "v6 metadata": "fd00:ec2::254",
    "v6 multicast": "ff02::1",
    "v6 multicast, global": "ff0e::1",
    "v6 documentation": "2001:db8::1",
    "v6 documentation too": "3fff::1",
    "v6 segment routing": "5f00::1",
    "v6 discard": "100::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped private": "::ffff:10.0.0.1",
    "mapped metadata": "::ffff:a9fe:a9fe",
    "compatible loopback": "::127.0.0.1",
    "nat64 loopback": "64:ff9b::127.0.0.1",
    "nat64 metadata": "64:ff9b::a9fe:a9fe",
    "nat64 of one's own": "64:ff9b:1::1",
    "6to4 loopback": "2002:7f00:1::1",
    "6to4 public": "2002:5db8:d70e::1",
    "teredo": "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "orchid": "2001:20::1",
    "not one": "localhost",
}
ALLOWED = {
    "v4": PUBLIC,
    "v4 beside private": "172.32.0.1",
    "v4 beside nat": "100.128.0.1",
    "v6": "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "v6 beside": "2001:200::1",
    "mapped": f"::ffff:{PUBLIC}",
    "nat64": f"64:ff9b::{PUBLIC}",
}


def answering(*addresses: str) -> Callable[[str], Awaitable[list[str]]]:
    async def lookup(_: str) -> list[str]:
        return list(addresses)

    return lookup


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED.keys())
async def test_an_address_that_is_not_public_is_refused_as_a_names_and_at_the_socket(address: str) -> None:
    mine = Targets(lookup=answering(PUBLIC, address))
    assert not mine.may_reach(address)
    with pytest.raises(Invalid) as caught:
        await mine.check("https://hooks.example.test/")
    assert caught.value.errors[0].code == "webhook_address_refused"
    assert address not in str(caught.value)
    with pytest.raises(AddressRefused):
        mine.open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 443)))


@pytest.mark.parametrize("address", ALLOWED.values(), ids=ALLOWED.keys())
async def test_a_public_address_is_allowed(address: str) -> None:
    mine = Targets(lookup=answering(address))
    assert mine.may_reach(address)
    assert await mine.check("https://hooks.example.test:8443/a?b=c") == "https://hooks.example.test:8443/a?b=c"
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    mine.open_socket((family, socket.SOCK_STREAM, 0, "", (address, 443))).close()


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.0.0.1./",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://１２７.０.０.１/",
        "https://①②⑦.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[0:0:0:0:0:ffff:7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fd00:ec2::254]/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        f"https://{PUBLIC}/",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
        "https://1.2.3.4.5/",
        "https://hooks.example.0x7f/",
        "http://hooks.example.test/",
        "ftp://hooks.example.test/",
        "file:///etc/passwd",
        "//hooks.example.test/",
        "hooks.example.test",
        "https:///nowhere",
        "https://",
        "https://user@hooks.example.test/",
        "https://user:password@hooks.example.test/",
        "https://:@hooks.example.test/",
        "https://hooks.example.test@127.0.0.1/",
        "https://hooks.example.test\\@evil.example/",
        "https://hooks.example.test/#fragment",
        "https://hooks.example.test:0/",
        "https://hooks.example.test:65536/",
        "https://hooks.example.test:x/",
        "https://exam ple.test/",
        "https://exam\x00ple.test/",
        "https://%31%32%37.0.0.1/",
        "https://-hooks.example.test/",
        f"https://{'a' * 64}.test/",
        f"https://{'a.' * 130}test/",
        "https://[not an address]/",
        "javascript:alert(1)",
    ],
)
async def test_a_url_that_is_no_public_host_over_https_is_refused(url: str) -> None:
    asked: list[str] = []

    async def lookup(host: str) -> list[str]:
        asked.append(host)
        return [PUBLIC]

    with pytest.raises(Invalid) as caught:
        await Targets(lookup=lookup).check(url)
    assert [error.field for error in caught.value.errors] == ["url"]
    assert asked == []
    refused = await Poster(Targets(lookup=lookup)).post(url, {}, b"")
    assert (refused.delivered, refused.status_code, asked) == (False, None, [])


async def test_a_host_beyond_ascii_is_asked_for_by_its_other_name() -> None:
    assert await Targets(lookup=answering(PUBLIC)).check("https://café.example/é") == (
        "https://xn--caf-dma.example/%C3%A9"
    )


@pytest.mark.parametrize("name", ["localhost", "ip6-localhost"])
async def test_the_systems_own_names_are_refused(name: str) -> None:
    """With the real lookup; a system that does not know the name at all would not get there either."""
    with pytest.raises(OSError):
        await Targets().addresses(name)


async def test_a_name_that_is_not_known_yet_is_accepted_and_looked_up_at_each_delivery(
    database: Database, client: httpx.AsyncClient, org_id: UUID, dispatching: Dispatching
) -> None:
    webhook = await made(client, "https://not-yet.invalid/", CONTACTS)
    event = contact_updated(org_id)
    async with dispatching(ladder=()):
        await happen(database, event)
        delivery = await settled(client, webhook, event.id, "failed")
    assert delivery["last_error"] == "the host is not known"


async def test_a_name_server_that_does_not_answer_delays_nobody_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "CHECK_SECONDS", 0.1)

    async def never(_: str) -> list[str]:
        await asyncio.Event().wait()
        raise AssertionError

    async with asyncio.timeout(2):
        assert await Targets(lookup=never).check("https://slow.example.test/") == "https://slow.example.test/"


@pytest.fixture(scope="session")
def strict(database: Database) -> FastAPI:
    """As in production: no private address."""
    settings = Settings(
        environment="production",
        database_url=SecretStr("postgresql+asyncpg:///unused"),
        identity_issuers=ISSUERS,
        identity_private_key=SecretStr(PRIVATE_KEY),
        documents_url="http://documents",
        portal_url="http://portal",
        mail_from="ficha@ficha.example",
        smtp_host="mail.example",
        webhook_keys=SecretStr(WEBHOOK_KEY),
    )
    return create_app(settings, database)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example.test/", "webhook_url_invalid"),
        ("https://127.0.0.1/", "webhook_url_invalid"),
        ("https://localhost/", "webhook_address_refused"),
        ("https://localhost:5432/", "webhook_address_refused"),
    ],
)
async def test_the_door_refuses_it_when_it_is_made_and_when_it_is_changed(
    strict: FastAPI, org_id: UUID, url: str, code: str
) -> None:
    async with client_of(strict, org_id) as client:
        answer = await client.post(WEBHOOKS, json={"url": url})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
        webhook = await made(client, "https://hooks.invalid/")
        answer = await client.patch(f"{WEBHOOKS}/{webhook['id']}", json={"url": url})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
        assert (await client.get(f"{WEBHOOKS}/{webhook['id']}")).json()["url"] == "https://hooks.invalid/"


async def test_what_was_made_for_development_is_not_delivered_in_production(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    webhook = await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    async with dispatching(targets=Targets(), ladder=()):
        await happen(database, event)
        delivery = await settled(client, webhook, event.id, "failed")
    assert delivery["last_error"] == "The URL has to begin with https://."
    assert receiver.seen == []


async def test_a_name_that_becomes_private_is_not_connected_to(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    """Rebinding: public while it is looked at, private when it counts."""
    answers = [PUBLIC, "127.0.0.1"]
    port = receiver.url.rsplit(":", 1)[1].partition("/")[0]

    async def turncoat(_: str) -> list[str]:
        return [answers.pop(0) if len(answers) > 1 else answers[0]]

    mine = Targets(lookup=turncoat)
    url = await mine.check(f"https://turncoat.example.test:{port}/hook")
    webhook = await made(client, url, CONTACTS)
    event = contact_updated(org_id)
    async with dispatching(targets=mine, ladder=()):
        await happen(database, event)
        delivery = await settled(client, webhook, event.id, "failed")
    assert delivery["last_error"] == "the host's address is not a public one"
    assert answers == ["127.0.0.1"]
    assert receiver.seen == []


async def test_it_is_the_address_that_was_looked_at_that_is_connected_to(receiver: Receiver) -> None:
    """One lookup for one connection: there is no second answer that could be another one."""
    asked: list[str] = []

    async def lookup(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    poster = Poster(Targets(private={"hooks.example.test"}, lookup=lookup))
    posted = await poster.post(receiver.url.replace("127.0.0.1", "hooks.example.test"), {}, b"{}")
    await poster.close()
    assert (posted.delivered, asked) == (True, ["hooks.example.test"])
    assert receiver.seen[0].headers["host"].startswith("hooks.example.test:")


async def test_the_socket_is_the_last_to_refuse() -> None:
    """Whatever got past the lookup: here, one that nobody checked."""

    class Careless(Targets):
        async def addresses(self, _: str) -> list[str]:
            return ["127.0.0.1"]

    listening = await asyncio.start_server(lambda *_: pytest.fail("reached"), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    poster = Poster(Careless())
    posted = await poster.post(f"https://hooks.example.test:{port}/", {}, b"")
    await poster.close()
    listening.close()
    await listening.wait_closed()
    assert posted.error == "the host's address is not a public one"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_a_failure_and_is_not_followed(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    receiver: Receiver,
    dispatching: Dispatching,
    status: int,
) -> None:
    async with Receiver().running() as inside:

        async def elsewhere(_: web.Request) -> web.StreamResponse:
            return web.Response(status=status, headers={"Location": inside.url})

        receiver.answer = elsewhere
        webhook = await made(client, receiver.url, CONTACTS)
        event = contact_updated(org_id)
        async with dispatching(ladder=()):
            await happen(database, event)
            delivery = await settled(client, webhook, event.id, "failed")
        assert inside.seen == []
    assert (delivery["last_status_code"], len(receiver.seen)) == (status, 1)
    assert delivery["last_error"].endswith("redirects are not followed")


async def test_no_proxy_from_the_environment_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Receiver().running() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/hook"))
        poster = Poster(Targets(private={"127.0.0.1"}))
        assert (await poster.post(receiver.url, {}, b"{}")).delivered
        await poster.close()
        assert (proxy.seen, len(receiver.seen)) == ([], 1)


@pytest.mark.parametrize("address", ["169.254.169.254", "fd00:ec2::254", "fe80::1", "224.0.0.1", "::", "0.0.0.0"])
async def test_a_named_host_does_not_open_the_door_to_metadata(address: str) -> None:
    assert not Targets(private={address}).may_reach(address)
    with pytest.raises(AddressRefused):
        await Targets(private={"erp.example.test"}, lookup=answering(address)).addresses("erp.example.test")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.1.20", "::1", "fd12::1"])
async def test_only_the_named_host_may_be_a_private_one(address: str) -> None:
    mine = Targets(private={"erp.example.test"}, lookup=answering(PUBLIC, address))
    for other in ("other.example.test", "erp.example.test.", "x.erp.example.test", address):
        with pytest.raises(AddressRefused):
            await mine.addresses(other)
    assert not mine.may_reach(address)
    assert await mine.addresses("erp.example.test") == [PUBLIC, address]
    assert mine.may_reach(address)
    with pytest.raises(AddressRefused):
        await mine.addresses("other.example.test")


@pytest.mark.parametrize("url", ["http://other.example.test/", "http://127.0.0.1/", "https://10.0.0.1/"])
async def test_only_the_named_host_is_spoken_to_without_encryption_or_by_number(url: str) -> None:
    mine = Targets(private={"erp.example.test", "192.168.1.20"}, lookup=answering("192.168.1.20"))
    with pytest.raises(Invalid):
        await mine.check(url)
    assert await mine.check("http://erp.example.test:8069/hook") == "http://erp.example.test:8069/hook"
    assert await mine.check("http://192.168.1.20/hook") == "http://192.168.1.20/hook"


def settings(**values: Any) -> Settings:
    given = {
        "database_url": SecretStr("postgresql+asyncpg:///unused"),
        "identity_private_key": SecretStr(PRIVATE_KEY),
        "documents_url": "http://documents",
        "portal_url": "http://portal",
        "mail_from": "ficha@ficha.example",
        "smtp_host": "mail.example",
        "webhook_keys": WEBHOOK_KEY,
    }
    return Settings.model_validate({**given, **values})


def test_private_hosts_are_none_by_default_and_always_in_production() -> None:
    assert settings().private_hosts == frozenset()
    assert settings(webhook_private_hosts=" LocalHost, 10.0.0.7,").private_hosts == {"localhost", "10.0.0.7"}
    with pytest.raises(ValidationError) as caught:
        settings(webhook_private_hosts="localhost", environment="production")
    assert [error["loc"] for error in caught.value.errors()] == [("webhook_private_hosts",)]


@pytest.mark.parametrize(
    "keys", ["", "short", f"{WEBHOOK_KEY},short", "x" * 44], ids=["none", "short", "second short", "not 32 bytes"]
)
def test_keys_that_are_none_stop_the_start_and_are_not_repeated(keys: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(webhook_keys=keys)
    [error] = caught.value.errors()
    assert error["loc"] == ("webhook_keys",)
    assert error["msg"] == "Value error, is not a list of keys, each the urlsafe base64 of 32 random bytes"
