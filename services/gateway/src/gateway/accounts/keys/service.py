"""What can be done with API keys. One can do no more than who made it, ends no later, and goes with it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts import events, scopes, tokens
from gateway.accounts import repository as accounts
from gateway.accounts.audit import service as audit
from gateway.accounts.audit.actions import Change, Reason, Subject
from gateway.accounts.errors import NotLoggedIn, ScopeNotHeld
from gateway.accounts.keys import repository
from gateway.accounts.models import ApiKey
from gateway.accounts.schemas import ApiKeyIn
from gateway.accounts.sessions.service import Known
from shared.clock import utc_now
from shared.db.tenancy import enter, org_of, scope_of
from shared.errors import invalid
from shared.events.gateway import ApiKeyCreated, ApiKeyDeleted
from shared.identifiers import new_id
from shared.web.identity import Identity

_SEEN_EVERY = timedelta(minutes=5)


async def recognise_key(session: AsyncSession, key_hash: str) -> Known | None:
    """Whose key it is, and what it may do: what it was given, as far as the person behind it may still do that."""
    key = await repository.find_key(session, key_hash)
    if key is None:
        return None
    now = utc_now()
    await enter(session, replace(scope_of(session), org_id=key.org_id))
    person = await repository.find_person(session, key)
    expired = key.expires_at is not None and key.expires_at <= now
    if expired or person is None or not person.active:
        subject = Subject("api_key", key.id, key.name)
        await audit.record_refusal(session, "api_key.refused", subject, reason="expired" if expired else "inactive")
        return None
    if key.last_used_at is None or key.last_used_at + _SEEN_EVERY < now:
        await repository.touch_key(session, key.id, now)
    held = scopes.narrowed(frozenset(key.scopes), scopes.held_by(is_admin=person.is_admin))
    return Known(Identity(key.org_id, f"key:{key.id}", held, key.name, key.expires_at), key.expires_at)


async def list_keys(session: AsyncSession, *, after: UUID | None, limit: int) -> list[ApiKey]:
    return await repository.list_keys(session, after=after, limit=limit)


async def create_key(session: AsyncSession, given: ApiKeyIn, *, creator: Identity) -> tuple[str, ApiKey]:
    """The key itself, to be shown once, and its row. One that a key makes ends with that one at the latest.

    Raises ScopeNotHeld, Invalid, NotLoggedIn.
    """
    beyond = [scope for scope in given.scopes if not creator.may(scope)]
    if beyond:
        raise ScopeNotHeld(f"Not held: {', '.join(beyond)}.")
    parent = await _parent(session, creator)
    end = parent.expires_at if parent else None
    if end and given.expires_at and given.expires_at > end:
        raise invalid("expires_at", "outlives_its_maker", f"The key that makes it ends at {end.isoformat()}.")
    secret, now = tokens.new_key(), utc_now()
    key = ApiKey(
        org_id=org_of(session),
        id=new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        name=given.name,
        prefix=tokens.prefix_of(secret),
        key_hash=tokens.hash_of(secret),
        scopes=sorted(set(given.scopes)),
        created_by=creator.actor,
        user_id=parent.user_id if parent else UUID(creator.actor.removeprefix("user:")),
        parent_id=parent.id if parent else None,
        expires_at=given.expires_at or end,
        last_used_at=None,
    )
    await repository.add_key(session, key)
    await events.record_key(session, ApiKeyCreated, key)
    given_to_it = [Change("scopes", None, key.scopes), Change("expires_at", None, key.expires_at)]
    await audit.record(session, "api_key.created", Subject("api_key", key.id, key.name), changes=given_to_it)
    person = await repository.find_person(session, key)
    if person is not None:
        ours = await accounts.get_organization(session)
        await events.record_notice(session, "key_made", person, ours, subject_name=key.name)
    return secret, key


async def delete_key(session: AsyncSession, key_id: UUID) -> None:
    """With all that were made by it. Raises KeyNotFound."""
    for key in await repository.remove_key(session, key_id):
        await events.record_key(session, ApiKeyDeleted, key)
        reason: Reason | None = None if key.id == key_id else "with_its_maker"
        await audit.record(session, "api_key.deleted", Subject("api_key", key.id, key.name), reason=reason)


async def _parent(session: AsyncSession, creator: Identity) -> ApiKey | None:
    """The key that asks, held until the transaction ends. Raises NotLoggedIn when it was deleted a moment ago."""
    kind, _, key_id = creator.actor.partition(":")
    if kind != "key":
        return None
    parent = await repository.hold_key(session, UUID(key_id))
    if parent is None:
        raise NotLoggedIn("The key is not valid.")
    return parent
