"""Who did what to accounts, and who was refused: written down with the deed, bounded, and never changed."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.accounts.audit import keeper, service
from gateway.accounts.audit.actions import ACTIONS, Subject
from gateway.handlers import on_any_event
from shared.clock import standing_at, utc_now
from shared.db.engine import create_engine
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import AnyEvent
from shared.identifiers import new_id
from shared.passwords.throttle import STRANGERS
from tests.gateway.conftest import PASSWORD, Person, log_in, new_person
from tests.gateway.feeding import body_of, event_of
from tests.gateway.test_accounts import new_key, program
from tests.support.planning import analyze, plan_of
from tests.support.postgres import Databases

Entry = dict[str, Any]
IBAN = "ES9121000418450200051332"


async def entries(client: httpx.AsyncClient, **query: object) -> list[Entry]:
    """Oldest first."""
    answer = await client.get("/api/v1/audit", params={"limit": 200, **query})  # type: ignore[dict-item]
    assert answer.status_code == 200, answer.text
    items: list[Entry] = answer.json()["items"]
    return items[::-1]


async def actions(client: httpx.AsyncClient, **query: object) -> list[str]:
    return [entry["action"] for entry in await entries(client, **query)]


async def me(client: httpx.AsyncClient) -> Entry:
    user: Entry = (await client.get("/api/v1/session")).json()["user"]
    return user


def changes(entry: Entry) -> dict[str, tuple[Any, Any]]:
    return {change["field"]: (change["before"], change["after"]) for change in entry["changes"]}


async def write(database: Database, person: Person, count: int = 1, *, actor: str = "system") -> None:
    async with database.transaction(Scope(org_id=person.org_id, actor=actor)) as session:
        for _ in range(count):
            await service.record(session, "user.updated", Subject("user", new_id(), "Eva"))


async def test_a_login_says_who_from_where_and_by_what(url: str, admin: Person) -> None:
    headers = {"User-Agent": "Agent " + "x" * 500, "X-Forwarded-For": "10.0.0.1"}
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        await log_in(client, admin)
        user = await me(client)
        [entry] = await entries(client, action="session.created")
        assert entry["actor"] == {"kind": "user", "id": user["id"], "name": "Ana"}
        assert entry["subject"] == {"kind": "user", "id": user["id"], "name": "Ana"}
        assert entry["address"] == "10.0.0.1"
        assert entry["user_agent"].startswith("Agent x")
        assert len(entry["user_agent"]) <= 200
        assert (entry["reason"], entry["changes"], entry["times"]) == (None, [], 1)


async def test_what_is_done_to_people_has_an_entry_each_with_what_it_was_before(client: httpx.AsyncClient) -> None:
    email = f"{new_id().hex}@example.com"
    made = (await client.post("/api/v1/users", json={"name": "Eva", "email": email, "password": PASSWORD})).json()
    path = f"/api/v1/users/{made['id']}"
    for change in (
        {"name": "Eva María"},
        {"is_admin": True},
        {"active": False},
        {"active": True, "password": "another long phrase"},
        {"name": "Eva María"},
    ):
        assert (await client.patch(path, json=change)).status_code == 200
    found = await entries(client, subject=made["id"])
    assert sorted(entry["action"] for entry in found) == sorted(
        [
            "user.created",
            "user.updated",
            "user.role_changed",
            "user.deactivated",
            "user.reactivated",
            "user.password_changed",
        ]
    )
    by_action = {entry["action"]: entry for entry in found}
    assert changes(by_action["user.created"]) == {"email": (None, email), "is_admin": (None, False)}
    assert changes(by_action["user.updated"]) == {"name": ("Eva", "Eva María")}
    assert changes(by_action["user.role_changed"]) == {"is_admin": (False, True)}
    assert by_action["user.created"]["subject"]["name"] == "Eva"
    assert by_action["user.deactivated"]["subject"]["name"] == "Eva María"
    assert "argon2" not in str(found)
    assert "long phrase" not in str(found)


async def test_the_organisations_data_are_told_field_by_field(client: httpx.AsyncClient, admin: Person) -> None:
    address = {"street": "Gran Vía 1", "city": "Madrid", "country": "ES", "postal_code": None, "province": None}
    await client.patch("/api/v1/organization", json={"iban": IBAN, "time_zone": "Atlantic/Canary", "address": address})
    await client.patch("/api/v1/organization", json={"iban": IBAN})
    [entry] = await entries(client, action="organization.updated")
    assert entry["subject"] == {"kind": "organization", "id": str(admin.org_id), "name": "Acme"}
    assert changes(entry) == {
        "address": (None, address),
        "iban": (None, IBAN),
        "time_zone": ("Europe/Madrid", "Atlantic/Canary"),
    }


async def test_keys_are_told_with_what_they_may_do_and_go_with_their_maker(client: httpx.AsyncClient) -> None:
    parent = (await new_key(client, "organization:write", "contacts:read")).json()
    async with program(client, parent["key"]) as machine:
        child = (await new_key(machine, "contacts:read")).json()
    await client.delete(f"/api/v1/api-keys/{parent['id']}")
    [made] = await entries(client, subject=child["id"], action="api_key.created")
    assert made["actor"] == {"kind": "key", "id": parent["id"], "name": "program"}
    assert changes(made) == {"scopes": (None, ["contacts:read"]), "expires_at": (None, None)}
    gone = await entries(client, action="api_key.deleted")
    assert {entry["subject"]["id"]: entry["reason"] for entry in gone} == {
        parent["id"]: None,
        child["id"]: "with_its_maker",
    }
    assert parent["key"] not in str(await entries(client))


async def test_a_key_that_is_over_is_told_when_it_is_used(client: httpx.AsyncClient, database: Database) -> None:
    made = (await new_key(client, "contacts:read")).json()
    async with database.transaction(Scope(org_id=(await own_org(client)))) as session:
        await session.execute(text("UPDATE api_key SET expires_at = now() - interval '1 second'"))
    async with program(client, made["key"]) as machine:
        assert (await machine.get("/api/v1/contacts")).status_code == 401
    [entry] = await entries(client, action="api_key.refused")
    assert (entry["subject"]["id"], entry["reason"], entry["actor"]["kind"]) == (made["id"], "expired", "visitor")


async def own_org(client: httpx.AsyncClient) -> Any:
    return (await client.get("/api/v1/organization")).json()["id"]


async def test_sessions_end_for_a_reason(client: httpx.AsyncClient, admin: Person) -> None:
    async with httpx.AsyncClient(base_url=client.base_url) as other:
        await log_in(other, admin)
        await log_in(other, admin)
        await other.delete("/api/v1/session")
        await other.delete("/api/v1/session")
        await log_in(other, admin)
    change = {"current_password": PASSWORD, "new_password": "something quite new"}
    assert (await client.put("/api/v1/session/password", json={**change, "current_password": "x"})).status_code == 403
    assert (await client.put("/api/v1/session/password", json=change)).status_code == 204
    ended = await entries(client, action="session.ended")
    assert [(entry["reason"], entry["times"]) for entry in ended] == [
        ("logged_in_again", 1),
        ("logged_out", 1),
        ("password_changed", 2),
    ]
    [refused] = await entries(client, action="session.not_confirmed")
    assert (refused["reason"], refused["subject"]["name"]) == ("wrong_password", "Ana")
    assert await actions(client, action="user.password_changed") == ["user.password_changed"]


async def test_a_refused_login_is_told_and_neither_password_nor_unknown_email_kept(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    inactive = await new_person(database, org_id=admin.org_id, is_admin=False)
    async with database.transaction(Scope(org_id=admin.org_id)) as session:
        await session.execute(text("UPDATE user_account SET active = false WHERE email = :e"), {"e": inactive.email})
    nobody = f"{new_id().hex}@example.com"
    await log_in(anonymous, admin, "my very secret guess")
    await log_in(anonymous, inactive)
    await log_in(anonymous, Person(admin.org_id, nobody), "my very secret guess")
    refused = await entries(client, action="session.refused")
    assert [(entry["actor"]["kind"], entry["reason"]) for entry in refused] == [
        ("visitor", "wrong_password"),
        ("visitor", "inactive"),
    ]
    async with database.transaction(Scope(org_id=STRANGERS)) as session:
        strangers = str((await session.execute(text("SELECT * FROM audit_entry"))).all())
        tallies = str((await session.execute(text("SELECT * FROM audit_tally"))).all())
    assert "session.refused" in strangers
    for secret in ("my very secret guess", nobody):
        assert secret not in strangers + tallies + str(refused)


async def test_a_flood_of_refusals_becomes_few_entries_that_say_how_many(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    """From one address; and from ever new ones, as an IPv6 network has them."""
    user = await me(client)
    subject = Subject("user", user["id"], "Ana")

    async def refuse(address: str, times: int) -> None:
        for _ in range(times):
            async with database.transaction(Scope(org_id=admin.org_id, actor="visitor", address=address)) as session:
                await service.record_refusal(session, "session.throttled", subject, reason="too_many")

    await refuse("198.51.100.1", 40)
    for place in range(60):
        await refuse(f"2001:db8:0:{place:x}::1", 1)
    found = await entries(client, action="session.throttled")
    assert [entry["address"] for entry in found] == ["198.51.100.1"] * 10 + [
        *(f"2001:db8:0:{place:x}::1" for place in range(4)),
        *([None] * 10),
    ]
    stop = asyncio.Event()
    await keeper.close_tallies(database, stop=stop)
    assert len(await entries(client, action="session.throttled")) == 24
    with standing_at(utc_now() + service.COUNTED_FOR + timedelta(seconds=1)):
        await keeper.close_tallies(database, stop=stop)
        await keeper.close_tallies(database, stop=stop)
    found = await entries(client, action="session.throttled")
    assert sum(entry["times"] for entry in found) == 100
    assert sorted(entry["times"] for entry in found)[-2:] == [30, 46]


async def test_a_rolled_back_deed_leaves_no_entry(client: httpx.AsyncClient) -> None:
    user = await me(client)
    answer = await client.patch(f"/api/v1/users/{user['id']}", json={"is_admin": False})
    assert answer.status_code == 409
    assert "user.role_changed" not in await actions(client)


@pytest.mark.parametrize(
    ("name", "data", "action", "reason"),
    [
        (
            "ficha.portal.access.changed.v1",
            {"enabled": True, "changed": ["enabled", "emails"]},
            "portal.opened",
            None,
        ),
        ("ficha.portal.access.changed.v1", {"enabled": False, "changed": ["enabled"]}, "portal.closed", None),
        ("ficha.portal.access.changed.v1", {"enabled": True, "changed": ["password"]}, None, None),
        (
            "ficha.notifications.webhook.disabled.v1",
            {"enabled": False, "disabled_reason": "gone", "changed": ["enabled"]},
            "webhook.disabled",
            "gone",
        ),
        ("ficha.contacts.contact.updated.v1", {"changed": ["enabled"]}, None, None),
    ],
)
async def test_what_other_services_did_is_told_once_it_is_so(
    client: httpx.AsyncClient,
    database: Database,
    admin: Person,
    name: str,
    data: dict[str, Any],
    action: str | None,
    reason: str | None,
) -> None:
    user = await me(client)
    envelope = dict(event_of(body_of(admin.org_id, name)).envelope)
    access = {"contact_id": str(new_id()), "has_password": True, "payment_methods": [], "catalogue": False}
    webhook = {"id": str(new_id()), "types": ["*"], "description": "CRM", "at": utc_now().isoformat()}
    envelope |= {"data": {**access, **webhook, **data}, "actor": f"user:{user['id']}"}
    event = AnyEvent.from_envelope(envelope)
    async with database.transaction(Scope(org_id=admin.org_id)) as session:
        await on_any_event(session, event)
    found = await entries(client, subject=str(event.subject))
    assert [entry["action"] for entry in found] == ([action] if action else [])
    if action:
        assert (found[0]["actor"]["name"], found[0]["reason"], found[0]["address"]) == ("Ana", reason, None)


async def test_only_administrators_and_their_keys_read_it(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    member = await new_person(database, org_id=admin.org_id, is_admin=False)
    async with httpx.AsyncClient(base_url=client.base_url) as other:
        assert (await other.get("/api/v1/audit")).status_code == 401
        await log_in(other, member)
        assert (await other.get("/api/v1/audit")).status_code == 403
    for scopes, status in ((("users:read",), 200), (("organization:read", "operations:read"), 403)):
        async with program(client, (await new_key(client, *scopes)).json()["key"]) as machine:
            assert (await machine.get("/api/v1/audit")).status_code == status
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await client.request(method, "/api/v1/audit", json={})).status_code == 405


@pytest.mark.parametrize(
    "query",
    [
        "action=session.nonsense",
        "actor=somebody",
        "subject=me",
        "from=yesterday",
        "from=2026-13-01",
        "from=2026-02-02&to=2026-02-01",
        "cursor=bm9wZQ",
        "cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgIjAwMDAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMCJd",
        "limit=0",
        "limit=201",
        "who=me",
        "actor=system&actor=visitor",
    ],
)
async def test_what_cannot_be_asked_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/api/v1/audit?{query}")).status_code == 422


async def test_pages_follow_one_another_newest_first_also_among_filters(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    await write(database, admin, 5)
    await write(database, admin, 4, actor=f"user:{new_id()}")
    for query, count in (({}, None), ({"actor": "system", "action": "user.updated"}, 5)):
        whole = [entry["id"] for entry in await entries(client, **query)][::-1]
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await client.get("/api/v1/audit", params={"limit": 2, **query, **cursor})).json()
            seen += [entry["id"] for entry in page["items"]]
            if not page["next_cursor"]:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == whole
        assert count in (None, len(seen))
    several = await actions(client, action=["session.created", "organization.created"])
    assert several == ["organization.created", "session.created"]


async def test_days_are_the_organisations(client: httpx.AsyncClient, database: Database, admin: Person) -> None:
    """23:30 of 31 December in UTC is 2027 in Madrid."""
    with standing_at(utc_now().replace(2026, 12, 31, 23, 30)):
        await write(database, admin)
    asked = {"action": "user.updated"}
    assert len(await entries(client, **asked, **{"from": "2027-01-01", "to": "2027-01-01"})) == 1
    assert len(await entries(client, **asked, to="2026-12-31")) == 0
    assert len(await entries(client, **asked, **{"from": "2027-01-02"})) == 0


async def test_another_organisations_entries_are_not_there(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    other = await new_person(database)
    async with httpx.AsyncClient(base_url=client.base_url) as theirs:
        await log_in(theirs, other)
        mine = {entry["id"] for entry in await entries(client)}
        assert not mine & {entry["id"] for entry in await entries(theirs)}
        assert await entries(theirs, subject=(await me(client))["id"]) == []


UNDO = {
    "change": "UPDATE audit_entry SET action = 'x'",
    "take away": "DELETE FROM audit_entry",
    "empty": "TRUNCATE audit_entry",
}


@pytest.mark.parametrize("statement", UNDO.values(), ids=UNDO)
@pytest.mark.parametrize("role", ["worker", "owner"])
async def test_nobody_changes_or_takes_away_an_entry(
    databases: Databases, database: Database, admin: Person, role: str, statement: str
) -> None:
    await write(database, admin)
    urls = await databases.urls("gateway")
    url = {"worker": urls.database_url, "owner": urls.migrate_url}[role]
    connected = Database(create_engine(url, application="test", pool_size=1))
    try:
        with pytest.raises(DBAPIError, match=r"permission denied|only ever added to"):
            async with connected.transaction(Scope(org_id=admin.org_id)) as session:
                await session.execute(text(statement))
    finally:
        await connected.close()


async def test_what_is_older_than_it_is_kept_is_forgotten_and_nothing_that_is_younger_than_a_year(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    now = utc_now()
    for days in (1, 364, 366, 1200):
        with standing_at(now - timedelta(days=days)):
            await write(database, admin)
    stop = asyncio.Event()
    await keeper.forget(database, before=now - timedelta(days=1000), stop=stop)
    assert len(await entries(client, action="user.updated")) == 3
    # However much is asked for.
    await keeper.forget(database, before=now + timedelta(days=1), stop=stop)
    assert len(await entries(client, action="user.updated")) == 2


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({}, "ix_audit_entry_at"),
        ({"actor": "system"}, "ix_audit_entry_actor"),
        ({"actions": ["user.role_changed"]}, "ix_audit_entry_action"),
        ({"subject": UUID(int=1)}, "ix_audit_entry_subject"),
    ],
    ids=["all", "actor", "action", "subject"],
)
async def test_no_list_reads_more_than_its_page(
    databases: Databases, database: Database, admin: Person, query: dict[str, Any], index: str
) -> None:
    async with database.transaction(Scope(org_id=admin.org_id)) as session:
        await session.execute(
            text(
                "INSERT INTO audit_entry "
                "(org_id, id, at, actor, actor_name, action, subject_kind, subject_id, changes, times) "
                "SELECT :org, gen_random_uuid(), now() - n * interval '1 minute', "
                "CASE WHEN n % 50 = 0 THEN 'system' ELSE 'user:' || gen_random_uuid() END, '', "
                "CASE WHEN n % 50 = 0 THEN 'user.role_changed' ELSE 'session.created' END, 'user', gen_random_uuid(), "
                "'[]', 1 FROM generate_series(1, 20000) n"
            ),
            {"org": admin.org_id},
        )
    await analyze(databases, "gateway", "audit_entry")
    asked: dict[str, Any] = {
        "actor": None,
        "actions": (),
        "subject": None,
        "first": None,
        "last": None,
        "after": (utc_now(), new_id()),
        "limit": 51,
    }
    plan = await plan_of(
        database, Scope(org_id=admin.org_id), lambda session: service.list_entries(session, **{**asked, **query})
    )
    scan = next(place for place, line in enumerate(plan) if f"Index Scan Backward using {index} on audit_entry" in line)
    # The place where the page goes on is asked of the index, too; and what comes out of it is in order already.
    assert "ROW(at, id) <" in plan[scan + 1], plan
    assert not any("Sort" in line for line in plan), plan


def test_codes_are_of_one_form() -> None:
    assert all(action.count(".") == 1 and action.replace(".", "").replace("_", "").isalpha() for action in ACTIONS)
