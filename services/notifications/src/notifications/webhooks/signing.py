"""Secrets, and signatures by the Standard Webhooks specification: HMAC-SHA256, scheme `v1`."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

from shared.errors import invalid

_PREFIX: Final = "whsec_"
_NEW_BYTES: Final = 32
_BYTES: Final = range(24, 65)


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(_NEW_BYTES)).decode()


def checked_secret(secret: str) -> str:
    """A secret that somebody else made. Raises Invalid, which does not repeat it."""
    if not secret.startswith(_PREFIX) or len(_key(secret)) not in _BYTES:
        raise invalid(
            "secret",
            "webhook_secret_invalid",
            f"A secret is `{_PREFIX}` and the base64 of {_BYTES.start} to {_BYTES.stop - 1} random bytes.",
        )
    return secret


def signatures(given: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one for each secret, so that a receiver may change from the old one in peace."""
    content = b"%b.%d.%b" % (message_id.encode(), timestamp, body)
    return " ".join(f"v1,{_signature(secret, content)}" for secret in given)


def _signature(secret: str, content: bytes) -> str:
    return base64.b64encode(hmac.digest(_key(secret), content, hashlib.sha256)).decode()


def _key(secret: str) -> bytes:
    """Empty when it is none."""
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return b""
