"""Why nothing was backed up or restored, in a sentence for who asked for it."""


class BackupFailed(Exception):
    """The message says what is wrong and what to do. What was there before is still there."""
