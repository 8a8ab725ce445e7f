"""What must hold of the evidence. Each checker answers what it found wrong, in words; nothing is a promise kept."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from tests.chaos.evidence import Evidence, Told
from tests.chaos.ledger import SEND

Checker = Callable[[Evidence], Iterator[str]]
_MOST_SHOWN = 5


def lost(evidence: Evidence) -> Iterator[str]:
    """Accepted, or at its owner, and never published; or published, and never followed."""
    published = {(told.family, told.id, told.version) for told in evidence.published}
    for entry in evidence.accepted:
        if (entry.family, entry.id, entry.version) not in published:
            yield f"accepted and not published: {entry}"
    for family, versions in evidence.owned.items():
        for aggregate_id, version in versions.items():
            for each in range(1, version + 1):
                if (family, aggregate_id, each) not in published:
                    yield f"at its owner and not published: {family} {aggregate_id} version {each}"
    followed = {told.event_id for told in evidence.followed}
    yield from (f"published and not followed: {told}" for told in evidence.published if told.event_id not in followed)


def ghosts(evidence: Evidence) -> Iterator[str]:
    """Told of what no owner has, or two different events for one version."""
    events: dict[tuple[str, str, int], set[str]] = {}
    for told in (*evidence.published, *evidence.followed):
        events.setdefault((told.family, told.id, told.version), set()).add(told.event_id)
        if told.family in evidence.owned and told.version > evidence.owned[told.family].get(told.id, 0):
            yield f"nothing at the owner: {told}"
    yield from (f"{len(ids)} events for {version}" for version, ids in events.items() if len(ids) > 1)
    wished = set(evidence.mails[0])
    yield from (
        f"nobody asked for it: {told}" for told in evidence.published if told.family == SEND and told.id not in wished
    )


def doubled(evidence: Evidence) -> Iterator[str]:
    """An effect that was had twice."""
    for event_id, times in Counter(told.event_id for told in evidence.followed).items():
        if times > 1:
            yield f"followed {times} times: {event_id}"
    for mail_id, times in Counter(evidence.mails[1]).items():
        if times > 1:
            yield f"mailed {times} times: {mail_id}"


def out_of_order(evidence: Evidence) -> Iterator[str]:
    """An older version applied after a newer one."""
    newest: dict[tuple[str, str], Told] = {}
    for told in evidence.followed:
        before = newest.setdefault((told.family, told.id), told)
        if told.version < before.version:
            yield f"{told} came after version {before.version}"
        newest[(told.family, told.id)] = max(before, told, key=lambda each: each.version)


def stuck(evidence: Evidence) -> Iterator[str]:
    yield from (f"{where}: {count}" for where, count in evidence.waiting.items())
    wished, went = set(evidence.mails[0]), set(evidence.mails[1])
    yield from (f"asked for and not mailed: {mail_id}" for mail_id in wished - went)


def different(evidence: Evidence) -> Iterator[str]:
    """A copy that is not what its owner has."""
    for name, (copies, truth) in evidence.copies.items():
        for key in copies.keys() | truth.keys():
            if copies.get(key) != truth.get(key):
                yield f"{name}: {key} is {copies.get(key)}, its owner says {truth.get(key)}"


CHECKERS: Final[dict[str, Checker]] = {
    "lost": lost,
    "ghosts": ghosts,
    "duplicate effects": doubled,
    "order regressions": out_of_order,
    "stuck": stuck,
    "copies unequal": different,
}


def findings(evidence: Evidence) -> dict[str, list[str]]:
    """By checker, everything it found."""
    return {name: list(check(evidence)) for name, check in CHECKERS.items()}


def summary(found: dict[str, list[str]]) -> str:
    counts = ", ".join(f"{len(wrong)} {name}" for name, wrong in found.items())
    shown = [f"  {name}: {line}" for name, wrong in found.items() for line in wrong[:_MOST_SHOWN]]
    return "\n".join([counts, *shown])
