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

from shared.db.session import Database
from shared.errors import Unauthenticated
from shared.settings import Issuer, ServiceSettings
from shared.web.app import create_app
from shared.web.identity import AUDIENCE, Identity, Signer, Verifier, generate_keys
from tests.shared.web.door import router, whoami

PRIVATE, PUBLIC = generate_keys()
OTHER_PRIVATE, _ = generate_keys()
ORG = UUID("01a20a59-d298-7676-b693-5fe4b72e1766")


def _key(private: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(private + "=" * (-len(private) % 4)))


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    found = {
        "iss": "gateway",
        "aud": AUDIENCE,
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
    "no audience": lambda: signed(aud=None),
    "expired": lambda: signed(iat=int(time.time()) - 120, exp=int(time.time()) - 60),
    "no expiry": lambda: signed(exp=None),
    "not valid yet": lambda: signed(iat=int(time.time()) + 600, exp=int(time.time()) + 660),
    "an issuer nobody knows": lambda: signed(iss="stranger"),
    "no issuer": lambda: signed(iss=None),
    "no subject": lambda: signed(sub=None),
    "an organisation that is no id": lambda: signed(org="1 OR 1=1"),
    "no token at all": lambda: "x",
    "three empty parts": lambda: "..",
}


@pytest.mark.parametrize("token", BAD.values(), ids=BAD.keys())
async def test_a_bad_token_is_401_and_is_not_told_why(client: httpx.AsyncClient, token: Callable[[], str]) -> None:
    answer = await client.get("/api/v1/things", headers={"Authorization": f"Bearer {token()}"})
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


def test_a_token_that_was_good_is_not_good_for_ever() -> None:
    verifier = Verifier({"gateway": Issuer(public_key=PUBLIC)})
    token = signed(exp=int(time.time()) - 1)  # within the leeway for clocks
    assert verifier.identify(token).actor == "user:1"
    assert verifier.identify(token).actor == "user:1"
    with pytest.raises(Unauthenticated):
        verifier.identify(signed(exp=int(time.time()) - 6))


def test_a_signer_and_a_verifier_understand_each_other() -> None:
    identity = Identity(ORG, "key:7", frozenset({"a:read", "b:write"}), name="Núria")
    token = Signer("gateway", PRIVATE).token(identity)
    assert Verifier({"gateway": Issuer(public_key=PUBLIC)}).identify(token) == identity
    assert Signer("gateway", PRIVATE).token(identity) != Signer("gateway", OTHER_PRIVATE).token(identity)


def test_one_identity_gets_one_token_for_a_while() -> None:
    signer = Signer("gateway", PRIVATE)
    first = Identity(ORG, "user:1", frozenset({"a:read"}))
    assert signer.token(first) == signer.token(Identity(ORG, "user:1", frozenset({"a:read"})))
    assert signer.token(first) != signer.token(Identity(None, "user:1", frozenset({"a:read"})))
