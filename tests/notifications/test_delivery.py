"""What becomes of a mail when servers, neighbours and workers fail."""

import asyncio
import email
import email.policy
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from notifications.handlers import SUBSCRIPTIONS
from notifications.mailers import FolderMailer, SmtpMailer
from shared.bus.consumer import Consumer, Done
from shared.db.session import Database
from shared.events.documents import RecipientState
from tests.notifications.conftest import Delivering
from tests.notifications.factories import COPY, TO, a_send, ask_for, message_of, requested, settled
from tests.notifications.servers import PDF, MailServer, PdfServer
from tests.support.identity import PRIVATE_KEY
from tests.support.outbox import recorded
from tests.support.postgres import Databases
from tests.support.waiting import until


def log_of(message: dict[str, Any]) -> list[str]:
    """Oldest first."""
    return [attempt["outcome"] for attempt in reversed(message["log"])]


def states_of(message: dict[str, Any]) -> dict[str, str]:
    return {recipient["email"]: recipient["status"] for recipient in message["recipients"]}


async def events_of(database: Database, org_id: UUID) -> list[str]:
    return [event.name.split(".")[3] for event in await recorded(database, org_id)]


async def queue_of(database: Database, org_id: UUID) -> list[Any]:
    statement = text("SELECT lease, due_at FROM delivery WHERE org_id = :org")
    async with database.engine.connect() as connection:
        return list((await connection.execute(statement, {"org": org_id})).all())


