"""Bodies that change what is there: only what changes is judged.

Rules get stricter, and what was saved under older ones stays. Whoever saves it again, whole or in a list, must not be
refused for what somebody else wrote years ago: `Amendment[ContactPatch]` is read once, and, where that fails, once more
beside what is stored, whose values are taken as they are.
"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Generic, TypeVar, get_args

from fastapi import Body
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, GetCoreSchemaHandler, ValidationError, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema

from shared.web.shapes import Stored, View

T = TypeVar("T", bound=BaseModel)


class Amendment(Generic[T]):
    """A body of shape `T`, to be taken out `beside` what it changes."""

    def __init__(self, shape: type[T], given: dict[str, Any], read: T | None) -> None:
        self._shape = shape
        self._given = given
        self._read = read

    def beside(self, shown: View) -> T:
        """`shown`: what is stored, as the API shows it. Raises RequestValidationError for what is neither there nor
        right.
        """
        if self._read is not None:
            return self._read
        stored = Stored(shown)
        try:
            return self._shape.model_validate(self._given, context=stored)
        except ValidationError as error:
            found = error.errors(include_url=False)
            wrong = [item for item in found if not stored.has(_field(item["loc"]), item["input"])] or found
            raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in wrong]) from None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        [shape] = get_args(source)
        return core_schema.no_info_wrap_validator_function(partial(cls._from, shape), handler(shape))

    @classmethod
    def _from(cls, shape: type[T], given: Any, handler: ValidatorFunctionWrapHandler) -> "Amendment[T]":
        try:
            return cls(shape, given, handler(given))
        except ValidationError:
            if not isinstance(given, Mapping):
                raise
            return cls(shape, dict(given), None)


Amended = Annotated[Amendment[T], Body()]
"""For routes: FastAPI knows a body by its being a model, or by being told."""


def _field(loc: tuple[int | str, ...]) -> str:
    return next((part for part in reversed(loc) if isinstance(part, str)), "")
