"""Why Ficha cannot start here, in a sentence for the person in front of it."""


class CannotStart(Exception):
    """The message says what is wrong and what to do."""


def first_of(errors: BaseExceptionGroup[Exception]) -> BaseException:
    """The first error of a group, however deep it lies."""
    first = errors.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first
