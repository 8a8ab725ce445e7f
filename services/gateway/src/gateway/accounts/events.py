"""Rows of accounts as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts.models import Organization, User
from shared.bus import outbox
from shared.events.base import Event
from shared.events.gateway import OrganizationState, OrganizationUpdated, UserCreated, UserState


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


async def record_user_created(session: AsyncSession, user: User) -> None:
    await outbox.record(session, UserCreated, subject=user.id, version=user.version, data=_user_state(user))


def restate_user(user: User) -> Event[UserState]:
    """As of now, though a change of a user has no event of its own."""
    return UserCreated.restated(
        org_id=user.org_id, subject=user.id, version=user.version, as_of=user.updated_at, data=_user_state(user)
    )


def _organization_state(organization: Organization) -> OrganizationState:
    return OrganizationState.model_validate(
        {field: getattr(organization, field) for field in OrganizationState.model_fields}
    )


def _user_state(user: User) -> UserState:
    return UserState(id=user.id, name=user.name, email=user.email, is_admin=user.is_admin, active=user.active)
