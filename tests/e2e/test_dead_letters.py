"""From a poisoned event to the operator's decision, on a whole Ficha: the bus, the API, both command lines."""

import asyncio
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from shared.bus.consumer import Consumer
from shared.bus.dead_letters import store_letters
from shared.bus.message import Message
from shared.bus.topology import REASON
from shared.clock import utc_now
from shared.db.engine import create_engine
from shared.db.session import Database
from shared.events.contacts import ContactCreated, ContactState
from shared.identifiers import new_id
from tests.support.ficha import Ficha
from tests.support.waiting import until_now

API = "/api/v1/operations/dead-letters"
REASON_GIVEN = "poison of a test"


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.out.splitlines()]


def say(*words: str, **environment: str) -> Said:
    """To `ficha`, or to `python -m <service>`, in a terminal of the operator's."""
    done = subprocess.run(
        words, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


def operator(ficha: Ficha, *words: str) -> Said:
    return say(str(Path(sys.executable).with_name("ficha")), "dead-letters", *words, FICHA_HOME=str(ficha.home))


async def publish_poison(ficha: Ficha, org_id: str) -> str:
    """An event of contacts that no listener can read, put where its relay takes it from."""
    event_id = new_id()
    body = orjson.dumps(
        {"id": event_id, "orgid": org_id, "type": ContactCreated.name, "data": {"name": "Veneno, S.L."}}
    )
    connection = await asyncpg.connect(ficha.database_url("contacts").replace("+asyncpg", ""))
    await connection.execute(
        "INSERT INTO outbox (event_id, org_id, aggregate_id, name, body, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)",
        *(event_id, UUID(org_id), new_id(), ContactCreated.name, body, utc_now()),
    )
    await connection.close()
    return str(event_id)


def test_poison_is_seen_tried_again_and_discarded(ficha: Ficha) -> None:
    with closing(ficha.client()) as client:
        org_id = client.get("/api/v1/organization").json()["id"]
        poison = [asyncio.run(publish_poison(ficha, org_id)) for _ in range(3)]

        def groups() -> list[dict[str, Any]]:
            page = client.get(f"{API}/groups", params={"name": ContactCreated.name}).json()
            assert page["unavailable"] == []
            return [group for group in page["items"] if "undecodable" in group["cause"]]

        listeners = {"crm", "documents", "portal"}
        until_now(lambda: {g["service"] for g in groups() if g["count"] == 3} >= listeners, within=30, what="the dead")
        [group] = [group for group in groups() if group["service"] == "crm"]
        assert "Veneno" not in group["cause"]

        [counted] = operator(ficha, "groups", "--service", "crm", "--name", ContactCreated.name, "--json").json
        assert counted == group
        shown = operator(ficha, "show", poison[0], "--service", "crm")
        assert (shown.code, "Veneno, S.L." in shown.out) == (0, True)

        def letter() -> dict[str, Any]:
            found: dict[str, Any] = client.get(f"{API}/crm/{poison[0]}").json()
            return found

        tried = operator(ficha, "replay", poison[0], "--service", "crm", "--reason", "perhaps")
        assert (tried.code, tried.out) == (0, "crm: 1 replaying\n")
        until_now(lambda: len(letter()["actions"]) == 3, what="the replay")
        assert [done["action"] for done in letter()["actions"]] == ["dead", "replaying", "dead"]
        assert (letter()["status"], letter()["attempts"]) == ("dead", 2)
        assert letter()["actions"][1]["reason"] == "perhaps"

        words = ("discard", "--service", "crm", "--cause", group["cause"], "--reason", REASON_GIVEN)
        assert operator(ficha, *words).out == "crm: 3 discarded\n"
        for other in groups():
            decision = {"service": other["service"], "cause": other["cause"], "reason": REASON_GIVEN}
            assert client.post(f"{API}/discard", json=decision).json()["changed"] == 3
        assert groups() == []
        assert letter()["actions"][-1]["actor"].startswith("operator:")


def test_what_died_of_a_fault_that_is_mended_has_its_effect_when_it_is_replayed(ficha: Ficha) -> None:
    with closing(ficha.client()) as client:
        org_id = UUID(client.get("/api/v1/organization").json()["id"])
        contact = new_id()
        event_id = asyncio.run(lose_a_contact(ficha, org_id, contact))
        note = {"contact_id": str(contact), "body": "por fin"}
        assert client.post("/api/v1/notes", json=note).status_code == 404
        answer = client.post(f"{API}/replay", json={"service": "crm", "event_id": event_id})
        assert answer.json() == {"service": "crm", "action": "replaying", "changed": 1, "skipped": 0}
        until_now(lambda: client.get(f"{API}/crm/{event_id}").json()["status"] == "replayed", what="the replay")
        assert client.post("/api/v1/notes", json=note).status_code == 201
        again = client.post(f"{API}/replay", json={"service": "crm", "event_id": event_id})
        assert (again.status_code, again.json()["code"]) == (409, "dead_letters.not_dead")
    asyncio.run(forget_a_contact(ficha, contact))


async def lose_a_contact(ficha: Ficha, org_id: UUID, contact: UUID) -> str:
    """Crm gave up on hearing of it, in a version of crm that had a fault."""
    now = utc_now()
    known = {"id": contact, "kind": "company", "name": "Tardía, S.L.", "created_at": now, "updated_at": now}
    state = ContactState.model_validate({**known, "roles": [], "emails": [], "phones": [], "defaults": {}, "tags": []})
    event = ContactCreated(id=new_id(), occurred_at=now, org_id=org_id, subject=contact, version=1, data=state)
    database = Database(create_engine(ficha.database_url("crm"), application="test", pool_size=1))
    await store_letters(
        Consumer("crm", database, []), [Message(event.id, event.name, event.to_bytes(), {REASON: "a fault"})]
    )
    await database.close()
    return str(event.id)


async def forget_a_contact(ficha: Ficha, contact: UUID) -> None:
    """Its owner never had it: nobody else on this Ficha shall meet it."""
    connection = await asyncpg.connect(f"postgresql://postgres@/ficha_crm?host={ficha.home / 'postgres'}")
    for table, column in (("note", "contact_id"), ("note_count", "contact_id"), ("contact_copy", "id")):
        await connection.execute(f"DELETE FROM {table} WHERE {column} = $1", contact)
    await connection.close()


def test_a_deployed_service_has_the_same_commands(ficha: Ficha) -> None:
    database = {"CONTACTS_DATABASE_URL": ficha.database_url("contacts")}
    own = (sys.executable, "-m", "contacts", "dead-letters")
    assert say(*own, "list", **database) == Said(0, "None.\n", "")
    missing = say(*own, "show", str(new_id()), **database)
    assert (missing.code, missing.out) == (1, "")
    unset = say(*own, "list")
    assert unset.code == 2
    assert unset.err == "CONTACTS_DATABASE_URL is not set: postgresql+asyncpg URL of the role that owns nothing.\n"


@pytest.mark.parametrize("folder", ["never-used", "used-before"])
def test_a_ficha_that_does_not_run_is_said(tmp_path: Path, folder: str) -> None:
    home = tmp_path / folder
    if folder == "used-before":
        (home / "postgres").mkdir(parents=True)
        (home / "postgres" / "postmaster.pid").write_text("1\nleft\nby\na\n/crash\n\n\nready\n")
    said = say(str(Path(sys.executable).with_name("ficha")), "dead-letters", "list", FICHA_HOME=str(home))
    assert (said.code, said.out) == (1, "")
    assert said.err == f"ficha: No Ficha is running on {home}. Start it, or set FICHA_HOME to the folder of one.\n"
