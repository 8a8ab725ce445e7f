"""What can be done with organisations and users. Passwords arrive here already hashed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts import events, repository
from gateway.accounts.audit import service as audit
from gateway.accounts.audit.actions import Action, Change, Subject, changes_to
from gateway.accounts.errors import EmailTaken, LastAdministrator, LogoNotFound
from gateway.accounts.models import Organization, User
from gateway.accounts.pictures import digest_of
from gateway.accounts.schemas import OrganizationOut, OrganizationPatch, UserPatch
from gateway.accounts.sessions import service as sessions
from shared.clock import DEFAULT_ZONE, utc_now
from shared.db.tenancy import enter, org_of, scope_of
from shared.events.gateway import OrganizationCreated, OrganizationUpdated, SecurityNoticeKind, UserCreated, UserUpdated
from shared.identifiers import new_id
from shared.passwords.rules import Lack, demand_strong, lack_of
from shared.versions import Expected, check_version
from shared.web.amending import Amendment

_ACCOUNT: Final = {"iban", "bic"}


async def bootstrap(session: AsyncSession, *, organization: str, slug: str, email: str, password_hash: str) -> bool:
    """The organisation and its administrator, when there is nobody of that e-mail: whether there was nobody.

    Wants a scope of no organisation.
    """
    await repository.hold_bootstrap(session)
    if await repository.find_user_by_email(session, email):
        return False
    found = await repository.find_organization_by_slug(session, slug)
    org_id = found.org_id if found else new_id()
    await enter(session, replace(scope_of(session), org_id=org_id))
    if found is None:
        await create_organization(session, name=organization, slug=slug)
    await create_user(session, name="Administrador", email=email, password_hash=password_hash, is_admin=True)
    return True


async def create_organization(session: AsyncSession, *, name: str, slug: str) -> Organization:
    """The one this session is held to."""
    organization = Organization(
        org_id=org_of(session),
        version=1,
        name=name,
        slug=slug,
        tax_id=None,
        email=None,
        phone=None,
        website=None,
        address=None,
        iban=None,
        bic=None,
        currency="EUR",
        language="es",
        time_zone=DEFAULT_ZONE,
        color=None,
        logo=None,
    )
    await repository.add(session, organization)
    await events.record_organization(session, OrganizationCreated, organization)
    await audit.record(session, "organization.created", Subject("organization", organization.id, organization.name))
    return organization


async def list_organization_ids(session: AsyncSession, *, after: UUID | None, limit: int) -> list[UUID]:
    """All there are, by id. Wants a scope of no organisation."""
    return await repository.list_organization_ids(session, after=after, limit=limit)


async def get_organization(session: AsyncSession) -> Organization:
    return await repository.get_organization(session)


async def changes_account(session: AsyncSession, given: Amendment[OrganizationPatch]) -> bool:
    """Whether money would go elsewhere."""
    organization = await repository.get_organization(session)
    patch = given.beside(OrganizationOut.model_validate(organization))
    sent = patch.model_dump(include=_ACCOUNT, exclude_unset=True, warnings=False)
    return any(getattr(organization, field) != value for field, value in sent.items())


async def update_organization(
    session: AsyncSession, given: Amendment[OrganizationPatch], *, expected: Expected
) -> Organization:
    """Only what was sent changes; nothing new, no event. Raises StaleVersion."""
    organization = await repository.get_organization(session, lock=True)
    check_version(expected, organization.version)
    patch = given.beside(OrganizationOut.model_validate(organization))
    # Not all that is there may be of its present type.
    return await _change(session, organization, patch.model_dump(exclude_unset=True, warnings=False))


async def set_logo(session: AsyncSession, picture: bytes, *, expected: Expected) -> Organization:
    """`picture` as `pictures.redraw` made it. Raises StaleVersion."""
    organization = await repository.get_organization(session, lock=True)
    check_version(expected, organization.version)
    digest = digest_of(picture)
    await repository.keep_logo(session, digest, picture)
    return await _change(session, organization, {"logo": digest})


async def remove_logo(session: AsyncSession, *, expected: Expected) -> Organization:
    """Also when there is none. Raises StaleVersion."""
    organization = await repository.get_organization(session, lock=True)
    check_version(expected, organization.version)
    await repository.remove_logo(session)
    return await _change(session, organization, {"logo": None})


async def find_logo(session: AsyncSession, digest: str) -> bytes:
    """Wants a scope of no organisation. Raises LogoNotFound."""
    picture = await repository.find_logo(session, digest)
    if picture is None:
        raise LogoNotFound()
    return picture


async def list_users(session: AsyncSession, *, after: UUID | None, limit: int) -> list[User]:
    return await repository.list_users(session, after=after, limit=limit)


async def get_user(session: AsyncSession, user_id: UUID) -> User:
    """Raises UserNotFound."""
    return await repository.require_user(session, user_id)


async def check_password(session: AsyncSession, field: str, password: str, *, about: Iterable[str]) -> None:
    """`about`: the person's name and e-mail; the organisation's are known. Raises Invalid, at `field`."""
    demand_strong(field, password, about=(*about, *await _words_of_ours(session)))


async def check_new_password(session: AsyncSession, user_id: UUID, password: str) -> Lack | None:
    """What it would be refused for as this person's next one."""
    user = await repository.require_user(session, user_id)
    return lack_of(password, about=(user.name, user.email, *await _words_of_ours(session)))


