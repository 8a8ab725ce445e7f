"""A delivery job as a process of its own, to be killed. Its argument: {database, documents, key, port} as JSON."""

import asyncio
import json
import sys

from notifications.delivery import Delivery
from notifications.mailers import SmtpMailer
from notifications.sources import Sources
from shared.db.engine import create_engine
from shared.db.session import Database
from shared.service_client import ServiceClient
from shared.web.identity import Signer


async def main(given: dict[str, str]) -> None:
    database = Database(create_engine(given["database"], application="test-killed", pool_size=4))
    signer = Signer("gateway", given["key"])
    asker = ServiceClient("documents", given["documents"], signer, name="notifications", scopes=frozenset())
    sources = Sources(documents=asker, portal=asker)
    mailer = SmtpMailer("127.0.0.1", int(given["port"]))
    delivery = Delivery(database, mailer, sources, mail_from="ficha@ficha.example", lease_seconds=2)
    await delivery.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
