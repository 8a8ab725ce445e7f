"""Session tokens and API keys: made here, and kept elsewhere only as their hash.

SHA-256 is enough for them: 256 random bits cannot be guessed, unlike passwords.
"""

import hashlib
import secrets

KEY_START = "fk_"
_PREFIX_LENGTH = 10
_TOKEN_LENGTH = 43


def new_token() -> str:
    return secrets.token_urlsafe(32)


def is_token(given: str) -> bool:
    """Whether it looks like one of ours: who sends it may have made it up."""
    return len(given) == _TOKEN_LENGTH and given.replace("-", "").replace("_", "").isalnum() and given.isascii()


def new_key() -> str:
    return KEY_START + secrets.token_urlsafe(32)


def prefix_of(key: str) -> str:
    return key[:_PREFIX_LENGTH]


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
