"""The HTTP door of the audit: to be read, and nothing else, by who may read of people and keys."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends

from gateway.accounts.audit import service
from gateway.accounts.audit.schemas import (
    ActionParam,
    ActorParam,
    AuditEntryOut,
    FromParam,
    SubjectParam,
    ToParam,
)
from shared.errors import invalid
from shared.web.identity import Authorize
from shared.web.pagination import Cursor, CursorParam, LimitParam, Moment, Page, page_of
from shared.web.session import SessionDep

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], dependencies=[Depends(Authorize("users"))])

_CURSOR = Cursor(tuple[Moment, UUID])


@router.get("")
async def list_entries(
    session: SessionDep,
    actions: ActionParam = [],  # noqa: B006 - FastAPI copies it
    actor: ActorParam = None,
    subject: SubjectParam = None,
    first: FromParam = None,
    last: ToParam = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[AuditEntryOut]:
    """Logins and those refused, keys, people and their rights, the organisation's data: who, what, when, from where.
    Newest first.

    Takes `users:read`, which administrators hold. Entries are never changed, and go after years only. Refusals that
    come in masses are counted: ten to one asker have an entry each, the others one together, some minutes later.
    """
    if first and last and first > last:
        raise invalid("to", "period_backwards", "The last day comes before the first.")
    rows = await service.list_entries(
        session,
        actor=actor,
        actions=actions,
        subject=subject,
        first=first,
        last=last,
        after=_CURSOR.decode(cursor),
        limit=limit + 1,
    )
    return page_of(rows, limit, _shown, cursor=_CURSOR, key=lambda row: (row.at, row.id))


def _shown(row: Any) -> AuditEntryOut:
    subject = {"kind": row.subject_kind, "id": row.subject_id, "name": row.subject_name} if row.subject_kind else None
    return AuditEntryOut.model_validate(
        {
            "id": row.id,
            "at": row.at,
            "actor": _actor(row.actor, row.actor_name),
            "action": row.action,
            "subject": subject,
            "reason": row.reason,
            "changes": row.changes,
            "address": row.address,
            "user_agent": row.agent,
            "times": row.times,
        }
    )


def _actor(actor: str, name: str) -> Mapping[str, Any]:
    kind, _, actor_id = actor.partition(":")
    return {"kind": kind, "id": actor_id or None, "name": name or None}
