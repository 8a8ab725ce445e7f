"""Forgotten passwords. A wish is one row, for an e-mail and all the portals of one company that it opens; it can be
opened by one token only, the one in the latest mail, and used once, for those of the portals that are chosen then.

The token is made when notifications writes that mail, and told to nobody else: here its hash is left, the event that
asks for the mail says nothing of it. So it lies in no queue, feed, webhook, outbox or mail log.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.errors import ResetNotFound
from portal.logins import service as logins
from portal.models import Contact, Login, Organization, PasswordReset
from portal.replicas import service as replicas
from portal.resets import events, repository
from portal.tokens import hash_of, new_token
from shared.clock import utc_now
from shared.db.tenancy import enter, org_of, scope_of
from shared.errors import FieldError, Invalid
from shared.identifiers import new_id

LIFE = timedelta(minutes=60)
"""From the wish on, however long the mail takes."""


async def ask_for_reset(session: AsyncSession, email: str, found: Sequence[Login]) -> None:
    """For logins of one organisation. Voids what this e-mail asked for before.

    Nothing happens when all portals were closed a moment ago.
    """
    contacts: list[Contact] = []
    organization: Organization | None = None
    for login in found:
        known = await replicas.find_parties(session, login.contact_id)
        if known is not None and await logins.keep_login(session, login):
            contacts.append(known[0])
            organization = known[1]
    if organization is None:
        return
    contacts.sort(key=lambda contact: (contact.name, contact.contact_id))
    reset = PasswordReset(
        org_id=org_of(session), id=new_id(), email=email, token_hash=None, expires_at=utc_now() + LIFE
    )
    await repository.replace_reset(session, reset, [contact.contact_id for contact in contacts])
    await events.record_requested(session, reset, contacts, organization)


async def create_link(session: AsyncSession, reset_id: UUID, *, public_url: str) -> str:
    """What goes into the mail; the link made before, for an attempt that failed, is void. Raises ResetNotFound.

    The token stands behind the #: browsers send that to nobody.
    """
    reset = await repository.lock_reset(session, reset_id)
    if reset is None:
        raise ResetNotFound()
    token = new_token()
    reset.token_hash = hash_of(token)
    await repository.save_reset(session, reset)
    return f"{await replicas.portal_url(session, public_url, page='/password')}#{token}"


async def open_reset(session: AsyncSession, token: str) -> tuple[PasswordReset, Sequence[Contact]]:
    """The wish behind a link, and whose passwords it may set; the transaction is held to its organisation.

    Wants a scope of no organisation. Raises ResetNotFound.
    """
    reset = await repository.find_reset(session, hash_of(token))
    if reset is None:
        raise ResetNotFound()
    await enter(session, replace(scope_of(session), org_id=reset.org_id, actor="visitor", actor_name=reset.email))
    contacts = await repository.list_contacts(session, reset.id)
    if not contacts:
        raise ResetNotFound()
    return reset, contacts


def choose(contacts: Sequence[Contact], wanted: Collection[UUID] | None) -> list[Contact]:
    """Those of the wish that were chosen, all of them unless said. Raises Invalid for others."""
    known = {contact.contact_id for contact in contacts}
    wrong = [
        FieldError(f"contacts.{place}", "not_of_this_link", "The link is not about this one.")
        for place, contact_id in enumerate(wanted or [])
        if contact_id not in known
    ]
    if wrong:
        raise Invalid("The link sets passwords of its own portals only.", errors=wrong)
    return [contact for contact in contacts if not wanted or contact.contact_id in wanted]


async def use_up(session: AsyncSession, reset: PasswordReset) -> None:
    """Only one of two at once may. Raises ResetNotFound when it was used, voided or replaced a moment ago."""
    locked = await repository.lock_reset(session, reset.id)
    if locked is None or locked.token_hash != reset.token_hash:
        raise ResetNotFound()
    await repository.remove_reset(session, reset)


async def void_resets(session: AsyncSession, contact_id: UUID) -> None:
    """After a change of password, whoever made it. Call it after the logins were refreshed: rows of one contact are
    locked in that order.
    """
    await repository.remove_logins(session, contact_id)
