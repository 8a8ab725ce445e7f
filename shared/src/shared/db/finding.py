"""Finding rows through a view, so that searches have their index.

Under row-level security the planner lets no operator near an index that might leak what it sees; LIKE and word
similarity might. A view `<table>_found` has the organisation as a condition of its own instead and reads with its
owner's rights, for which the table's policy must not be forced on the owner. Who works is no owner and is held by both.
Its column `search` is what `shared.db.folding` makes of the row's texts.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    asc,
    desc,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, defer

from shared.db.tenancy import ORG_SETTING

T = TypeVar("T")

_MOST_WORDS = 8
_SIMILARITY = "0.35"
"""Finds a wrong, missing or swapped letter in a word of six or seven; at PostgreSQL's own 0.6 it would need twelve."""
_SHORTEST_PHONE = 7
_EXACT, _WRITTEN, _SIMILAR = range(3)


def found_view(table: str, *columns: str) -> list[str]:
    """DDL of the view; `org_id` and `id` are always in it."""
    return [
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"""CREATE VIEW {table}_found AS
            SELECT {", ".join(("org_id", "id", *columns))} FROM {table}
            WHERE org_id = nullif(current_setting('{ORG_SETTING}', true), '')::uuid
            WITH CHECK OPTION""",  # noqa: S608 - names written in migrations
    ]


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """How rows of `entity` are found through `view`: in the order of `keys`, which end with the id, and by which texts.

    `texts` gives what of a row was folded, as it was written; rows come without the columns of `without`.
    """

    entity: type[T]
    view: Any
    keys: Sequence[str]
    texts: Callable[[T], Iterable[str | None]]
    descending: bool = False
    without: Sequence[InstrumentedAttribute[Any]] = ()


async def find_page(
    session: AsyncSession,
    listing: Listing[T],
    listed: Select[UUID, UUID],
    *,
    q: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[tuple[T, tuple[Any, ...]]]:
    """One page of `listed` (`org_id` and `id` of the view's rows); beside each row what the next page comes `after`.

    What is exactly as asked comes first, and alone where it can mean nothing else: a number, an address, a whole name
    as it is written. Then what has all the words somewhere, in any order. What is only similar, where there is nothing
    else.
    """
    stages = await _stages(session, listing.view.search, q)
    rows: list[tuple[T, tuple[Any, ...]]] = []
    for stage in range(after[0] if after else 0, len(stages)):
        if stage == _SIMILAR:
            if rows or (after and after[0] != _SIMILAR):
                break
            await session.execute(select(func.set_config("pg_trgm.word_similarity_threshold", _SIMILARITY, True)))
        continued = after[1:] if after and after[0] == stage else None
        wanted = listed.where(stages[stage])
        if stage == _EXACT and len(stages) > 1:
            # No index has this order: the planner, who knows nothing of how rare a whole line is, would read the rows
            # in their order until enough are found, and few ever are.
            wanted = wanted.order_by(stages[stage])
        found = await _read(session, listing, wanted, after=continued, limit=limit - len(rows))
        rows += [(row, (stage, *(getattr(row, key) for key in listing.keys))) for row in found]
        if len(rows) == limit or (stage == _EXACT and q and _means_no_other(q, found, listing)):
            break
    return rows


async def _stages(session: AsyncSession, search: Any, q: str | None) -> list[ColumnElement[bool]]:
    """Conditions, to be asked one after the other; just one, always true, where nothing is looked for."""
    forms = await session.scalar(select(func.search_forms(q))) if q else None
    if not q or not forms:
        return [true()]
    words = _words(forms[0])
    # By an index of its own: all the letters of a whole that many have as a part would lead to all of those.
    lines = func.string_to_array(search, literal_column(r"E'\n'"))
    exact = [lines.op("&&")(literal([*forms, forms[-1].replace(" ", "")], ARRAY(Text)))]
    written = and_(*(search.contains(word, autoescape=True) for word in words))
    if digits := _dialled(q):
        written = or_(written, search.contains(digits))
        if len(digits) >= _SHORTEST_PHONE:
            exact.append(search.contains(f"{digits}\n"))
    similar = and_(*(literal(word).op("<%")(search) for word in words))
    return [or_(*exact), and_(written, not_(or_(*exact))), similar]


async def _read(
    session: AsyncSession,
    listing: Listing[T],
    wanted: Select[UUID, UUID],
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> list[T]:
    found, shown = ([_key(getattr(table, key)) for key in listing.keys] for table in (listing.view, listing.entity))
    if after:
        row, last = tuple_(*found), tuple_(*after)
        wanted = wanted.where(row < last if listing.descending else row > last)
    order = desc if listing.descending else asc
    # Found first, then read. Joined with the view itself, the table's policy would reach the view's rows too, through
    # `org_id`, and take their index away again. A subquery with a limit is planned alone.
    page = wanted.order_by(*map(order, found)).limit(limit).subquery("found").c
    entity: Any = listing.entity
    statement = select(listing.entity).where(and_(entity.org_id == page.org_id, entity.id == page.id))
    statement = statement.order_by(*map(order, shown)).options(*(defer(column) for column in listing.without))
    return list((await session.execute(statement)).scalars())


def _key(column: Any) -> Any:
    # `sort_key` makes its texts to be compared byte by byte.
    return column.collate("C") if isinstance(column.type, Text) else column


def _means_no_other(q: str, found: Sequence[T], listing: Listing[T]) -> bool:
    """One plain word, or a name not quite as it is written, may be looked for in longer ones too."""
    if re.search(r"[\d@]", q):
        return bool(found)
    return " " in q and any(q == text for row in found for text in listing.texts(row))


def _words(form: str) -> list[str]:
    """The longest, without those that are parts of others."""
    words = sorted(set(form.split()), key=len, reverse=True)
    told = [word for n, word in enumerate(words) if not any(word in longer for longer in words[:n])]
    return told[:_MOST_WORDS]


def _dialled(q: str) -> str:
    """The digits of what looks like a phone number, without what one dials before its country or area code."""
    if not re.fullmatch(r"[\d\s+().-]+", q):
        return ""
    digits = re.sub(r"\D", "", q)
    return digits.lstrip("0") if len(digits) > _SHORTEST_PHONE else digits.removeprefix("00")
