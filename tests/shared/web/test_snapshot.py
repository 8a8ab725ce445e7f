"""An owner's snapshot: told to siblings that were allowed it, one organisation at a time, by id, and read only."""

from collections.abc import Mapping
from uuid import UUID

import httpx
import orjson
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError

from shared.db.session import Database
from shared.db.snapshot import only_read
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from shared.settings import Issuer, ServiceSettings
from shared.web.app import create_app
from shared.web.identity import Identity, Signer, generate_keys
from shared.web.snapshot import Owned, snapshot_router
from tests.shared.rebuild.world import Thing, restate_thing
from tests.support.identity import ISSUERS, SIGNER
from tests.support.probe import ThingChanged, change_thing

PRIVATE, PUBLIC = generate_keys()
SIBLING = Signer("portal", PRIVATE)
PATHS = ("/internal/snapshot/thing", "/internal/snapshot/thing/fingerprint")


@pytest.fixture
def app(publisher: Database) -> FastAPI:
    issuers = ISSUERS | {"portal": Issuer(public_key=PUBLIC, scopes=["probe:read", "probe:snapshot"])}
    settings = ServiceSettings(database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=issuers)
    return create_app("probe", settings, publisher, [snapshot_router("probe", Owned("thing", Thing, restate_thing))])


async def ask(
    app: FastAPI, path: str, *, org_id: UUID | None, actor: str = "service:portal", scope: str = "probe:snapshot",
    signer: Signer = SIBLING,
) -> httpx.Response:  # fmt: skip
    token = signer.token(Identity(org_id=org_id, actor=actor, scopes=frozenset({scope})), "probe")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://probe") as client:
        return await client.get(path, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_but_a_sibling_that_was_allowed_it_may_ask(app: FastAPI, org_id: UUID, path: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://probe") as client:
        assert (await client.get(path)).status_code == 401
    assert (await ask(app, path, org_id=org_id)).status_code == 200
    assert (await ask(app, path, org_id=None)).status_code == 403
    assert (await ask(app, path, org_id=org_id, scope="probe:read")).status_code == 403
    # What the gateway signs for people: an administrator may everything, and not this.
    for actor, scope in (("user:1", "*"), ("user:1", "probe:snapshot"), ("visitor", "*"), ("service:portal", "*")):
        refused = await ask(app, path, org_id=org_id, actor=actor, scope=scope, signer=SIGNER)
        assert refused.status_code == 403, (actor, scope)
    assert (await ask(app, "/internal/snapshot/effect", org_id=org_id)).status_code == 404


async def test_it_tells_what_is_there_by_id_of_one_organisation_only(
    app: FastAPI, publisher: Database, org_id: UUID
) -> None:
    things = sorted([new_id() for _ in range(5)])
    await add_things(publisher, org_id, {thing: number for number, thing in enumerate(things, 1)})
    await add_things(publisher, new_id(), {new_id(): 1})
    answer = await ask(app, f"{PATHS[0]}?limit=2", org_id=org_id)
    assert answer.headers["content-type"] == "application/cloudevents-batch+json"
    events = [ThingChanged.from_envelope(envelope) for envelope in orjson.loads(answer.content)]
    assert [(event.subject, event.version, event.org_id) for event in events] == [
        (things[0], 1, org_id),
        (things[1], 2, org_id),
    ]
    again = await ask(app, f"{PATHS[0]}?limit=2", org_id=org_id)
    assert [envelope["id"] for envelope in again.json()] == [str(event.id) for event in events]
    rest = (await ask(app, f"{PATHS[0]}?after={things[1]}", org_id=org_id)).json()
    assert [envelope["subject"] for envelope in rest] == [str(thing) for thing in things[2:]]


async def test_two_fingerprints_are_equal_when_ids_and_versions_are(
    app: FastAPI, publisher: Database, org_id: UUID
) -> None:
    async def fingerprint(query: str = "") -> str:
        return str((await ask(app, f"{PATHS[1]}{query}", org_id=org_id)).json()["fingerprint"])

    nothing = await fingerprint()
    assert nothing == "0:0"
    things = sorted([new_id() for _ in range(3)])
    await add_things(publisher, org_id, dict.fromkeys(things, 1))
    everything = await fingerprint()
    assert everything.startswith("3:")
    middle = await fingerprint(f"?after={things[0]}&until={things[1]}")
    assert middle == await fingerprint(f"?after={things[0]}&limit=1")
    assert middle != await fingerprint(f"?until={things[0]}")
    assert await fingerprint(f"?until={things[0]}&limit=2") != await fingerprint("?limit=2")
    await add_things(publisher, org_id, {things[1]: 2})
    assert (await fingerprint()).startswith("3:")
    assert await fingerprint() != everything


async def test_a_transaction_that_only_reads_cannot_be_talked_into_writing(publisher: Database, scope: Scope) -> None:
    async def write() -> None:
        async with publisher.transaction(scope) as session:
            await only_read(session)
            await change_thing(session, new_id(), version=1)

    with pytest.raises(DBAPIError, match="read-only transaction"):
        await write()


async def add_things(database: Database, org_id: UUID, versions: Mapping[UUID, int]) -> None:
    async with database.transaction(Scope(org_id)) as session:
        for thing_id, version in versions.items():
            await session.merge(Thing(org_id=org_id, id=thing_id, version=version, name="thing"))
        await session.flush()
