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

ISSUERS = ("gateway", "contacts", "documents", "crm", "files", "portal", "notifications")
"""Who signs internal tokens: the gateway for people, the others for what they ask their siblings."""

_SECRETS = "secrets.json"


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
                folder.chmod(0o700)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def join(self) -> Self:
        """Beside the process that holds it: what it keeps here may be read. Raises CannotStart when there is none."""
        try:
            if self.folder.is_dir():
                self._lock.acquire(timeout=0)
                self._lock.release()
        except Timeout:
            self._secrets = self._load_secrets()
            return self
        raise CannotStart(f"No Ficha is running on {self.folder}. Start it, or set FICHA_HOME to another's folder.")

    def write(self, name: str, content: object) -> Path:
        """As JSON that nobody else may read; whole or not at all."""
        path = self.folder / name
        partial = path.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(content, indent=2))
        return partial.replace(path)

    def _load_secrets(self) -> dict[str, Any]:
        """Made once. The administrator's password follows FICHA_ADMIN_PASSWORD when first made."""
        path = self.folder / _SECRETS
        found = _read_secrets(path) if path.exists() else _new_secrets()
        keys = found["identity"]
        complete = {
            **found,
            # Made by an earlier Ficha, it has nothing for what came later.
            "identity": {issuer: keys.get(issuer) or generate_keys() for issuer in ISSUERS},
            "webhook_key": found.get("webhook_key") or base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        if complete != found:
            self.write(_SECRETS, complete)
        return complete


def _read_secrets(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
        if found["identity"]["gateway"] and found["admin_password"]:
            return dict(found)
    except (ValueError, KeyError, TypeError):
        pass
    raise CannotStart(f"{path} is damaged. Restore it, or set FICHA_HOME to a new folder.")


def _new_secrets() -> dict[str, Any]:
    return {"admin_password": os.environ.get("FICHA_ADMIN_PASSWORD") or secrets.token_urlsafe(12), "identity": {}}
