"""The organisation, its users and its programs' keys."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text, update

from gateway.accounts.bootstrap import ensure_administrator
from gateway.accounts.errors import TooManyAttempts
from gateway.accounts.models import Organization
from gateway.accounts.schemas import OrganizationPatch
from shared.clock import utc_now
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from shared.passwords.hashing import Passwords
from tests.gateway.conftest import PASSWORD, Person, log_in, new_person, settings_for
from tests.gateway.peers import Peer
from tests.support.outbox import recorded


async def new_key(client: httpx.AsyncClient, *scopes: str, **values: object) -> httpx.Response:
    return await client.post("/api/v1/api-keys", json={"name": "program", "scopes": scopes, **values})


def program(client: httpx.AsyncClient, key: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=client.base_url, headers={"Authorization": f"Bearer {key}"})


async def test_the_organisation_is_edited_under_its_version(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    found = await client.get("/api/v1/organization")
    assert (found.headers["etag"], found.json()["currency"], found.json()["language"]) == ('"1"', "EUR", "es")
    assert found.json()["time_zone"] == "Europe/Madrid"
    change = {
        "name": "Peñalver, S.L.",
        "tax_id": "b-85.955.367",
        "iban": "ES91 2100 0418 4502 0005 1332",
        "address": {"street": "Gran Vía 1", "city": "Madrid", "country": "ES"},
        "color": "#AA0033",
        "time_zone": "Atlantic/Canary",
    }
    answer = await client.patch("/api/v1/organization", json=change, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["tax_id"], answer.json()["iban"]) == ("B85955367", "ES9121000418450200051332")
    stale = await client.patch("/api/v1/organization", json={"name": "x"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    same = await client.patch("/api/v1/organization", json={"name": "Peñalver, S.L."})
    assert same.headers["etag"] == '"2"'
    events = await recorded(database, admin.org_id)
    assert [event.name.split(".", 2)[2] for event in events] == [
        "organization.created.v1",
        "user.created.v1",
        "organization.updated.v1",
    ]
    updated = events[-1]
    assert (updated.subject, updated.version, updated.data.name) == (admin.org_id, 2, "Peñalver, S.L.")
    assert updated.data.time_zone == "Atlantic/Canary"
    assert set(updated.changed) == set(change)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None),
        ("name", "\u0000"),
        ("tax_id", "!"),
        ("email", "x"),
        ("iban", "ES9121000418450200051333"),
        ("bic", "short"),
        ("website", "javascript:alert(1)"),
        *(("currency", code) for code in ("euro", "XAU", "XTS", "XDR", "DEM", "CLF")),
        ("language", "fr"),
        ("color", "red"),
        ("slug", "other"),
        ("time_zone", None),
        ("time_zone", "Europe/Barcelona"),
        ("time_zone", "localtime"),
    ],
)
async def test_a_wrong_field_of_the_organisation_is_named(client: httpx.AsyncClient, field: str, value: object) -> None:
    answer = await client.patch("/api/v1/organization", json={field: value})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


OLD: dict[str, tuple[object, object]] = {
    "name": ("x" * 300, "y" * 300),
    "tax_id": ("!", "?"),
    "email": ("nobody", "somebody"),
    "phone": ("x", "y"),
    "website": ("javascript:alert(1)", "javascript:alert(2)"),
    "address": (
        {"street": "a", "city": "b", "country": "Spain"},
        {"street": "a", "city": "b", "country": "France"},
    ),
    "iban": ("ES00", "ES01"),
    "bic": ("?", "!"),
    "currency": ("DEM", "FRF"),
    "language": ("gl", "eu"),
    "time_zone": ("Europe/Nowhere", "Europe/Elsewhere"),
    "color": ("red", "blue"),
}


@pytest.mark.parametrize("field", OrganizationPatch.model_fields)
async def test_what_the_organisation_had_under_older_rules_is_saved_again(
    client: httpx.AsyncClient, database: Database, admin: Person, field: str
) -> None:
    old, wrong = OLD[field]
    async with database.transaction(Scope(admin.org_id)) as session:
        await session.execute(update(Organization).where(Organization.org_id == admin.org_id).values({field: old}))
    shown = (await client.get("/api/v1/organization")).json()
    whole = {name: shown[name] for name in OrganizationPatch.model_fields}
    again = await client.patch("/api/v1/organization", json=whole)
    assert (again.status_code, again.json()) == (200, shown), again.text
    other = {"color": "#aa0033"} if field == "name" else {"name": "Otra"}
    changed = await client.patch("/api/v1/organization", json={**whole, **other})
    assert (changed.status_code, changed.json()[field]) == (200, old), changed.text
    refused = await client.patch("/api/v1/organization", json={**whole, field: wrong})
    assert refused.status_code == 422, refused.text
    assert [error["field"].split(".")[0] for error in refused.json()["errors"]] == [field]


async def test_only_administrators_manage(client: httpx.AsyncClient, database: Database, admin: Person) -> None:
    member = await new_person(database, org_id=admin.org_id, is_admin=False)
    async with httpx.AsyncClient(base_url=client.base_url) as other:
        await log_in(other, member)
        assert (await other.get("/api/v1/organization")).status_code == 200
        assert (await other.patch("/api/v1/organization", json={"name": "x"})).status_code == 403
        assert (await other.get("/api/v1/users")).status_code == 403
        assert (await new_key(other, "contacts:read")).status_code == 403
        assert (await other.post("/api/v1/contacts", json={"name": "x"})).status_code == 201


async def test_users_are_created_edited_and_shut_out(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    email = f"New.{new_id().hex}@Example.com"
    body = {"name": "Eva", "email": email, "password": PASSWORD}
    made = await client.post("/api/v1/users", json=body)
    assert (made.status_code, made.json()["email"], made.json()["is_admin"]) == (201, email.lower(), False)
    assert (await client.post("/api/v1/users", json=body)).json()["code"] == "gateway.email_taken"
    event = (await recorded(database, admin.org_id))[-1]
    assert (event.name, str(event.subject)) == ("ficha.gateway.user.created.v1", made.json()["id"])
    assert "password" not in event.to_bytes().decode()
    async with httpx.AsyncClient(base_url=client.base_url) as eva:
        assert (await log_in(eva, Person(admin.org_id, email))).status_code == 201
        path = f"/api/v1/users/{made.json()['id']}"
        shut = await client.patch(path, json={"active": False}, headers={"If-Match": made.headers["etag"]})
        assert (shut.status_code, shut.json()["active"], shut.headers["etag"]) == (200, False, '"2"')
        assert (await eva.get("/api/v1/documents")).status_code == 401
        assert (await log_in(eva, Person(admin.org_id, email))).status_code == 401
        await client.patch(path, json={"active": True, "password": "another long phrase"})
        assert (await log_in(eva, Person(admin.org_id, email), "another long phrase")).status_code == 201
    stale = await client.patch(path, json={"name": "x"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert [user["name"] for user in (await client.get("/api/v1/users")).json()["items"]] == ["Ana", "Eva"]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short one", "string_too_short"),
        ("contraseña2026", "password_common"),
        ("eva.marquez@taller.example", "password_personal"),
        ("MarquezOrtuno1", "password_personal"),
    ],
)
async def test_a_password_that_is_guessed_first_is_refused_wherever_one_is_set(
    client: httpx.AsyncClient, admin: Person, password: str, code: str
) -> None:
    email = f"{new_id().hex}@example.com"
    eva = {"name": "Eva Márquez Ortuño", "email": email, "password": PASSWORD}
    made = (await client.post("/api/v1/users", json=eva)).json()
    path = f"/api/v1/users/{made['id']}"
    other = {**eva, "email": "eva.marquez@taller.example", "password": password}
    answers = [("password", await client.post("/api/v1/users", json=other))]
    if "@" not in password:
        answers.append(("password", await client.patch(path, json={"password": password})))
        async with httpx.AsyncClient(base_url=client.base_url) as herself:
            await log_in(herself, Person(admin.org_id, email))
            change = {"current_password": PASSWORD, "new_password": password}
            answers.append(("new_password", await herself.put("/api/v1/session/password", json=change)))
    for field, answer in answers:
        assert answer.status_code == 422, answer.text
        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]


async def test_an_organisation_keeps_an_administrator(client: httpx.AsyncClient) -> None:
    me = (await client.get("/api/v1/session")).json()["user"]
    for change in ({"is_admin": False}, {"active": False}):
        answer = await client.patch(f"/api/v1/users/{me['id']}", json=change)
        assert (answer.status_code, answer.json()["code"]) == (409, "gateway.last_administrator")
    assert (await client.get("/api/v1/users")).status_code == 200


async def test_pages_of_users_follow_one_another(client: httpx.AsyncClient, database: Database, admin: Person) -> None:
    for _ in range(4):
        await new_person(database, org_id=admin.org_id)
    seen, cursor = [], ""
    while True:
        page = (await client.get(f"/api/v1/users?limit=2{cursor}")).json()
        seen += [user["id"] for user in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    assert (await client.get("/api/v1/users?cursor=bm9wZQ")).status_code == 422


async def test_a_key_is_shown_once_and_does_what_its_scopes_say(
    client: httpx.AsyncClient, peers: dict[str, Peer], database: Database, admin: Person
) -> None:
    made = await new_key(client, "documents:read", "crm:read")
    assert made.status_code == 201
    key = made.json()["key"]
    assert key.startswith(made.json()["prefix"])
    async with database.transaction(Scope(org_id=admin.org_id)) as session:
        assert key not in str((await session.execute(text("SELECT * FROM api_key"))).all())
    async with program(client, key) as machine:
        await machine.get("/api/v1/documents")
        [(_, headers, identity)] = peers["documents"].seen
        assert (identity.org_id, identity.actor, identity.scopes) == (
            admin.org_id,
            f"key:{made.json()['id']}",
            frozenset({"documents:read", "crm:read"}),
        )
        assert key not in str(headers)
        assert (await machine.get("/api/v1/session")).json()["code"] == "gateway.people_only"
        assert (await machine.get("/api/v1/users")).status_code == 403
        panel = (await machine.get(f"/api/v1/contacts/{new_id()}/panel")).json()
        statuses = {name: section.get("reason", "ready") for name, section in panel["sections"].items()}
        assert statuses == {
            "people": "forbidden",
            "portal": "forbidden",
            "year": "ready",
            "documents": "ready",
            "activities": "ready",
            "opportunities": "ready",
            "files": "forbidden",
            "notes": "ready",
        }
        [listed] = (await client.get("/api/v1/api-keys")).json()["items"]
        assert "key" not in listed
        assert listed["last_used_at"] is not None
        # A browser's page cannot set Authorization elsewhere: keys are no cookies.
        foreign = await machine.post("/api/v1/notes", json={"title": "x"}, headers={"Origin": "https://evil.example"})
        assert foreign.status_code == 403
        assert foreign.json()["code"] == "forbidden"
        assert (await client.delete(f"/api/v1/api-keys/{made.json()['id']}")).status_code == 204
        assert (await machine.get("/api/v1/documents")).status_code == 401
    assert (await client.delete(f"/api/v1/api-keys/{made.json()['id']}")).status_code == 404


async def test_a_key_ends_when_it_was_said_to(client: httpx.AsyncClient, database: Database, admin: Person) -> None:
    made = await new_key(client, "crm:read", expires_at=(utc_now() + timedelta(hours=1)).isoformat())
    async with program(client, made.json()["key"]) as machine:
        async with database.transaction(Scope(org_id=admin.org_id)) as session:
            await session.execute(text("UPDATE api_key SET expires_at = now() - interval '1 second'"))
        assert (await machine.get("/api/v1/notes")).status_code == 401


async def test_a_key_cannot_make_one_that_can_more(client: httpx.AsyncClient) -> None:
    made = await new_key(client, "organization:write", "crm:read")
    async with program(client, made.json()["key"]) as machine:
        assert (await new_key(machine, "crm:read")).status_code == 201
        answer = await new_key(machine, "crm:read", "crm:write")
        assert (answer.status_code, answer.json()["code"]) == (403, "gateway.scope_not_held")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["*"]}, "scopes.0"),
        ({"scopes": ["users:write"]}, "scopes.0"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59Z"}, "expires_at"),
        ({"expires_at": "2030-01-01T00:00:00"}, "expires_at"),
        ({"name": ""}, "name"),
    ],
)
async def test_a_wrong_field_of_a_key_is_named(
    client: httpx.AsyncClient, values: dict[str, object], field: str
) -> None:
    answer = await client.post("/api/v1/api-keys", json={"name": "x", "scopes": ["crm:read"], **values})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_one_organisation_sees_nothing_of_another(client: httpx.AsyncClient, database: Database) -> None:
    other = await new_person(database)
    async with httpx.AsyncClient(base_url=client.base_url) as stranger:
        await log_in(stranger, other)
        me = (await stranger.get("/api/v1/session")).json()["user"]
        key = (await new_key(stranger, "crm:read")).json()
    assert [u["email"] for u in (await client.get("/api/v1/users")).json()["items"]] != [other.email]
    assert (await client.patch(f"/api/v1/users/{me['id']}", json={"name": "x"})).status_code == 404
    assert (await client.delete(f"/api/v1/api-keys/{key['id']}")).status_code == 404
    assert (await client.get("/api/v1/api-keys")).json()["items"] == []


async def test_the_first_administrator_is_made_once(database: Database, peers: dict[str, Peer]) -> None:
    email = f"Admin.{new_id().hex}@ficha.localhost"
    settings = settings_for(
        peers,
        bootstrap_organization=f"Peñalver {new_id().hex}",
        bootstrap_email=email,
        bootstrap_password=PASSWORD,
    )
    passwords = Passwords(TooManyAttempts)
    for _ in range(2):
        await ensure_administrator(settings, database, passwords)
    async with database.transaction(Scope(org_id=None)) as session:
        await session.execute(text("SELECT set_config('app.lookup', :e, true)"), {"e": email.lower()})
        [user] = (await session.execute(text("SELECT org_id, is_admin, active FROM user_account"))).all()
    assert (user.is_admin, user.active) == (True, True)
    names = [event.name.split(".", 2)[2] for event in await recorded(database, user.org_id)]
    assert names == ["organization.created.v1", "user.created.v1"]
    # A second administrator of the same organisation joins it.
    await ensure_administrator(settings.model_copy(update={"bootstrap_email": f"x{email}"}), database, passwords)
    assert len(await recorded(database, user.org_id)) == 3
