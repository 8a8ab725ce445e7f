"""HTTP shapes of series."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from documents.series.numbers import check_format
from shared.events.documents import DocumentType
from shared.web.shapes import Line, Shape, View


def _format(value: str) -> str:
    check_format(value)
    return value


SeriesFormat = Annotated[str, StringConstraints(max_length=40), AfterValidator(_format)]


class SeriesIn(Shape):
    """`format`: `[YY]` or `[YYYY]` for the year, one `%` per digit of the number, e.g. `F[YY]%%%%`.

    A number is the organisation's one: no two series may ever come to write the same, not even by growing digits.
    """

    name: Line
    format: SeriesFormat
    document_type: DocumentType
    is_default: bool = False


class SeriesOut(View):
    id: UUID
    version: int
    name: str
    format: str
    document_type: DocumentType
    is_default: bool
