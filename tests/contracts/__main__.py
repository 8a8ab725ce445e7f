"""`make contract`: brings shared/contract up to the event classes, unless they break what it promises."""

import sys

from shared.events.contract import published_events
from tests.contracts.committed import FOLDER, outdated, refused, write

_ADVICE = """
Nothing was written. Within a major version events only gain fields: keep what was there, or publish a new event
ending in .v2 beside this one until nobody listens to the old. An event that is retired on purpose takes its folder
in shared/contract/schemas with it; a revision that never left your branch may be deleted and made anew."""


def main() -> None:
    events = published_events()
    broken = refused(events)
    if broken:
        sys.exit("\n".join(["This breaks the contract:", *(f"  {what}" for what in broken), _ADVICE]))
    contents = outdated(events)
    write(contents)
    for path in contents:
        print(path.relative_to(FOLDER.parents[1]))
    print(f"{len(events)} events, {len(contents)} files written.")


main()
