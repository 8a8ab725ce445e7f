"""Secrets at rest: encrypted, because signing needs them back, with keys that only the settings have."""

from cryptography.fernet import Fernet, MultiFernet


class Sealer:
    """`keys`: Fernet keys, comma-separated. The first seals; all of them open, so that keys can be changed."""

    def __init__(self, keys: str) -> None:
        """Raises ValueError for what is no key, without repeating it."""
        try:
            self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
        except ValueError:
            raise ValueError("is not a list of keys, each the urlsafe base64 of 32 random bytes") from None

    def seal(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Raises cryptography.fernet.InvalidToken when no key fits."""
        return self._fernet.decrypt(sealed).decode()
