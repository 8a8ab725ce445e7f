"""What browsers, and those who find a hole, are told by every gateway that is found over TLS."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import ValidationError

from gateway.main import create_app
from shared.clock import standing_at, utc_now
from shared.db.session import Database
from tests.gateway.conftest import settings_for
from tests.gateway.peers import Peer

HTTPS = "https://ficha.example"
FILE = "/.well-known/security.txt"


def asking(peers: dict[str, Peer], database: Database, **settings: object) -> httpx.AsyncClient:
    app = create_app(settings_for(peers, **settings), database)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=app.state.settings.public_url)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, None),
        ({"public_url": "http://ficha.example"}, None),
        ({"public_url": "http://ficha.example", "hsts_subdomains": True}, None),
        ({"public_url": HTTPS}, "max-age=31536000"),
        ({"public_url": HTTPS, "hsts_days": 730}, "max-age=63072000"),
        ({"public_url": HTTPS, "hsts_days": 0}, "max-age=0"),
        ({"public_url": HTTPS, "hsts_subdomains": True}, "max-age=31536000; includeSubDomains"),
    ],
    ids=str,
)
async def test_browsers_are_held_to_tls_where_it_is(
    peers: dict[str, Peer], database: Database, settings: dict[str, object], said: str | None
) -> None:
    async with asking(peers, database, **settings) as client:
        for path in ("/health/live", "/api/v1/contacts", "/api/v1/nowhere", "/", FILE):
            assert (await client.get(path)).headers.get("strict-transport-security") == said


@pytest.mark.parametrize("headers", [{}, {"Accept": "text/html"}], ids=str)
async def test_without_a_contact_there_is_no_such_file(
    peers: dict[str, Peer], database: Database, headers: dict[str, str]
) -> None:
    async with asking(peers, database) as client:
        answer = await client.get(FILE, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "gateway.unknown_path")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("security@ficha.example", "mailto:security@ficha.example"),
        ("mailto:security@ficha.example", "mailto:security@ficha.example"),
        (" https://ficha.example/security ", "https://ficha.example/security"),
    ],
)
@pytest.mark.parametrize("now", [datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC)])
async def test_who_finds_a_hole_is_told_whom_to_tell(
    peers: dict[str, Peer], database: Database, given: str, told: str, now: datetime
) -> None:
    async with asking(peers, database, public_url=HTTPS, security_contact=given) as client:
        with standing_at(now):
            answer = await client.get(FILE)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
        fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
        assert list(fields) == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
        assert (fields["Contact"], fields["Canonical"]) == (told, HTTPS + FILE)
        assert fields["Preferred-Languages"] == "es, en, ca"
        assert timedelta(days=30) < datetime.fromisoformat(fields["Expires"]) - now < timedelta(days=365)
        assert (await client.head(FILE)).status_code == 200


async def test_over_http_it_does_not_vouch_for_where_it_is(peers: dict[str, Peer], database: Database) -> None:
    async with asking(peers, database, security_contact="security@ficha.example") as client:
        text = (await client.get(FILE)).text
        assert "Canonical" not in text
        assert datetime.fromisoformat(text.split("Expires: ")[1].split("\n")[0]) > utc_now()


@pytest.mark.parametrize(
    "given", ["", "nobody", "http://ficha.example", "javascript:alert(1)", "a@b.example\nContact: c@d.example"]
)
def test_a_contact_that_nobody_can_use_is_no_setting(peers: dict[str, Peer], given: str) -> None:
    with pytest.raises(ValidationError):
        settings_for(peers, security_contact=given)
