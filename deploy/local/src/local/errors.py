"""Why Ficha cannot start here, in a sentence for the person in front of it."""


class CannotStart(Exception):
    """The message says what is wrong and what to do."""
