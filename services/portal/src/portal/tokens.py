"""Tokens of sessions and previews: made here, and kept elsewhere only as their hash.

SHA-256 is enough for them: 256 random bits cannot be guessed, unlike passwords.
"""

import hashlib
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