async def test_the_same_send_twice_is_one_mail(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    send = a_send()
    consumer = Consumer("notifications", database, SUBSCRIPTIONS)
    first, again = requested(org_id, send), requested(org_id, send)
    for message in (first, first, again):
        assert await consumer.handle(message) == Done()
    async with delivering(mail_server):
        await settled(client, send, "sent")
        assert await consumer.handle(requested(org_id, send)) == Done()
    async with delivering(mail_server):
        marker = await ask_for(database, org_id)
        await settled(client, marker, "sent")
    assert len(mail_server.inbox) == 2
    assert len((await client.get("/api/v1/messages")).json()["items"]) == 2
    assert await queue_of(database, org_id) == []


async def test_a_server_that_was_down_gets_the_mail_once_when_it_is_up(
    database: Database, client: httpx.AsyncClient, org_id: UUID, delivering: Delivering
) -> None:
    server = MailServer()
    async with server.running():
        pass
    async with delivering(server, ladder=[0.05] * 200):
        send = await ask_for(database, org_id)

        async def tried_twice() -> bool:
            return bool((await message_of(client, send))["attempts"] >= 2)

        await until(tried_twice)
        async with server.running():
            message = await settled(client, send, "sent")
    assert len(server.inbox) == 1
    outcomes = log_of(message)
    assert len(outcomes) == message["attempts"] >= 3
    assert set(outcomes[:-1]) == {"deferred"}
    assert outcomes[-1] == "accepted"
    assert "onnect" in message["log"][-1]["detail"]
    assert message["last_error"] is None
    assert await events_of(database, org_id) == ["sent"]


async def test_a_refusal_for_good_fails_at_once_in_the_servers_words(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    mail_server.data_answers = ["550 5.7.1 we do not like this mail"]
    async with delivering(mail_server):
        send = await ask_for(database, org_id)
        message = await settled(client, send, "failed")
    assert message["last_error"] == "550 5.7.1 we do not like this mail"
    assert log_of(message) == ["rejected"]
    assert set(states_of(message).values()) == {"refused"}
    [event] = await recorded(database, org_id)
    assert (event.name, event.data.error) == ("ficha.notifications.message.failed.v1", message["last_error"])


@pytest.mark.parametrize("where", ["recipient", "data"])
async def test_a_refusal_for_now_is_tried_again(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    delivering: Delivering,
    where: str,
) -> None:
    if where == "data":
        mail_server.data_answers = ["451 4.7.1 later"]
    else:
        mail_server.recipient_answers = {TO: ["451 4.7.1 later"], COPY: ["451 4.7.1 later"]}
    async with delivering(mail_server):
        send = await ask_for(database, org_id)
        message = await settled(client, send, "sent")
    assert log_of(message) == ["deferred", "accepted"]
    assert "451 4.7.1 later" in message["log"][-1]["detail"]
    assert len(mail_server.inbox) == 1


async def test_the_ladder_has_an_end(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    mail_server.data_answers = ["451 later"] * 10
    async with delivering(mail_server, ladder=(0.01, 0.01)):
        send = await ask_for(database, org_id)
        message = await settled(client, send, "failed")
    assert log_of(message) == ["deferred"] * 3
    assert message["last_error"] == "given up after 3 attempts: 451 later"
    assert await queue_of(database, org_id) == []


async def test_one_refused_recipient_is_named_and_the_others_get_it(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    mail_server.recipient_answers = {COPY: ["550 no such user"]}
    async with delivering(mail_server):
        send = await ask_for(database, org_id)
        message = await settled(client, send, "sent")
    assert states_of(message) == {TO: "accepted", COPY: "refused"}
    assert message["recipients"][1]["detail"] == "550 no such user"
    assert "550 no such user" in message["last_error"]
    assert [received.recipients for received in mail_server.inbox] == [[TO]]


async def test_a_recipient_put_off_is_tried_again_alone(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    mail_server.recipient_answers = {COPY: ["450 greylisted", "450 greylisted"]}
    async with delivering(mail_server):
        send = await ask_for(database, org_id)
        message = await settled(client, send, "sent")
    assert [received.recipients for received in mail_server.inbox] == [[TO], [COPY]]
    assert {received.mail["Message-ID"] for received in mail_server.inbox} == {f"<{send.id}@ficha.example>"}
    assert {received.mail["To"].addresses[0].addr_spec for received in mail_server.inbox} == {TO}
    assert set(states_of(message).values()) == {"accepted"}
    assert message["attempts"] == 3
    assert await events_of(database, org_id) == ["sent"]


async def test_documents_being_away_is_waited_for(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    documents: PdfServer,
    delivering: Delivering,
) -> None:
    documents.answers = [503, 500]
    async with delivering(mail_server):
        send = await ask_for(database, org_id)
        message = await settled(client, send, "sent")
    assert log_of(message) == ["deferred", "deferred", "accepted"]
    assert message["log"][-1]["detail"].startswith("documents:")


async def test_a_document_without_a_pdf_fails(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    documents: PdfServer,
    delivering: Delivering,
) -> None:
    documents.answers = [404]
    async with delivering(mail_server):
        send = await ask_for(database, org_id)
        message = await settled(client, send, "failed")
    assert message["last_error"] == "documents has no PDF of this document"
    assert mail_server.inbox == []


async def _worker_process(databases: Databases, documents: PdfServer, port: int) -> asyncio.subprocess.Process:
    urls = await databases.urls("notifications")
    given = {"database": urls.database_url, "documents": documents.url, "key": PRIVATE_KEY, "port": port}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.notifications.worker_process", json.dumps(given), cwd=Path(__file__).parents[2]
    )


async def test_a_worker_killed_between_acceptance_and_commit_leaves_it_unknown_and_nobody_sends_it_again(
    database: Database,
    databases: Databases,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    documents: PdfServer,
    delivering: Delivering,
) -> None:
    send = await ask_for(database, org_id)
    process = await _worker_process(databases, documents, mail_server.port)

    async def kill() -> None:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()

    # The server has the whole mail, and its sender will never hear so.
    mail_server.on_mail = kill
    await asyncio.wait_for(process.wait(), 30)
    assert (await message_of(client, send))["status"] == "sending"
    async with delivering(mail_server):
        message = await settled(client, send, "unknown")
        marker = await ask_for(database, org_id)
        mail_server.on_mail = _answer
        await settled(client, marker, "sent")
    assert [received.mail["Message-ID"] for received in mail_server.inbox] == [
        f"<{send.id}@ficha.example>", f"<{marker.id}@ficha.example>",
    ]  # fmt: skip
    assert log_of(message) == ["unknown"]
    assert set(states_of(message).values()) == {"unknown"}
    assert await events_of(database, org_id) == ["sent"]
    assert await queue_of(database, org_id) == []


async def test_a_worker_killed_before_the_hand_over_is_replaced(
    database: Database,
    databases: Databases,
    client: httpx.AsyncClient,
    org_id: UUID,
    documents: PdfServer,
    mail_server: MailServer,
    delivering: Delivering,
) -> None:
    send = await ask_for(database, org_id)
    connected = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()
        writer.close()

    mute = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    process = await _worker_process(databases, documents, mute.sockets[0].getsockname()[1])
    await asyncio.wait_for(connected.wait(), 30)
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    mute.close()
    await mute.wait_closed()
    assert (await message_of(client, send))["status"] == "sending"
    async with delivering(mail_server):
        message = await settled(client, send, "sent")
    assert log_of(message) == ["interrupted", "accepted"]
    assert len(mail_server.inbox) == 1


async def _answer() -> None:
    return None


async def test_a_connection_that_breaks_during_the_hand_over_leaves_it_unknown(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    never = asyncio.Event()

    async def hang() -> None:
        await never.wait()

    mail_server.on_mail = hang
    async with delivering(SmtpMailer("127.0.0.1", mail_server.port, timeout=0.05)):
        send = await ask_for(database, org_id)
        message = await settled(client, send, "unknown")
        never.set()
    assert "while the mail was handed over" in message["last_error"]
    assert len(mail_server.inbox) == 1


async def test_a_worker_that_slept_past_its_lease_stops_before_the_hand_over(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    mail_server: MailServer,
    delivering: Delivering,
) -> None:
    """Its lease is taken from it while it talks to the server; the next worker's mail is the only one."""
    steal = text("UPDATE delivery SET lease = gen_random_uuid(), due_at = now() WHERE org_id = :org")
    stolen = False

    class Sleepy(SmtpMailer):
        async def send(self, mail: Any, hand_over: Any) -> Any:
            nonlocal stolen
            if not stolen:
                stolen = True
                async with database.engine.begin() as connection:
                    await connection.execute(steal, {"org": org_id})
            return await super().send(mail, hand_over)

    async with delivering(Sleepy("127.0.0.1", mail_server.port)):
        send = await ask_for(database, org_id)
        message = await settled(client, send, "sent")
    assert log_of(message) == ["interrupted", "accepted"]
    assert len(mail_server.inbox) == 1


async def test_a_slow_workers_answer_counts_after_it_was_given_up(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    expire = text("UPDATE delivery SET due_at = now() WHERE org_id = :org")
    accept = asyncio.Event()

    async def hang() -> None:
        async with database.engine.begin() as connection:
            await connection.execute(expire, {"org": org_id})
        await accept.wait()

    mail_server.on_mail = hang
    async with delivering(mail_server, lease_seconds=60), delivering(mail_server, lease_seconds=60):
        send = await ask_for(database, org_id)
        await settled(client, send, "unknown")
        accept.set()
        message = await settled(client, send, "sent")
    assert set(states_of(message).values()) == {"accepted"}
    assert log_of(message) == ["accepted"]
    assert len(mail_server.inbox) == 1
    assert await events_of(database, org_id) == ["sent"]


async def test_a_long_hand_over_keeps_its_lease(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    seen: set[Any] = set()

    async def take_long() -> None:
        async def renewed_thrice() -> bool:
            seen.update(row.due_at for row in await queue_of(database, org_id))
            return len(seen) > 3

        await until(renewed_thrice)

    mail_server.on_mail = take_long
    async with delivering(mail_server, lease_seconds=0.6), delivering(mail_server, lease_seconds=0.6):
        send = await ask_for(database, org_id)
        message = await settled(client, send, "sent")
    assert log_of(message) == ["accepted"]


async def test_workers_side_by_side_send_each_mail_once(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    sends = [await ask_for(database, org_id) for _ in range(20)]
    async with delivering(mail_server), delivering(mail_server), delivering(mail_server):
        for send in sends:
            await settled(client, send, "sent")
    ids = [received.mail["Message-ID"] for received in mail_server.inbox]
    assert sorted(ids) == sorted(f"<{send.id}@ficha.example>" for send in sends)


async def test_without_a_server_each_mail_is_one_file(
    database: Database, client: httpx.AsyncClient, org_id: UUID, tmp_path: Path, delivering: Delivering
) -> None:
    folder = tmp_path / "mails"
    blind = RecipientState(email="archivo@acme.example")
    async with delivering(FolderMailer(folder)):
        send = await ask_for(database, org_id, bcc=[blind])
        message = await settled(client, send, "sent")
    [path] = folder.iterdir()
    assert path.name.endswith(f"-{send.id}.eml")
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert message["created_at"][:10] in path.name
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert (mail["To"].addresses[0].addr_spec, mail["Cc"].addresses[0].addr_spec) == (TO, COPY)
    assert mail["Bcc"].addresses[0].addr_spec == "archivo@acme.example"
    [attached] = mail.iter_attachments()
    assert attached.get_content() == PDF


async def test_a_folder_that_cannot_be_written_is_waited_for(
    database: Database, client: httpx.AsyncClient, org_id: UUID, tmp_path: Path, delivering: Delivering
) -> None:
    in_the_way = tmp_path / "mails"
    in_the_way.write_text("")
    async with delivering(FolderMailer(in_the_way), ladder=[0.02] * 200):
        send = await ask_for(database, org_id)

        async def tried() -> bool:
            return bool((await message_of(client, send))["attempts"] >= 2)

        await until(tried)
        in_the_way.unlink()
        await settled(client, send, "sent")
    assert len(list(in_the_way.iterdir())) == 1


async def test_readiness_does_not_depend_on_mail(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/ready")).status_code == 200
