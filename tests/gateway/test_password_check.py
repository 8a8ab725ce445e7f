"""What a new password lacks, told while it is typed: by the rule it is held to when it is set."""

import httpx
import pytest
from sqlalchemy import text

from shared.db.session import Database
from shared.db.tenancy import Scope
from tests.gateway.conftest import PASSWORD, Person
from tests.gateway.test_accounts import new_key, program

CHECK = "/api/v1/session/password/check"


@pytest.mark.parametrize(
    ("password", "lacks"),
    [
        ("", "string_too_short"),
        ("short one", "string_too_short"),
        ("é" * 11, "string_too_short"),
        ("x" * 201, "string_too_long"),
        ("contraseña2026", "password_common"),
        ("aaaaaaaaaaaaaaaa", "password_common"),
        ("seven unrelated violet spoons", None),
        ("  blanks on both of its sides  ", None),
    ],
)
async def test_it_says_what_setting_it_would_say(client: httpx.AsyncClient, password: str, lacks: str | None) -> None:
    answer = await client.post(CHECK, json={"password": password})
    assert (answer.status_code, answer.json()) == (200, {"lacks": lacks})
    change = {"current_password": PASSWORD, "new_password": password}
    changed = await client.put("/api/v1/session/password", json=change)
    if lacks is None:
        assert changed.status_code == 204
    else:
        assert [(e["field"], e["code"]) for e in changed.json()["errors"]] == [("new_password", lacks)]


async def test_it_knows_the_person(client: httpx.AsyncClient, admin: Person) -> None:
    assert (await client.post(CHECK, json={"password": admin.email})).json() == {"lacks": "password_personal"}


async def test_nothing_is_kept_of_it(client: httpx.AsyncClient, database: Database, admin: Person) -> None:
    async def rows() -> list[int]:
        async with database.transaction(Scope(org_id=admin.org_id)) as session:
            tables = ("audit_entry", "audit_tally", "idempotency_key", "known_device")
            return [(await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() for table in tables]

    before = await rows()
    headers = {"Idempotency-Key": "typing"}
    assert (await client.post(CHECK, json={"password": "seven unrelated"}, headers=headers)).status_code == 200
    assert await rows() == before


async def test_it_cannot_be_asked_without_end(client: httpx.AsyncClient) -> None:
    statuses = [(await client.post(CHECK, json={"password": "x"})).status_code for _ in range(200)]
    assert statuses[:60] == [200] * 60
    assert 429 in statuses


async def test_it_is_for_people(client: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.post(CHECK, json={"password": "x"})).status_code == 401
    async with program(client, (await new_key(client, "contacts:read")).json()["key"]) as machine:
        assert (await machine.post(CHECK, json={"password": "x"})).json()["code"] == "gateway.people_only"
