"""Pages of dead letters, of one service and merged over several: every list is sorted by `SortKey`, newest first."""

import base64
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from shared.dead_letters import administration
from shared.dead_letters.administration import DeadLetterRow, LetterFilter, Owner, SortKey
from shared.dead_letters.schemas import ActionOut, GroupOut, LetterDetail, LetterOut, ServiceText
from shared.web.pagination import Cursor, Moment, Page, page_of

ItemT = TypeVar("ItemT", LetterOut, GroupOut)

CURSOR: Cursor[SortKey] = Cursor(tuple[Moment, UUID, ServiceText])


async def read_letters(
    session: AsyncSession, owner: Owner, filters: LetterFilter, *, after: SortKey | None, limit: int
) -> Page[LetterOut]:
    """Returns one page of the letters that pass `filters`, latest failure first, beginning `after` that key."""
    rows = await administration.list_letters(session, owner, filters, after=after, limit=limit + 1)
    return _page_of([LetterOut.model_validate(row) for row in rows], limit)


async def read_groups(
    session: AsyncSession, owner: Owner, filters: LetterFilter, *, after: SortKey | None, limit: int
) -> Page[GroupOut]:
    """Returns one page of the same letters, grouped by cause, event name and handler."""
    rows = await administration.list_groups(session, owner, filters, after=after, limit=limit + 1)
    return _page_of([GroupOut.model_validate(dict(row)) for row in rows], limit)


async def read_letter(session: AsyncSession, owner: Owner, service: str, event_id: UUID) -> LetterDetail:
    """Returns the letter with headers, body and history. Raises DeadLetterNotFound."""
    letter, actions = await administration.get_letter(session, owner, service, event_id)
    return LetterDetail(
        **LetterOut.model_validate(letter).model_dump(),
        **_body(letter),
        headers=orjson.loads(letter.headers),
        actions=[ActionOut.model_validate(action) for action in actions],
    )


def merge_pages(pages: Sequence[Page[ItemT]], limit: int) -> Page[ItemT]:
    """Returns one page made of one page of each service. All must have been read after the same sort key."""
    items = sorted((item for page in pages for item in page.items), key=lambda item: item.sort_key, reverse=True)
    return _page_of(items, limit, more=any(page.next_cursor for page in pages))


def _page_of(items: Sequence[ItemT], limit: int, *, more: bool = False) -> Page[ItemT]:
    return page_of(items, limit, lambda item: item, cursor=CURSOR, key=attrgetter("sort_key"), more=more)


def _body(letter: DeadLetterRow) -> dict[str, Any]:
    try:
        return {"body": orjson.loads(letter.body)}
    except ValueError:
        return {"body_base64": base64.b64encode(letter.body).decode()}
