"""Signatures, against the specification's own example and its public package."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import orjson
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from notifications.webhooks.sealing import Sealer
from notifications.webhooks.signing import new_secret, signatures
from shared.db.session import Database
from shared.events.contacts import ContactUpdated
from tests.notifications.conftest import WEBHOOK_KEY, Dispatching
from tests.notifications.receiver import CONTACTS, WEBHOOKS, Receiver, contact_updated, happen, made, settled


def test_it_signs_what_the_public_package_signs() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    moment = datetime.fromtimestamp(1614265330, UTC)
    body = '{"test": 2432232314, "name": "Peñalver"}'
    ours = signatures([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", int(moment.timestamp()), body.encode())
    assert ours == Webhook(secret).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", moment, body)


async def test_what_arrives_is_the_event_signed(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    webhook = await made(client, f"{receiver.url}?key=ñ", CONTACTS)
    event = contact_updated(org_id, correlation_id="r-1", actor="user:1")
    async with dispatching():
        await happen(database, event)
        await settled(client, webhook, event.id, "delivered")
    [seen] = receiver.seen
    assert seen.verified(webhook["secret"]) == orjson.loads(event.to_bytes())
    assert ContactUpdated.from_envelope(orjson.loads(seen.body)) == event
    assert seen.id == str(event.id)
    assert seen.path == "/hook?key=%C3%B1"
    assert seen.headers["content-type"] == "application/cloudevents+json"
    assert seen.headers["user-agent"] == "Ficha-Webhooks/1"
    assert abs(float(seen.headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert seen.headers["webhook-timestamp"].isdigit()
    with pytest.raises(WebhookVerificationError):
        seen.verified(new_secret())
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook["secret"]).verify(seen.body + b" ", seen.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook["secret"]).verify(seen.body, {**seen.headers, "webhook-id": "other"})


async def test_a_secret_of_ones_own_signs(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    secret = "whsec_" + base64.b64encode(bytes(range(64))).decode()
    await made(client, receiver.url, CONTACTS, secret=secret)
    async with dispatching():
        await happen(database, contact_updated(org_id))
        [seen] = await receiver.got(1)
    assert seen.verified(secret)["type"] == "ficha.contacts.contact.updated.v1"


async def test_after_a_rotation_both_secrets_sign_for_a_day(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    webhook = await made(client, receiver.url, CONTACTS)
    path = f"{WEBHOOKS}/{webhook['id']}"
    answer = await client.post(f"{path}/rotate-secret", headers={"If-Match": '"1"'})
    rotated = answer.json()
    assert (answer.status_code, answer.headers["etag"], rotated["version"]) == (200, '"2"', 2)
    left = datetime.fromisoformat(rotated["previous_secret_until"]) - datetime.now(UTC)
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    assert (await client.post(f"{path}/rotate-secret", headers={"If-Match": '"1"'})).status_code == 412
    async with dispatching():
        await happen(database, contact_updated(org_id))
        [seen] = await receiver.got(1)
        assert len(seen.headers["webhook-signature"].split(" ")) == 2
        assert seen.verified(webhook["secret"]) == seen.verified(rotated["secret"])
        async with database.engine.begin() as connection:
            await connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(org_id)})
            await connection.execute(text("UPDATE webhook SET previous_secret_until = now()"))
        await happen(database, contact_updated(org_id))
        [_, later] = await receiver.got(2)
    assert later.verified(rotated["secret"])
    with pytest.raises(WebhookVerificationError):
        later.verified(webhook["secret"])


async def test_keys_at_rest_can_be_changed(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    webhook = await made(client, receiver.url, CONTACTS)
    new_key = Fernet.generate_key().decode()
    event, again = contact_updated(org_id), contact_updated(org_id)
    async with dispatching(keys=f"{new_key},{WEBHOOK_KEY}"):
        await happen(database, event)
        await settled(client, webhook, event.id, "delivered")
    async with dispatching(keys=new_key, ladder=()):
        await happen(database, again)
        delivery = await settled(client, webhook, again.id, "failed")
    assert "cannot be read" in delivery["last_error"]
    assert [seen.id for seen in receiver.seen] == [str(event.id)]


def test_sealing_twice_looks_different() -> None:
    sealer = Sealer(WEBHOOK_KEY)
    first, second = sealer.seal("whsec_x"), sealer.seal("whsec_x")
    assert first != second
    assert sealer.open(first) == sealer.open(second) == "whsec_x"
