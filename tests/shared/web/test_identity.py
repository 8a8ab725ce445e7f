"""Only a token of a known issuer, signed with its key, for us, and still good, lets anybody in."""

import base64
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import httpx
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from pydantic import SecretStr

from local.wiring import SERVICES
from shared.db.session import Database
from shared.errors import Unauthenticated
from shared.settings import Issuer, ServiceSettings
from shared.web.app import create_app
from shared.web.identity import FORMER_AUDIENCE, LONGEST, Identity, Signer, Verifier, audience_of, generate_keys
from tests.shared.web.things_api import router, whoami

PRIVATE, PUBLIC = generate_keys()
OTHER_PRIVATE, _ = generate_keys()
ORG = UUID("01a20a59-d298-7676-b693-5fe4b72e1766")


def _key(private: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(private + "=" * (-len(private) % 4)))


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    found = {
        "iss": "gateway",
        "aud": audience_of("probe"),
        "iat": now,
        "exp": now + 60,
        "sub": "user:1",
        "scope": "things:read",
        "org": str(ORG),
    } | changes
    return {name: value for name, value in found.items() if value is not None}


def signed(private: str = PRIVATE, **changes: Any) -> str:
    return jwt.encode(claims(**changes), _key(private), algorithm="EdDSA")


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


def unsigned(algorithm: str) -> str:
    return f"{_part({'alg': algorithm, 'typ': 'JWT'})}.{_part(claims())}."


def public_key_as_secret() -> str:
    """The classic confusion: HMAC with the public key, which everybody knows."""
    pem = _key(PRIVATE).public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return jwt.encode(claims(), pem, algorithm="HS256")


def tampered() -> str:
    header, _, signature = signed().split(".")
    return f"{header}.{_part(claims(scope='*'))}.{signature}"


BAD: dict[str, Callable[[], str]] = {
    "nothing signed": lambda: unsigned("none"),
    "None in capitals": lambda: unsigned("None"),
    "signature left out": lambda: unsigned("EdDSA"),
    "the public key as secret": public_key_as_secret,
    "another secret": lambda: jwt.encode(claims(), "s" * 32, algorithm="HS256"),
    "another key": lambda: signed(OTHER_PRIVATE),
    "changed after signing": tampered,
    "another audience": lambda: signed(aud="elsewhere"),
    "the audience of all services alike": lambda: signed(aud=FORMER_AUDIENCE),
    "an audience that only begins so": lambda: signed(aud="ficha-probes"),
    "an audience in capitals": lambda: signed(aud="FICHA-PROBE"),
    "several audiences": lambda: signed(aud=["ficha-probe", "ficha-contacts"]),
    "a list of the one": lambda: signed(aud=["ficha-probe"]),
    "an audience that is no text": lambda: signed(aud={"ficha-probe": 1}),
    "no audience": lambda: signed(aud=None),
    "an empty audience": lambda: signed(aud=""),
    "expired": lambda: signed(iat=int(time.time()) - 120, exp=int(time.time()) - 60),
    "no expiry": lambda: signed(exp=None),
    "no beginning": lambda: signed(iat=None),
    "not valid yet": lambda: signed(iat=int(time.time()) + 600, exp=int(time.time()) + 660),
    "minted in ten seconds": lambda: signed(iat=int(time.time()) + 10),
    "not before ten seconds": lambda: signed(nbf=int(time.time()) + 10),
    "a life too long": lambda: signed(exp=int(time.time()) + LONGEST + 1),
    "a life too long, half of it over": lambda: signed(iat=int(time.time()) - 100, exp=int(time.time()) + 60),
    "a life that ends before it begins": lambda: signed(iat=int(time.time()) + 3, exp=int(time.time()) + 2),
    "no life at all": lambda: signed(iat=int(time.time()), exp=int(time.time())),
    "an expiry as text": lambda: signed(exp=str(int(time.time()) + 60)),
    "a beginning as text": lambda: signed(iat=str(int(time.time()))),
    "an expiry that never comes": lambda: signed(exp=1e400),
    "an expiry that is no number": lambda: signed(exp=float("nan")),
    "a beginning in no time": lambda: signed(iat=float("-inf")),
    "true times": lambda: signed(iat=True, exp=True),
    "a bound that is a list": lambda: signed(nbf=[]),
    "an issuer nobody knows": lambda: signed(iss="stranger"),
    "no issuer": lambda: signed(iss=None),
    "no subject": lambda: signed(sub=None),
    "a subject that is a number": lambda: signed(sub=7),
    "an organisation that is no id": lambda: signed(org="1 OR 1=1"),
    "no token at all": lambda: "x",
    "three empty parts": lambda: "..",
}


@pytest.mark.parametrize("token", BAD.values(), ids=BAD.keys())
async def test_a_bad_token_is_401_and_is_not_told_why(verified: httpx.AsyncClient, token: Callable[[], str]) -> None:
    answer = await verified.get("/api/v1/things", headers={"Authorization": f"Bearer {token()}"})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The internal token is missing or not valid."


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dXNlcjpw", "Token x", "bearer  "])
async def test_another_scheme_is_401(client: httpx.AsyncClient, header: str) -> None:
    answer = await client.get("/api/v1/things", headers={"Authorization": header})
    assert answer.status_code == 401


