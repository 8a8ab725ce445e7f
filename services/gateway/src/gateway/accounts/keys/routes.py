"""The HTTP door of API keys."""

from operator import attrgetter
from uuid import UUID

from fastapi import APIRouter, Depends

from gateway.accounts.keys import service
from gateway.accounts.schemas import ApiKeyIn, ApiKeyOut, NewApiKeyOut
from gateway.authentication import FORGETS, CallerDep
from gateway.bodies import BoundedRoute
from gateway.confirmation import CONFIRMED
from shared.web.identity import Authorize
from shared.web.pagination import BY_ID, CursorParam, LimitParam, Page, page_of
from shared.web.session import SessionDep

router = APIRouter(
    prefix="/api/v1/api-keys",
    tags=["api-keys"],
    route_class=BoundedRoute,
    dependencies=[Depends(Authorize("organization"))],
)


@router.get("")
async def list_keys(session: SessionDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[ApiKeyOut]:
    keys = await service.list_keys(session, after=BY_ID.decode(cursor), limit=limit + 1)
    return page_of(keys, limit, ApiKeyOut.model_validate, cursor=BY_ID, key=attrgetter("id"))


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
