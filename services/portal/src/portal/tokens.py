"""Tokens of sessions and previews: made here, and kept elsewhere only as their hash.

SHA-256 is enough for them: 256 random bits cannot be guessed, unlike passwords.
"""

import hashlib
import secrets

_LENGTH = 43


def new_token() -> str:
    return secrets.token_urlsafe(32)


def is_token(given: str) -> bool:
    """Whether it looks like one of ours: who sends it may have made it up."""
    return len(given) == _LENGTH and given.replace("-", "").replace("_", "").isalnum() and given.isascii()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