async def create_user(session: AsyncSession, *, name: str, email: str, password_hash: str, is_admin: bool) -> User:
    """Raises EmailTaken, also when another organisation's user has the e-mail."""
    if await repository.find_user_by_email(session, email):
        raise EmailTaken()
    now = utc_now()
    user = User(
        org_id=org_of(session),
        id=new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        name=name,
        email=email,
        password_hash=password_hash,
        is_admin=is_admin,
        active=True,
    )
    await repository.add(session, user)
    await events.record_user(session, UserCreated, user)
    made = [Change("email", None, user.email), Change("is_admin", None, user.is_admin)]
    await audit.record(session, "user.created", Subject("user", user.id, user.name), changes=made)
    return user


async def raise_notice(
    session: AsyncSession, kind: SecurityNoticeKind, user: User, *, subject_name: str | None = None
) -> None:
    """Have the person told by mail, in case it was somebody else."""
    ours = await repository.get_organization(session)
    await events.record_notice(session, kind, user, ours, subject_name=subject_name)


async def update_user(
    session: AsyncSession, user_id: UUID, given: UserPatch, *, password_hash: str | None, expected: Expected
) -> User:
    """Raises UserNotFound, StaleVersion, LastAdministrator."""
    administrators = await repository.lock_administrators(session)
    user = await repository.require_user(session, user_id, lock=True)
    check_version(expected, user.version)
    sent = given.model_dump(exclude_unset=True, exclude={"password"}, warnings=False)
    if password_hash:
        sent["password_hash"] = password_hash
    changes = changes_to(user, sent)
    changed = user.change(sent)
    if administrators == {user.id} and not (user.is_admin and user.active):
        raise LastAdministrator()
    if changed:
        await repository.add(session, user)
        await events.record_user(session, UserUpdated, user, changed=changed)
        await _record_changes(session, user, changes)
    if "password_hash" in changed:
        await raise_notice(session, "password_changed", user)
    if "is_admin" in changed and user.is_admin:
        await raise_notice(session, "administrator_made", user)
    if not user.active or password_hash:
        await sessions.end_sessions_of(session, user, reason="password_changed" if user.active else "deactivated")
    return user


async def _words_of_ours(session: AsyncSession) -> tuple[str | None, ...]:
    """What of the organisation a guesser tries first."""
    ours = await repository.get_organization(session)
    return ours.name, ours.slug, ours.email, ours.website


async def _record_changes(session: AsyncSession, user: User, changes: Iterable[Change]) -> None:
    """An entry for each kind of change: who looks for one of them finds it by its name."""
    subject = Subject("user", user.id, user.name)
    for change in changes:
        match change.field:
            case "password_hash":
                await audit.record(session, "user.password_changed", subject)
            case "active":
                await audit.record(session, "user.reactivated" if user.active else "user.deactivated", subject)
            case field:
                action: Action = "user.role_changed" if field == "is_admin" else "user.updated"
                await audit.record(session, action, subject, changes=[change])


async def _change(session: AsyncSession, organization: Organization, wanted: Mapping[str, Any]) -> Organization:
    changes = changes_to(organization, wanted)
    changed = organization.change(wanted)
    if changed:
        await repository.add(session, organization)
        await events.record_organization(session, OrganizationUpdated, organization, changed=changed)
        subject = Subject("organization", organization.id, organization.name)
        await audit.record(session, "organization.updated", subject, changes=changes)
    return organization
