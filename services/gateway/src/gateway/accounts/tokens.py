"""Session tokens and API keys: made here, and kept elsewhere only as their hash.

SHA-256 is enough for them: 256 random bits cannot be guessed, unlike passwords.
"""

import hashlib
import secrets

KEY_START = "fk_"
_PREFIX_LENGTH = 10


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_key() -> str:
    return KEY_START + secrets.token_urlsafe(32)


def prefix_of(key: str) -> str:
    return key[:_PREFIX_LENGTH]


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
