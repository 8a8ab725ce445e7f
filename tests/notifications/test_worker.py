"""The worker as it is put together in production: from the event on the bus to the mail and the event about it."""

import asyncio
from pathlib import Path
from uuid import UUID

import httpx
from pydantic import SecretStr

from notifications.config import Settings
from notifications.worker import create_worker
from shared.bus.memory import MemoryHub, MemoryTransport
from shared.bus.message import Message
from shared.db.session import Database
from shared.settings import Issuer
from shared.web.identity import generate_keys
from tests.notifications.conftest import WEBHOOK_KEY
from tests.notifications.factories import a_send, requested, settled
from tests.notifications.servers import PdfServer
from tests.support.waiting import until


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_an_event_becomes_a_mail_and_the_mail_an_event(
    database: Database, client: httpx.AsyncClient, org_id: UUID, documents: PdfServer, tmp_path: Path
) -> None:
    private, public = generate_keys()
    documents.issuers = {"notifications": Issuer(public_key=public, scopes=["documents:read"])}
    settings = Settings(
        database_url=SecretStr("postgresql+asyncpg:///unused"),
        identity_private_key=SecretStr(private),
        documents_url=documents.url,
        portal_url="http://127.0.0.1:9",
        mail_from="ficha@ficha.example",
        mail_folder=tmp_path,
        webhook_keys=SecretStr(WEBHOOK_KEY),
    )
    told: list[Message] = []
    transport = MemoryTransport(MemoryHub())
    transport.tap(told.append)
    worker = create_worker(settings, database, transport)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    send = a_send()
    assert await transport.publish([requested(org_id, send)]) == [None]
    await settled(client, send, "sent")

    async def published() -> bool:
        return any(m.name.startswith("ficha.notifications.") and str(send.id).encode() in m.body for m in told)

    await until(published, what="the event")
    stop.set()
    await asyncio.wait_for(running, 10)
    [name] = names_in(tmp_path)
    assert name.endswith(f"-{send.id}.eml")
