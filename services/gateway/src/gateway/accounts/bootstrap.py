"""The first organisation and its administrator, made from the settings when they are missing."""

import re
import unicodedata

import structlog

from gateway.accounts import service
from gateway.config import Settings
from shared.addresses import comparable
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.passwords.hashing import Passwords
from shared.passwords.rules import LEAST, weakness

logger = structlog.get_logger("bootstrap")


async def ensure_administrator(settings: Settings, database: Database, passwords: Passwords) -> None:
    """Changes nothing when there is somebody of that e-mail, whatever the password. Safe in several processes.

    A weak password is taken: it is the operator's own machine, and what runs must not stop running. It is said, once.
    """
    name, email, password = settings.bootstrap_organization, settings.bootstrap_email, settings.bootstrap_password
    if not (name and email and password):
        return
    password_hash = await passwords.hash(password.get_secret_value())
    async with database.transaction(Scope(org_id=None)) as session:
        made = await service.bootstrap(
            session, organization=name, slug=_slug(name), email=comparable(email), password_hash=password_hash
        )
    given = password.get_secret_value()
    if made and (len(given) < LEAST or weakness(given, about=(name, email))):
        logger.warning("administrator_has_a_weak_password", email=email, advice="change it once logged in")


def _slug(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-") or "organization"