@pytest.fixture
async def verified(publisher: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Trusts two issuers: one for everything, a sibling for reading things only."""
    issuers = {"gateway": Issuer(public_key=PUBLIC), "portal": Issuer(public_key=PUBLIC, scopes=["things:read"])}
    settings = ServiceSettings(database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=issuers)
    app: FastAPI = create_app("probe", settings, publisher, [router, whoami])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        yield client


async def status(client: httpx.AsyncClient, method: str, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    answer = await client.request(method, "/api/v1/things", headers=headers, json={"name": "a"})
    return answer.status_code


async def test_reading_and_writing_are_scopes_of_their_own(verified: httpx.AsyncClient) -> None:
    assert await status(verified, "GET", signed(scope="things:read")) == 200
    assert await status(verified, "POST", signed(scope="things:read")) == 403
    assert await status(verified, "POST", signed(scope="things:write")) == 201
    assert await status(verified, "GET", signed(scope="things:write")) == 403
    assert await status(verified, "POST", signed(scope="*")) == 201
    assert await status(verified, "GET", signed(scope="thing:read things")) == 403
    assert await status(verified, "GET", signed(scope="")) == 403


async def test_an_issuer_cannot_grant_more_than_it_has(verified: httpx.AsyncClient) -> None:
    assert await status(verified, "GET", signed(iss="portal", scope="things:read things:write")) == 200
    assert await status(verified, "POST", signed(iss="portal", scope="things:read things:write")) == 403
    assert await status(verified, "POST", signed(iss="portal", scope="*")) == 403
    assert await status(verified, "GET", signed(iss="portal", scope="*")) == 200


async def test_a_token_says_who_asks(verified: httpx.AsyncClient) -> None:
    answer = await verified.get("/api/v1/whoami", headers={"Authorization": f"Bearer {signed()}"})
    assert answer.json() | {"correlation_id": ""} == {
        "org_id": str(ORG),
        "actor": "user:1",
        "scopes": ["things:read"],
        "correlation_id": "",
        "held_to": str(ORG),
    }


GOOD: dict[str, dict[str, int]] = {
    "as long as may be": {"exp": LONGEST},
    "the clocks are three seconds apart": {"iat": 3, "exp": 63},
    "a bound in the past": {"nbf": -5},
    "a bound as far off as clocks may be": {"nbf": 3},
}


@pytest.mark.parametrize("moments", GOOD.values(), ids=GOOD.keys())
async def test_a_token_within_the_bounds_is_taken(verified: httpx.AsyncClient, moments: dict[str, int]) -> None:
    now = int(time.time())
    changes: dict[str, Any] = {name: now + seconds for name, seconds in moments.items()}
    token = signed(**changes)
    answer = await verified.get("/api/v1/things", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("service", SERVICES)
def test_a_token_opens_one_service_only(service: str) -> None:
    identity = Identity(ORG, "user:1", frozenset({"*"}))
    token = Signer("gateway", PRIVATE).token(identity, service)
    for asked in SERVICES:
        for former in (False, True):
            verifier = Verifier(asked, {"gateway": Issuer(public_key=PUBLIC)}, former=former)
            if asked == service:
                assert verifier.identify(token) == identity
            else:
                with pytest.raises(Unauthenticated):
                    verifier.identify(token)


def test_what_was_for_all_services_is_taken_while_they_are_replaced_and_no_longer() -> None:
    token = signed(aud=FORMER_AUDIENCE)
    assert Verifier("probe", {"gateway": Issuer(public_key=PUBLIC)}, former=True).identify(token).actor == "user:1"
    for bad in (signed(aud=[FORMER_AUDIENCE]), signed(aud=FORMER_AUDIENCE, exp=int(time.time()) + LONGEST + 1)):
        with pytest.raises(Unauthenticated):
            Verifier("probe", {"gateway": Issuer(public_key=PUBLIC)}, former=True).identify(bad)


def test_a_token_that_was_good_is_not_good_for_ever() -> None:
    verifier = Verifier("probe", {"gateway": Issuer(public_key=PUBLIC)})
    now = int(time.time())
    token = signed(iat=now - 60, exp=now - 1)  # within the leeway for clocks
    assert verifier.identify(token).actor == "user:1"
    assert verifier.identify(token).actor == "user:1"
    with pytest.raises(Unauthenticated):
        verifier.identify(signed(iat=now - 60, exp=now - 6))


def test_a_signer_and_a_verifier_understand_each_other() -> None:
    identity = Identity(ORG, "key:7", frozenset({"a:read", "b:write"}), name="Núria")
    token = Signer("gateway", PRIVATE).token(identity, "probe")
    assert Verifier("probe", {"gateway": Issuer(public_key=PUBLIC)}).identify(token) == identity
    assert token != Signer("gateway", OTHER_PRIVATE).token(identity, "probe")


def test_one_identity_gets_one_token_for_a_while() -> None:
    signer = Signer("gateway", PRIVATE)
    first = Identity(ORG, "user:1", frozenset({"a:read"}))
    assert signer.token(first, "a") == signer.token(Identity(ORG, "user:1", frozenset({"a:read"})), "a")
    assert signer.token(first, "a") != signer.token(Identity(None, "user:1", frozenset({"a:read"})), "a")
    assert signer.token(first, "a") != signer.token(first, "b")
