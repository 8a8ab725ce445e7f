"""What can be done with series."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents.errors import NumberTaken, SeriesOverlap, SeriesTaken
from documents.kinds import KINDS
from documents.models import Series
from documents.series import repository
from documents.series.numbers import counting_year, overlap, write_number
from documents.series.schemas import SeriesIn
from shared.errors import invalid
from shared.events.documents import DocumentType

_FURTHEST = 5_000
"""How far a series looks for a number of its own."""


async def list_series(
    session: AsyncSession, *, document_type: DocumentType | None, after: UUID | None, limit: int
) -> list[Series]:
    return await repository.list_series(session, document_type=document_type, after=after, limit=limit)


async def create_series(session: AsyncSession, given: SeriesIn) -> Series:
    """A new default takes the place of the one before. Raises SeriesTaken, SeriesOverlap."""
    await repository.hold_series(session)
    formats = await repository.list_formats(session)
    if given.format in formats:
        raise SeriesTaken()
    if rival := _rival_of(given.format, formats):
        raise SeriesOverlap(f"{given.format} and {rival} would come to write the same number.")
    if given.is_default:
        await repository.unset_default(session, given.document_type)
    series = await repository.add_series(
        session,
        name=given.name,
        number_format=given.format,
        document_type=given.document_type,
        is_default=given.is_default,
    )
    if series is None:
        raise SeriesTaken()
    return series


async def check_series(session: AsyncSession, series_id: UUID, document_type: DocumentType) -> None:
    """Raises Invalid naming `series_id`."""
    series = await repository.get_series(session, series_id)
    if series is None or series.document_type != document_type:
        raise invalid("series_id", "series_unknown", f"There is no such series for {document_type}.")


async def take_number(
    session: AsyncSession, document_type: DocumentType, series_id: UUID | None, on: date
) -> tuple[UUID, str]:
    """The next number of the series (else of the type's default), and the series that gave it.

    Call it last: whoever numbers in the same series and year waits from here until this transaction ends.
    Raises NumberTaken, SeriesTaken.
    """
    series = await repository.get_series(session, series_id) if series_id else None
    series = series or await _require_default(session, document_type)
    number = await repository.next_number(session, series.id, counting_year(series.format, on.year))
    written = write_number(series.format, on.year, number)
    if await repository.find_taken(session, document_type, [written]):
        written = await _skip_taken(session, series, on, number)
    return series.id, written


async def _skip_taken(session: AsyncSession, series: Series, on: date, number: int) -> str:
    """Another series, older than the rule against overlapping, gave it: the number is used, though not by this one.

    The organisation's numbers have no gap for it, and waiting would never help.
    """
    further = {write_number(series.format, on.year, next_): next_ for next_ in range(number + 1, number + _FURTHEST)}
    taken = await repository.find_taken(session, series.document_type, further)
    for written, next_ in further.items():
        if written not in taken:
            await repository.move_counter(session, series.id, counting_year(series.format, on.year), next_)
            return written
    raise NumberTaken(f"{write_number(series.format, on.year, number)} and the {_FURTHEST - 1} after it are taken.")


def _rival_of(series_format: str, formats: Iterable[str]) -> str | None:
    return next((other for other in formats if overlap(series_format, other)), None)


async def _require_default(session: AsyncSession, document_type: DocumentType) -> Series:
    """Made when first needed. Its usual format may be taken by then: the type's name sets it apart."""
    if found := await repository.find_default(session, document_type):
        return found
    await repository.hold_series(session)
    if found := await repository.find_default(session, document_type):
        return found
    kind = KINDS[document_type]
    formats = await repository.list_formats(session)
    for number_format in (kind.number_format, f"{document_type.upper()}-{kind.number_format}"):
        if _rival_of(number_format, formats):
            continue
        made = await repository.add_series(
            session,
            name=kind.series_name,
            number_format=number_format,
            document_type=document_type,
            is_default=True,
        )
        found = made or await repository.find_default(session, document_type)
        if found:
            return found
    raise SeriesTaken(f"Make a default series for {document_type}.")
