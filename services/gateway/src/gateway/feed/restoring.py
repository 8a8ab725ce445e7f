"""What becomes of the feed when the database is restored from a backup."""

from typing import Final

BEGIN_ANEW: Final = (
    # What the owner of a table may not see either, it may not change.
    "ALTER TABLE public.feed_head NO FORCE ROW LEVEL SECURITY",
    """UPDATE public.feed_head
        SET last_position = last_position + 1000000000, trimmed_position = last_position + 1000000000""",
    "ALTER TABLE public.feed_head FORCE ROW LEVEL SECURITY",
    "TRUNCATE public.event_log",
)
"""Every position that was ever told becomes one that is kept no more: a follower who was further than the backup reads
the lists anew, instead of missing what gets the positions that it has seen already. No feed grows by so much between a
backup and its restoring.
"""
