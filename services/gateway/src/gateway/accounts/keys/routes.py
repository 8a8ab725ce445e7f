"""The HTTP door of API keys."""

from uuid import UUID

from fastapi import APIRouter, Depends

from gateway.accounts.keys import service
from gateway.accounts.schemas import ApiKeyIn, ApiKeyOut, NewApiKeyOut
from gateway.authentication import FORGETS, CallerDep
from gateway.bodies import BoundedRoute
from gateway.confirmation import CONFIRMED
from gateway.cursors import ids_after
from shared.web.identity import Authorize
from shared.web.pagination import CursorParam, LimitParam, Page, encode_cursor
from shared.web.session import SessionDep

router = APIRouter(
    prefix="/api/v1/api-keys",
    tags=["api-keys"],
    route_class=BoundedRoute,
    dependencies=[Depends(Authorize("organization"))],
)


@router.get("")
async def list_keys(session: SessionDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[ApiKeyOut]:
    keys = await service.list_keys(session, after=ids_after(cursor), limit=limit + 1)
    return Page(
        items=[ApiKeyOut.model_validate(key) for key in keys[:limit]],
        next_cursor=encode_cursor(keys[limit - 1].id) if len(keys) > limit else None,
    )


@router.post("", status_code=201, dependencies=[CONFIRMED])
async def create_key(session: SessionDep, caller: CallerDep, body: ApiKeyIn) -> NewApiKeyOut:
    """`key` is shown in this answer and never again, not even to a repeated Idempotency-Key: it is not stored.

    It can never do more than who made it may do at that moment, and one made with a key ends with that key.
    """
    secret, key = await service.create_key(session, body, creator=caller.identity)
    return NewApiKeyOut.model_validate({**ApiKeyOut.model_validate(key).model_dump(), "key": secret})


@router.delete("/{key_id}", status_code=204, dependencies=[CONFIRMED, FORGETS])
async def delete_key(session: SessionDep, key_id: UUID) -> None:
    """And the keys that were made with it."""
    await service.delete_key(session, key_id)
