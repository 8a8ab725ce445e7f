"""The data folder of one local Ficha: who holds it, its secrets, where its parts keep what they keep."""

import base64
import json
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from local.errors import CannotStart
from shared.web.identity import generate_keys

ISSUERS = ("gateway", "documents", "crm", "files", "portal", "notifications")
"""Who signs internal tokens: the gateway for people, the others for what they ask their siblings."""


class Home:
    """Open it with `with`: one process at a time may hold it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().resolve()
        self._lock = FileLock(self.folder / "lock")
        self._secrets: dict[str, Any] = {}

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def s3(self) -> Path:
        return self.folder / "s3"

    @property
    def rabbitmq(self) -> Path:
        return self.folder / "rabbitmq"

    @property
    def mails(self) -> Path:
        return self.folder / "mails"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def demo_journal(self) -> Path:
        return self.folder / "demo.jsonl"

    @property
    def admin_password(self) -> str:
        return str(self._secrets["admin_password"])

    @property
    def webhook_key(self) -> str:
        """Encrypts the secrets of webhooks."""
        return str(self._secrets["webhook_key"])

    def keys_of(self, issuer: str) -> tuple[str, str]:
        """Private and public."""
        private, public = self._secrets["identity"][issuer]
        return str(private), str(public)

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout:
            raise CannotStart(
                f"Another Ficha is running on {self.folder}. Stop it, or set FICHA_HOME to another folder."
            ) from None
        except OSError as error:
            raise CannotStart(
                f"The data folder {self.folder} cannot be used: {error.strerror}. Set FICHA_HOME to another folder."
            ) from error
        try:
            self._secrets = self._load_secrets()
            for folder in (self.mails, self.logs):
                folder.mkdir(exist_ok=True)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def _load_secrets(self) -> dict[str, Any]:
        """Made once. The administrator's password follows FICHA_ADMIN_PASSWORD when first made."""
        path = self.folder / "secrets.json"
        webhook_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        if path.exists():
            try:
                found = json.loads(path.read_text())
                if set(found["identity"]) == set(ISSUERS) and found["admin_password"]:
                    if "webhook_key" not in found:  # made by a Ficha that had no webhooks yet
                        found["webhook_key"] = webhook_key
                        _write(path, found)
                    return dict(found)
            except (ValueError, KeyError, TypeError):
                pass
            raise CannotStart(f"{path} is damaged. Restore it, or set FICHA_HOME to a new folder.")
        made = {
            "admin_password": os.environ.get("FICHA_ADMIN_PASSWORD") or secrets.token_urlsafe(12),
            "identity": {issuer: generate_keys() for issuer in ISSUERS},
            "webhook_key": webhook_key,
        }
        _write(path, made)
        return made


def _write(path: Path, made: dict[str, Any]) -> None:
    """Whole or not at all, and for nobody else to read."""
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(made, indent=2))
    partial.replace(path)
