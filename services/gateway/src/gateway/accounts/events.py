"""Rows of accounts as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts import scopes
from gateway.accounts.models import ApiKey, Organization, User
from shared.bus import outbox
from shared.clock import utc_now
from shared.events.base import Event
from shared.events.gateway import (
    ApiKeyCreated,
    ApiKeyDeleted,
    ApiKeyState,
    OrganizationState,
    OrganizationUpdated,
    SecurityNoticeKind,
    SecurityNoticeRaised,
    SecurityNoticeState,
    UserState,
    UserUpdated,
)
from shared.identifiers import new_id


async def record_organization(
    session: AsyncSession,
    event: type[Event[OrganizationState]],
    organization: Organization,
    *,
    changed: Iterable[str] = (),
) -> None:
    data = _organization_state(organization)
    await outbox.record(
        session, event, subject=organization.org_id, version=organization.version, data=data, changed=changed
    )


def restate_organization(organization: Organization) -> Event[OrganizationState]:
    return OrganizationUpdated.restated(
        org_id=organization.org_id,
        subject=organization.org_id,
        version=organization.version,
        as_of=organization.updated_at,
        data=_organization_state(organization),
    )


async def record_user(
    session: AsyncSession, event: type[Event[UserState]], user: User, *, changed: Iterable[str] = ()
) -> None:
    named = ["password" if field == "password_hash" else field for field in changed]
    await outbox.record(session, event, subject=user.id, version=user.version, data=_user_state(user), changed=named)


def restate_user(user: User) -> Event[UserState]:
    return UserUpdated.restated(
        org_id=user.org_id, subject=user.id, version=user.version, as_of=user.updated_at, data=_user_state(user)
    )


async def record_key(session: AsyncSession, event: type[Event[ApiKeyState]], key: ApiKey) -> None:
    """Of a deleted key the row is gone: its last word is one version more."""
    deleted = event is ApiKeyDeleted
    data = _key_state(key, deleted=deleted)
    await outbox.record(session, event, subject=key.id, version=key.version + deleted, data=data)


def restate_key(key: ApiKey) -> Event[ApiKeyState]:
    return ApiKeyCreated.restated(
        org_id=key.org_id, subject=key.id, version=key.version, as_of=key.updated_at, data=_key_state(key)
    )


async def record_notice(
    session: AsyncSession,
    kind: SecurityNoticeKind,
    user: User,
    organization: Organization,
    *,
    subject_name: str | None = None,
) -> None:
    """For the person's own mailbox, in the organisation's language."""
    notice = SecurityNoticeState(
        id=new_id(),
        kind=kind,
        email=user.email,
        name=user.name,
        language=organization.language,
        organization_name=organization.name,
        at=utc_now(),
        subject_name=subject_name,
        time_zone=organization.time_zone,
    )
    await outbox.record(session, SecurityNoticeRaised, subject=notice.id, version=1, data=notice)


def _organization_state(organization: Organization) -> OrganizationState:
    return OrganizationState.model_validate(
        {field: getattr(organization, field) for field in OrganizationState.model_fields}
    )


def _user_state(user: User) -> UserState:
    return UserState(
        id=user.id,
        name=user.name,
        email=user.email,
        is_admin=user.is_admin,
        active=user.active,
        scopes=sorted(scopes.held_by(is_admin=user.is_admin)),
    )


def _key_state(key: ApiKey, *, deleted: bool = False) -> ApiKeyState:
    return ApiKeyState(
        id=key.id,
        name=key.name,
        scopes=key.scopes,
        created_by=key.created_by,
        user_id=key.user_id,
        expires_at=key.expires_at,
        deleted=deleted,
    )
