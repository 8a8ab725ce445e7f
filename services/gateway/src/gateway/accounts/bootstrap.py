"""The first organisation and its administrator, made from the settings when they are missing."""

import re
import unicodedata

from gateway.accounts import service
from gateway.config import Settings
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.passwords.hashing import Passwords


async def ensure_administrator(settings: Settings, database: Database, passwords: Passwords) -> None:
    """Changes nothing when there is somebody of that e-mail, whatever the password. Safe in several processes."""
    name, email, password = settings.bootstrap_organization, settings.bootstrap_email, settings.bootstrap_password
    if not (name and email and password):
        return
    password_hash = await passwords.hash(password.get_secret_value())
    async with database.transaction(Scope(org_id=None)) as session:
        await service.bootstrap(
            session, organization=name, slug=_slug(name), email=email.lower(), password_hash=password_hash
        )


def _slug(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-") or "organization"
