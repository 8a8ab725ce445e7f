"""The log of mails over HTTP, and what people can do about those that went wrong."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from shared.db.session import Database
from shared.identifiers import new_id
from tests.notifications.conftest import Delivering
from tests.notifications.factories import COPY, TO, ask_for, message_of, settled
from tests.notifications.servers import MailServer
from tests.support.identity import client_of
from tests.support.outbox import recorded

MESSAGES = "/api/v1/messages"


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, new_id()) as client:
        yield client


async def listed(client: httpx.AsyncClient, **filters: object) -> list[str]:
    answer = await client.get(MESSAGES, params={key: str(value) for key, value in filters.items()})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_the_log_is_newest_first_page_by_page(
    database: Database, client: httpx.AsyncClient, org_id: UUID
) -> None:
    sends = [str((await ask_for(database, org_id)).id) for _ in range(5)]
    seen: list[str] = []
    params = {"limit": "2"}
    while True:
        page = (await client.get(MESSAGES, params=params)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == sends[::-1]


async def test_the_log_can_be_narrowed(database: Database, client: httpx.AsyncClient, org_id: UUID) -> None:
    first, second = await ask_for(database, org_id), await ask_for(database, org_id)
    await client.post(f"{MESSAGES}/{second.id}/cancel")
    assert await listed(client, contact_id=first.contact_id) == [str(first.id)]
    assert await listed(client, document_id=second.document_id) == [str(second.id)]
    assert await listed(client, status="cancelled") == [str(second.id)]
    assert await listed(client, status="queued", contact_id=second.contact_id) == []


async def test_a_message_shows_what_was_said_to_whom(
    database: Database, client: httpx.AsyncClient, org_id: UUID
) -> None:
    send = await ask_for(database, org_id, message="Va adjunta.")
    answer = await client.get(f"{MESSAGES}/{send.id}")
    message = answer.json()
    assert answer.headers["etag"] == f'"{message["version"]}"' == '"1"'
    assert (message["status"], message["attempts"], message["log"]) == ("queued", 0, [])
    assert (message["document_number"], message["attachment_name"]) == ("F260001", "Factura-F260001.pdf")
    assert message["text"].startswith("Va adjunta.\n\nNúmero: F260001\n")
    assert [(r["kind"], r["email"], r["status"]) for r in message["recipients"]] == [
        ("to", TO, "pending"), ("cc", COPY, "pending"),
    ]  # fmt: skip


async def test_another_organisation_sees_and_does_nothing(
    database: Database, client: httpx.AsyncClient, stranger: httpx.AsyncClient, org_id: UUID
) -> None:
    send = await ask_for(database, org_id)
    assert await listed(stranger) == []
    assert await listed(stranger, document_id=send.document_id) == []
    for answer in (
        await stranger.get(f"{MESSAGES}/{send.id}"),
        await stranger.post(f"{MESSAGES}/{send.id}/resend"),
        await stranger.post(f"{MESSAGES}/{send.id}/cancel"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "notifications.not_found")
    assert (await message_of(client, send))["status"] == "queued"


async def test_the_same_send_id_in_two_organisations_is_two_messages(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    other = new_id()
    send = await ask_for(database, org_id)
    await ask_for(database, other, **send.model_dump())
    async with delivering(mail_server):
        await settled(client, send, "sent")
    assert [event.org_id for event in await recorded(database, org_id)] == [org_id]
    assert len(await listed(client)) == 1


async def test_a_failed_message_is_sent_again_by_a_person(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    mail_server.recipient_answers = {TO: ["550 full"], COPY: ["550 full"]}
    async with delivering(mail_server, ladder=()):
        send = await ask_for(database, org_id)
        failed = await settled(client, send, "failed")
        headers = {"Idempotency-Key": str(send.id), "If-Match": f'"{failed["version"]}"'}
        answers = [await client.post(f"{MESSAGES}/{send.id}/resend", headers=headers) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        queued = answers[0].json()
        assert (queued["status"], queued["last_error"], queued["version"]) == ("queued", None, failed["version"] + 1)
        message = await settled(client, send, "sent")
    assert [attempt["outcome"] for attempt in message["log"]] == ["accepted", "rejected"]
    assert message["attempts"] == 2
    assert len(mail_server.inbox) == 1
    assert [event.name.split(".")[3] for event in await recorded(database, org_id)] == ["failed", "sent"]


async def test_an_unknown_message_is_sent_again_under_the_same_message_id(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    mail_server.data_answers = ["199 what?"]
    async with delivering(mail_server):
        send = await ask_for(database, org_id)
        message = await settled(client, send, "unknown")
        assert {r["status"] for r in message["recipients"]} == {"unknown"}
        assert (await client.post(f"{MESSAGES}/{send.id}/resend")).status_code == 200
        await settled(client, send, "sent")
    [received] = mail_server.inbox
    assert received.mail["Message-ID"] == f"<{send.id}@ficha.example>"


async def test_what_was_sent_or_still_waits_is_not_sent_again(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    send = await ask_for(database, org_id)
    answer = await client.post(f"{MESSAGES}/{send.id}/resend")
    assert (answer.status_code, answer.json()["code"]) == (409, "notifications.not_resendable")
    async with delivering(mail_server):
        await settled(client, send, "sent")
    answer = await client.post(f"{MESSAGES}/{send.id}/resend")
    assert (answer.status_code, answer.json()["code"]) == (409, "notifications.not_resendable")
    assert len(mail_server.inbox) == 1


async def test_a_message_without_one_usable_address_cannot_be_resent(
    database: Database, client: httpx.AsyncClient, org_id: UUID
) -> None:
    send = await ask_for(database, org_id, to=[{"email": "nowhere"}], cc=[])
    answer = await client.post(f"{MESSAGES}/{send.id}/resend")
    assert (answer.status_code, answer.json()["code"]) == (409, "notifications.not_resendable")


async def test_a_cancelled_message_is_never_sent(
    database: Database, client: httpx.AsyncClient, org_id: UUID, mail_server: MailServer, delivering: Delivering
) -> None:
    send = await ask_for(database, org_id)
    answer = await client.post(f"{MESSAGES}/{send.id}/cancel")
    assert (answer.status_code, answer.json()["status"], answer.headers["etag"]) == (200, "cancelled", '"2"')
    answer = await client.post(f"{MESSAGES}/{send.id}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "notifications.not_cancellable")
    async with delivering(mail_server):
        marker = await ask_for(database, org_id)
        await settled(client, marker, "sent")
    assert [received.mail["Message-ID"] for received in mail_server.inbox] == [f"<{marker.id}@ficha.example>"]


async def test_a_stale_version_changes_nothing(database: Database, client: httpx.AsyncClient, org_id: UUID) -> None:
    send = await ask_for(database, org_id)
    answer = await client.post(f"{MESSAGES}/{send.id}/cancel", headers={"If-Match": '"7"'})
    assert answer.status_code == 412
    assert (await message_of(client, send))["status"] == "queued"


async def test_reading_does_not_allow_resending(database: Database, app: FastAPI, org_id: UUID) -> None:
    send = await ask_for(database, org_id)
    async with client_of(app, org_id, "notifications:read") as reader:
        assert (await reader.get(f"{MESSAGES}/{send.id}")).status_code == 200
        assert (await reader.post(f"{MESSAGES}/{send.id}/cancel")).status_code == 403


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("?limit=0", "limit"),
        ("?limit=99999999999999999999", "limit"),
        ("?status=lost", "status"),
        ("?contact_id=%00", "contact_id"),
        ("?cursor=WyJhIiwiYiJd", "cursor"),
        ("?cursor=%00", "cursor"),
        (
            "?cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwiMDFhMjBhNGEtNDE5MC03MTRhLTk2YTItNDVmYTEyMzExZjM3Il0",
            "cursor",
        ),
        ("/not-an-id", "message_id"),
    ],
)
async def test_bad_input_is_named(client: httpx.AsyncClient, path: str, field: str) -> None:
    answer = await client.get(f"{MESSAGES}{path}")
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
