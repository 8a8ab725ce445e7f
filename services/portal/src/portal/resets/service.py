"""Forgotten passwords. A wish is one row a login; it can be opened by one token only, the one in the latest mail.

The token is made when notifications writes that mail, and told to nobody else: here its hash is left, the event that
asks for the mail says nothing of it. So it lies in no queue, feed, webhook, outbox or mail log.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.errors import ResetNotFound
from portal.models import Login, PasswordReset
from portal.parties import service as parties
from portal.resets import events, repository
from portal.sessions import service as sessions
from portal.tokens import hash_of, new_token
from shared.clock import utc_now
from shared.db.tenancy import enter, scope_of
from shared.identifiers import new_id

LIFE = timedelta(minutes=60)
"""From the wish on, however long the mail takes."""


async def ask_for_reset(session: AsyncSession, login: Login) -> None:
    """Voids what this login asked for before. Nothing happens when the portal was closed a moment ago."""
    found = await parties.find_parties(session, login.contact_id)
    if found is None or not await sessions.keep_login(session, login):
        return
    values = {"id": new_id(), "contact_id": login.contact_id, "email": login.email, "expires_at": utc_now() + LIFE}
    reset = await repository.replace_reset(session, values)
    await events.record_requested(session, reset, *found)


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
    return f"{await parties.portal_url(session, public_url, page='/password')}#{token}"


async def open_reset(session: AsyncSession, token: str) -> PasswordReset:
    """The wish behind a link, and the transaction held to its organisation. Wants a scope of no organisation.

    Raises ResetNotFound.
    """
    reset = await repository.find_reset(session, hash_of(token))
    if reset is None:
        raise ResetNotFound()
    actor = sessions.actor_of(reset.contact_id)
    await enter(session, replace(scope_of(session), org_id=reset.org_id, actor=actor, actor_name=reset.email))
    return reset


async def demand_live(session: AsyncSession, reset: PasswordReset) -> None:
    """It is still there; under the lock of the contact's access, where only one may use it. Raises ResetNotFound."""
    if reset.token_hash is None or await repository.find_reset(session, reset.token_hash) is None:
        raise ResetNotFound()


async def void_resets(session: AsyncSession, contact_id: UUID) -> None:
    """After a change of password, whoever made it. Call it after the logins were refreshed: rows of one contact are
    locked in that order.
    """
    await repository.remove_resets(session, contact_id)
