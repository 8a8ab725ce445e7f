"""Which e-mails open a portal, and under which salt its password is kept for each.

An e-mail opens a portal when staff who may (`portal:write`) have let it in and contacts still says that it is the
contact's. Opening a portal for the first time lets in the e-mails there are; those added later wait.

One e-mail may open several portals, each with a password of its own, and the time that a login takes must not tell
how many. So all passwords of one e-mail have one salt: what is typed is hashed once, and compared with what each keeps.
"""

import hashlib
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.access.events import record_access
from portal.logins import repository
from portal.models import Access, Contact, Login
from portal.notices import service as notices
from portal.replicas import repository as replicas
from portal.sessions import repository as sessions
from shared.addresses import comparable
from shared.db.tenancy import look_up
from shared.passwords.hashing import new_salt, salt_of


def emails_of(contact: Contact) -> list[str]:
    """As logins are called, the main one first."""
    return list(dict.fromkeys(comparable(email) for email in contact.emails))


async def find_logins(session: AsyncSession, email: str, *, organization: str | None) -> Sequence[Login]:
    """Open portals behind this e-mail, all of them. Wants a scope of no organisation."""
    return await repository.find_logins(session, email, slug=organization)


async def keep_login(session: AsyncSession, login: Login) -> bool:
    """Whether it is still there; it stays until the transaction ends."""
    return await repository.keep_login(session, login)


async def settle_salts(session: AsyncSession, emails: Iterable[str], *, prefer: str | None = None) -> list[str]:
    """The different salts of these e-mails, made (or `prefer`) where there was none; one at least.

    Wants the scope of STRANGERS, and a commit before anything is hashed: of two at once both get the same.
    """
    found: dict[str, str] = {}
    missing: dict[str, str] = {}
    for email in emails:
        if salt := await repository.read_salt(session, _key(email)):
            found[_key(email)] = salt
        else:
            missing[_key(email)] = email
    spare = prefer or next(iter(found.values()), None) or new_salt()
    made = {}
    for key, email in missing.items():
        known = await repository.find_hash(session, email)
        made[key] = salt_of(known) if known else spare
    await repository.add_salts(session, made)
    for key in made:
        found[key] = await repository.read_salt(session, key) or spare
    await look_up(session, "")
    return list(dict.fromkeys(found.values())) or [spare]


async def follow_contact(session: AsyncSession, contact_id: UUID) -> None:
    """After contacts said something new of it."""
    access = await repository.lock_known_access(session, contact_id)
    if access is None:
        await sessions.end_sessions_without_login(session, contact_id)
        return
    before = access.emails
    if await refresh_logins(session, access):
        access.bump()
        session.add(access)
        await session.flush()
        await record_access(session, access, changed={"emails"})
        if before is not None:
            await notices.tell(session, contact_id, "portal_emails_changed", before)


async def refresh_logins(session: AsyncSession, access: Access) -> bool:
    """Make the contact's logins what contact and access say together; sessions whose login is gone end.

    Call it after either has changed, in the same transaction, under access' lock. True when that changed who is let in:
    at the first opening, and when the contact lost an e-mail.
    """
    before = await repository.read_logins(session, access.contact_id)
    contact = await replicas.get_contact(session, access.contact_id)
    present = emails_of(contact) if contact and not contact.deleted else None
    known = access.emails
    if present is not None:
        if access.emails is not None:
            access.emails = [email for email in access.emails if email in present]
        elif access.is_open:
            access.emails = sorted(before) or present
            access.emails = [email for email in access.emails if email in present]
    wanted: dict[str, str] = {}
    if present is not None and access.is_open:
        wanted = {email: await _hash_for(session, access, email, before) for email in access.emails or []}
    await repository.set_logins(session, access.contact_id, wanted)
    await sessions.end_sessions_without_login(session, access.contact_id)
    return known != access.emails


async def _hash_for(session: AsyncSession, access: Access, email: str, before: dict[str, str]) -> str:
    """Empty where the e-mail has another salt than the password was hashed with: only a new password opens it then."""
    hashes = access.password_hashes
    salt = await repository.read_salt(session, _key(email))
    fitting = next((known for known in hashes if salt in (None, salt_of(known))), None)
    kept = before.get(email, "")
    return fitting or (kept if kept in hashes else "")


def _key(email: str) -> str:
    return hashlib.sha256(f"salt\n{email}".encode()).hexdigest()
