"""Rows of accounts as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts.models import Organization, User
from shared.bus import outbox
from shared.events.base import Event
from shared.events.gateway import OrganizationState, UserCreated, UserState


async def record_organization(
    session: AsyncSession,
    event: type[Event[OrganizationState]],
    organization: Organization,
    *,
    changed: Iterable[str] = (),
) -> None:
    data = OrganizationState.model_validate(
        {field: getattr(organization, field) for field in OrganizationState.model_fields}
    )
    await outbox.record(
        session, event, subject=organization.org_id, version=organization.version, data=data, changed=changed
    )


async def record_user_created(session: AsyncSession, user: User) -> None:
    data = UserState(id=user.id, name=user.name, email=user.email, is_admin=user.is_admin, active=user.active)
    await outbox.record(session, UserCreated, subject=user.id, version=user.version, data=data)
