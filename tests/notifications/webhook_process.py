"""A job that delivers to webhooks as a process of its own, to be killed. Its argument: {database, keys} as JSON."""

import asyncio
import json
import sys

from notifications.webhooks.deliveries.dispatch import Dispatch
from notifications.webhooks.deliveries.posting import Poster
from notifications.webhooks.sealing import Sealer
from notifications.webhooks.targets import Targets
from shared.db.engine import create_engine
from shared.db.session import Database


async def main(given: dict[str, str]) -> None:
    database = Database(create_engine(given["database"], application="test-killed", pool_size=4))
    dispatch = Dispatch(database, Poster(Targets(private={"127.0.0.1"})), Sealer(given["keys"]), lease_seconds=1)
    await dispatch.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
