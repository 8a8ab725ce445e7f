"""Why replicas cannot be rebuilt, in a sentence for who asked for it."""


class CannotRebuild(Exception):
    """The message says what is missing and what to do. What was told before stays told."""
