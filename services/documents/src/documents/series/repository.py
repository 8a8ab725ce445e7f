"""Every SQL statement of series."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from documents.models import Document, Series, SeriesCounter
from shared.clock import utc_now
from shared.db.tenancy import org_of
from shared.identifiers import new_id


async def get_series(session: AsyncSession, series_id: UUID) -> Series | None:
    statement = select(Series).where(Series.org_id == org_of(session), Series.id == series_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def find_default(session: AsyncSession, document_type: str) -> Series | None:
    statement = select(Series).where(
        Series.org_id == org_of(session), Series.document_type == document_type, Series.is_default
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_series(
    session: AsyncSession, *, document_type: str | None, after: UUID | None, limit: int
) -> list[Series]:
    """Oldest first."""
    statement = select(Series).where(Series.org_id == org_of(session)).order_by(Series.id).limit(limit)
    if document_type:
        statement = statement.where(Series.document_type == document_type)
    if after:
        statement = statement.where(Series.id > after)
    return list((await session.execute(statement)).scalars())


async def hold_series(session: AsyncSession) -> None:
    """One maker of series at a time: what it compares with afterwards are all there are."""
    key = func.hashtextextended(f"series {org_of(session)}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def list_formats(session: AsyncSession) -> list[str]:
    statement = select(Series.format).where(Series.org_id == org_of(session))
    return list((await session.execute(statement)).scalars())


async def add_series(
    session: AsyncSession, *, name: str, number_format: str, document_type: str, is_default: bool
) -> Series | None:
    """None when another series has the format, or is the default already."""
    now = utc_now()
    statement = (
        insert(Series)
        .values(
            org_id=org_of(session),
            id=new_id(),
            version=1,
            created_at=now,
            updated_at=now,
            name=name,
            format=number_format,
            document_type=document_type,
            is_default=is_default,
        )
        .on_conflict_do_nothing()
        .returning(Series)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def unset_default(session: AsyncSession, document_type: str) -> None:
    await session.execute(
        update(Series)
        .where(Series.org_id == org_of(session), Series.document_type == document_type, Series.is_default)
        .values(is_default=False, version=Series.version + 1, updated_at=utc_now())
    )


async def next_number(session: AsyncSession, series_id: UUID, year: int) -> int:
    """The counter's row stays locked until the transaction ends: a number given is a number used, without gaps."""
    statement = insert(SeriesCounter).values(org_id=org_of(session), series_id=series_id, year=year, last_number=1)
    counted = statement.on_conflict_do_update(
        index_elements=["org_id", "series_id", "year"], set_={"last_number": SeriesCounter.last_number + 1}
    ).returning(SeriesCounter.last_number)
    number: int = (await session.execute(counted)).scalar_one()
    return number


async def move_counter(session: AsyncSession, series_id: UUID, year: int, number: int) -> None:
    """Its row is locked by `next_number`."""
    await session.execute(
        update(SeriesCounter)
        .where(
            SeriesCounter.org_id == org_of(session),
            SeriesCounter.series_id == series_id,
            SeriesCounter.year == year,
        )
        .values(last_number=number)
    )


async def find_taken(session: AsyncSession, document_type: str, numbers: Collection[str]) -> set[str]:
    """Those of them that documents of the type have."""
    statement = select(Document.number).where(
        Document.org_id == org_of(session), Document.type == document_type, Document.number.in_(numbers)
    )
    return {number for number in (await session.execute(statement)).scalars() if number}
