"""Who is asking: short-lived EdDSA tokens, minted by the gateway (or a sibling service), verified by every service."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from fastapi import Depends, Request

from shared.errors import Forbidden, Unauthenticated
from shared.keys import decode_key, encode_key
from shared.settings import Issuer

FORMER_AUDIENCE = "ficha"
"""Of all services alike; what was signed for it opened every one of them."""
LIFETIME = 60
"""Seconds a token lives; minters may reuse one for half of it."""
LONGEST = 120
"""No token that says it lives longer is taken, whoever signed it."""
_LEEWAY = 5
_CACHE_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class Identity:
    """`actor` is `user:<id>`, `key:<id>`, `service:<name>` or `visitor`; scopes are `<noun>:read|write` or `*`.

    `name` is the actor's, as people know it. `until`: when what it asks with ends (a key's expiry), and all that is
    made with it, at the latest.
    """

    org_id: UUID | None
    actor: str
    scopes: frozenset[str]
    name: str = ""
    until: datetime | None = None

    def may(self, scope: str) -> bool:
        return "*" in self.scopes or scope in self.scopes


class Signer:
    """Mints tokens as `issuer`."""

    def __init__(self, issuer: str, private_key: str) -> None:
        self._issuer = issuer
        self._key = Ed25519PrivateKey.from_private_bytes(decode_key(private_key))
        self._minted: dict[tuple[Identity, str], tuple[float, str]] = {}

    def token(self, identity: Identity, service: str) -> str:
        """A token that `service` alone takes, good for at least half of LIFETIME; minted once for callers in the same
        standing.
        """
        now = time.time()
        minted = self._minted.get((identity, service))
        if minted and minted[0] > now:
            return minted[1]
        claims = {
            "iss": self._issuer,
            "aud": audience_of(service),
            "iat": int(now),
            "exp": int(now) + LIFETIME,
            "sub": identity.actor,
            "scope": " ".join(sorted(identity.scopes)),
        }
        if identity.name:
            claims["name"] = identity.name
        if identity.until:
            claims["until"] = int(identity.until.timestamp())
        if identity.org_id:
            claims["org"] = str(identity.org_id)
        token = jwt.encode(claims, self._key, algorithm="EdDSA")
        if len(self._minted) >= _CACHE_LIMIT:
            self._minted.clear()
        self._minted[identity, service] = (now + LIFETIME / 2, token)
        return token


class Verifier:
    """Checks tokens against the known issuers. Only EdDSA, only for `service`, only known keys, only short lives.

    `former`: tokens for all services alike are taken too, while processes that sign such are replaced.
    """

    def __init__(self, service: str, issuers: dict[str, Issuer], *, former: bool = False) -> None:
        self.service = service
        self._audiences = (audience_of(service), *([FORMER_AUDIENCE] if former else []))
        self._issuers = {
            name: (Ed25519PublicKey.from_public_bytes(decode_key(issuer.public_key)), frozenset(issuer.scopes))
            for name, issuer in issuers.items()
        }
        self._seen: dict[str, tuple[float, Identity]] = {}

    def identify(self, token: str) -> Identity:
        """Raises Unauthenticated, never saying which of the checks failed."""
        seen = self._seen.get(token)
        if seen and seen[0] > time.time():
            return seen[1]
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}, algorithms=["EdDSA"]).get("iss")
            key, allowed = self._issuers[str(issuer)]
            claims = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                issuer=str(issuer),
                leeway=_LEEWAY,
                options={"require": ["exp", "iat", "sub", "aud", "iss"], "verify_aud": False},
            )
            self._check_bounds(claims)
            org = claims.get("org")
            identity = Identity(
                org_id=UUID(org) if org else None,
                actor=str(claims["sub"]),
                scopes=_bounded(str(claims.get("scope", "")).split(), allowed),
                name=str(claims.get("name", "")),
                until=datetime.fromtimestamp(claims["until"], UTC) if "until" in claims else None,
            )
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise Unauthenticated("The internal token is missing or not valid.") from error
        if len(self._seen) >= _CACHE_LIMIT:
            self._seen.clear()
        self._seen[token] = (float(claims["exp"]), identity)
        return identity

    def _check_bounds(self, claims: dict[str, Any]) -> None:
        """One audience, of which there may be no list: who is in it could go on to the next. Raises ValueError."""
        if claims["aud"] not in self._audiences:
            raise ValueError("it is for somebody else")
        times = [claims[name] for name in ("iat", "exp", "nbf") if name in claims]
        if any(isinstance(value, bool) or not isinstance(value, int | float) for value in times):
            raise ValueError("its times are none")
        if not 0 < claims["exp"] - claims["iat"] <= LONGEST:
            raise ValueError("it lives too long")


def audience_of(service: str) -> str:
    """What a token says in `aud` that `service` is to take."""
    return f"ficha-{service}"


def generate_keys() -> tuple[str, str]:
    """A new pair (private, public) as the settings want them."""
    private = Ed25519PrivateKey.generate()
    return encode_key(private.private_bytes_raw()), encode_key(private.public_key().public_bytes_raw())


async def get_identity(request: Request) -> Identity:
    """Returns who asks, by the request's internal token. Raises Unauthenticated."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("This service only answers with an internal token.")
    verifier = request.app.state.verifier
    assert isinstance(verifier, Verifier)
    return verifier.identify(token)


IdentityDep = Annotated[Identity, Depends(get_identity)]


class Authorize:
    """Router-level dependency: GET needs `<noun>:read`, all else `<noun>:write`, and an organisation.

    Who may write and not read is answered no more than what it takes to go on (see `shared.web.sparing`).
    """

    def __init__(self, noun: str) -> None:
        self.noun = noun

    async def __call__(self, request: Request, identity: IdentityDep) -> None:
        action = "read" if request.method in ("GET", "HEAD") else "write"
        if identity.org_id is None:
            raise Forbidden("This needs to be asked on behalf of an organisation.")
        if not identity.may(f"{self.noun}:{action}"):
            raise Forbidden(f"The scope {self.noun}:{action} is missing.")
        if action == "write" and not identity.may(f"{self.noun}:read"):
            request.state.answered_sparingly = True


class Demand:
    """Dependency of a route that takes more than its router's noun: all of these scopes. Raises Forbidden."""

    def __init__(self, *scopes: str) -> None:
        self.scopes = scopes

    async def __call__(self, identity: IdentityDep) -> None:
        missing = [scope for scope in self.scopes if not identity.may(scope)]
        if missing:
            raise Forbidden(f"This also takes {', '.join(missing)}.")


async def demand_sibling(request: Request, scope: str) -> Identity:
    """A service that was allowed exactly this. `*` is not enough: it is what people hold. Raises Forbidden."""
    # Called, not depended on: the gateway puts people and keys in the place of that dependency.
    identity = await get_identity(request)
    if not identity.actor.startswith("service:") or scope not in identity.scopes:
        raise Forbidden(f"Only a service that was given {scope} may ask this.")
    return identity


def _bounded(scopes: Iterable[str], allowed: frozenset[str]) -> frozenset[str]:
    asked = frozenset(scopes)
    if "*" in allowed:
        return asked
    return allowed if "*" in asked else asked & allowed
