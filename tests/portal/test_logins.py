"""Logging in: who can, who cannot, and that nobody learns anything from trying."""

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import select, text

from portal.config import Settings
from portal.errors import TooManyAttempts
from portal.main import create_app
from portal.models import ClientSession
from portal.tokens import hash_of
from shared.clock import utc_now
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.contacts import ContactDeleted, ContactRestored
from shared.passwords.hashing import THREADS, Passwords, owasp_minimum
from shared.passwords.throttle import STRANGERS
from tests.portal.world import PASSWORD, World, log_in, new_email, visitor_of
from tests.support.identity import client_of


class Watched(PasswordHasher):
    """The real one, and how often it hashed: to keep a password, or to compare one with what is kept."""

    def __init__(self) -> None:
        real = owasp_minimum()
        super().__init__(real.time_cost, real.memory_cost, real.parallelism, type=real.type)
        self.hashed = 0
        self.at_once = 0
        self.most_at_once = 0
        self.threads: set[int] = set()
        self._lock = threading.Lock()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self._lock:
            self.hashed += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.threads.add(threading.get_ident())
        try:
            return super().hash(password, salt=salt)
        finally:
            with self._lock:
                self.at_once -= 1


@pytest.fixture
def watched(app: FastAPI) -> Iterator[Watched]:
    hasher, usual = Watched(), app.state.passwords
    app.state.passwords = Passwords(TooManyAttempts, hasher)
    hasher.hashed = 0
    yield hasher
    app.state.passwords.close()
    app.state.passwords = usual


async def test_a_client_logs_in_with_any_of_its_emails_whatever_their_case(world: World) -> None:
    first, second = new_email(), new_email()
    contact_id = await world.contact(first, second.upper(), name="Ana")
    await world.open_portal(contact_id)
    for email in (first.upper(), second):
        async with visitor_of(world.app) as visitor:
            answer = await log_in(visitor, f" {email} ")
            assert answer.status_code == 201, answer.text
            assert answer.json() == {
                "contact": {"id": str(contact_id), "name": "Ana", "language": "ca"},
                "organization": {
                    "name": "Acme, S.L.",
                    "slug": world.slug,
                    "color": "#0a7a5c",
                    "logo_url": None,
                    "language": "es",
                    "currency": "EUR",
                },
            }
            assert (await visitor.get("/portal/api/me")).status_code == 200


async def test_the_cookie_cannot_be_read_by_scripts_and_is_kept_as_a_hash(world: World) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    async with visitor_of(world.app) as visitor:
        cookie = (await log_in(visitor, email)).headers["set-cookie"]
        token = visitor.cookies["ficha_portal"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/portal" in cookie
    assert f"Max-Age={12 * 3600}" in cookie
    assert "Secure" not in cookie
    assert len(token) >= 43
    async with world.database.transaction(Scope(world.org_id)) as session:
        row = (
            await session.execute(select(ClientSession).where(ClientSession.token_hash == hash_of(token)))
        ).scalar_one()
        assert row.expires_at - row.created_at == timedelta(hours=12)


async def test_the_cookie_is_secure_where_the_public_url_is(world: World, settings: Settings) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    app = create_app(settings.model_copy(update={"public_url": "https://ficha.test"}), world.database)
    async with app.router.lifespan_context(app), visitor_of(app, host="https://ficha.test") as visitor:
        assert "Secure" in (await log_in(visitor, email)).headers["set-cookie"]


async def test_all_who_cannot_enter_get_one_answer_for_one_verification(world: World, watched: Watched) -> None:
    wrong, closed, no_password, deleted = (new_email() for _ in range(4))
    await world.open_portal(await world.contact(wrong))
    await world.open_portal(await world.contact(closed), enabled=False)
    await world.open_portal(await world.contact(no_password), password=None)
    gone = await world.contact(deleted)
    await world.open_portal(gone)
    await world.tell(ContactDeleted, world.contact_state(gone, emails=[deleted], deleted=True), version=2)
    answers = set()
    for email, password in [
        (wrong, "not the password"),
        (closed, PASSWORD),
        (no_password, PASSWORD),
        (deleted, PASSWORD),
        (new_email(), PASSWORD),
        ("not even an e-mail", PASSWORD),
    ]:
        for organization in ({}, {"organization": world.slug}, {"organization": "nobody"}):
            before = watched.hashed
            async with visitor_of(world.app) as visitor:
                answer = await log_in(visitor, email, password, **organization)
            assert watched.hashed == before + 1
            assert "set-cookie" not in answer.headers
            answers.add((answer.status_code, answer.content))
    assert len(answers) == 1
    [(status, _)] = answers
    assert status == 401


async def test_a_login_that_succeeds_takes_one_verification_too(world: World, watched: Watched) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    watched.hashed = 0
    async with visitor_of(world.app) as visitor:
        assert (await log_in(visitor, email)).status_code == 201
    assert watched.hashed == 1


async def test_two_organisations_may_know_one_email(world: World, other_world: World) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email, name="Ours"), password="the first password")
    await other_world.open_portal(await other_world.contact(email, name="Theirs"), password="the other password")
    for password, slug in [("the first password", world.slug), ("the other password", other_world.slug)]:
        async with visitor_of(world.app) as visitor:
            entered = (await log_in(visitor, email, password)).json()
            assert entered["organization"]["slug"] == slug
            assert (await log_in(visitor, email, password, organization=slug)).status_code == 201
    async with visitor_of(world.app) as visitor:
        refused = await log_in(visitor, email, "the first password", organization=other_world.slug)
        assert refused.status_code == 401


async def test_a_portal_opens_and_closes_with_what_contacts_say(world: World) -> None:
    old, new = new_email(), new_email()
    contact_id = await world.contact(old)
    await world.open_portal(contact_id)

    async def entering(email: str) -> int:
        async with visitor_of(world.app) as visitor:
            return (await log_in(visitor, email)).status_code

    async with visitor_of(world.app) as visitor:
        assert (await log_in(visitor, old)).status_code == 201
        await world.contact(new, contact_id=contact_id, version=3)
        assert (await visitor.get("/portal/api/me")).status_code == 401
    assert (await entering(old), await entering(new)) == (401, 401)
    async with world.staff("portal:write") as staff:
        let_in = await staff.put(f"/api/v1/contacts/{contact_id}/portal/emails", json={"emails": [new]})
        assert let_in.status_code == 200, let_in.text
    assert (await entering(old), await entering(new)) == (401, 201)
    await world.contact(old, contact_id=contact_id, version=2)
    assert (await entering(old), await entering(new)) == (401, 201)
    await world.tell(ContactDeleted, world.contact_state(contact_id, emails=[new], deleted=True), version=4)
    assert await entering(new) == 401
    await world.tell(ContactRestored, world.contact_state(contact_id, emails=[new]), version=5)
    assert await entering(new) == 201


async def test_guessing_is_slowed_and_nobody_else_is_locked_out(world: World, watched: Watched) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    watched.hashed = 0
    async with visitor_of(world.app, address="198.51.100.7") as guesser:
        statuses = [(await log_in(guesser, email, f"guess number {number}")).status_code for number in range(12)]
        assert statuses == [401] * 10 + [429] * 2
        refused = await log_in(guesser, email)
        assert (refused.status_code, refused.json()["code"]) == (429, "portal.too_many_attempts")
        assert watched.hashed == 10
        assert (await log_in(guesser, new_email())).status_code == 401
    async with visitor_of(world.app, address="198.51.100.8") as client:
        assert (await log_in(client, email)).status_code == 201


async def test_a_browser_that_entered_before_gets_in_beside_a_guesser_at_its_address(world: World) -> None:
    """As in an office behind one address. It counts alone, and only for the e-mail that it entered with."""
    mine, other = new_email(), new_email()
    for email in (mine, other):
        await world.open_portal(await world.contact(email))
    async with (
        visitor_of(world.app, address="198.51.100.9") as client,
        visitor_of(world.app, address="198.51.100.9") as guesser,
    ):
        assert (await log_in(client, mine)).status_code == 201
        for email in (mine, other):
            for number in range(11):
                await log_in(guesser, email, f"guess number {number}")
            assert (await log_in(guesser, email)).status_code == 429
        guesser.cookies.set("ficha_portal_device", "a" * 43)
        assert (await log_in(guesser, mine)).status_code == 429
        assert (await log_in(client, other)).status_code == 429
        statuses = [(await log_in(client, mine, f"guess number {number}")).status_code for number in range(11)]
        assert statuses == [401] * 10 + [429]
    async with visitor_of(world.app, address="198.51.100.9") as client:
        assert (await log_in(client, new_email())).status_code == 401


async def test_who_has_a_session_uses_up_nobodys_tries_at_the_present_password(world: World) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    async with (
        visitor_of(world.app, address="198.51.100.10") as stolen,
        visitor_of(world.app, address="198.51.100.10") as client,
    ):
        for browser in (stolen, client):
            assert (await log_in(browser, email)).status_code == 201
        change = {"current": "a guess at it", "new": "an altogether new one"}
        statuses = [(await stolen.put("/portal/api/password", json=change)).status_code for _ in range(11)]
        assert statuses == [403] * 10 + [429]
        change["current"] = PASSWORD
        assert (await client.put("/portal/api/password", json=change)).status_code == 204


async def test_the_right_password_is_forgiven_what_was_tried_before(world: World) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    async with visitor_of(world.app) as visitor:
        for _ in range(3):
            for number in range(5):
                assert (await log_in(visitor, email, f"guess number {number}")).status_code == 401
            assert (await log_in(visitor, email)).status_code == 201


async def test_twenty_logins_at_once_do_not_hold_up_the_loop(world: World, watched: Watched) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    watched.hashed = 0
    watched.threads.clear()
    lags: list[float] = []
    stop = asyncio.Event()

    async def tick() -> None:
        while not stop.is_set():
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            lags.append(time.perf_counter() - before - 0.005)

    async def enter() -> int:
        async with visitor_of(world.app) as visitor:
            return (await log_in(visitor, email)).status_code

    ticking = asyncio.create_task(tick())
    statuses = await asyncio.gather(*(enter() for _ in range(20)))
    stop.set()
    await ticking
    assert statuses == [201] * 20
    assert watched.hashed == 20
    assert watched.most_at_once <= THREADS
    assert threading.get_ident() not in watched.threads
    assert sorted(lags)[int(len(lags) * 0.9)] < 0.1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "a@b.example"},
        {"email": "a\u0000@b.example", "password": "x"},
        {"email": "a@b.example", "password": "x", "organization": "a\u0000b"},
        {"email": "a@b.example", "password": "x" * 1001},
        {"email": ["a@b.example"], "password": "x"},
        {"email": "a@b.example", "password": "x", "surprise": 1},
    ],
)
async def test_a_wrong_field_is_named(world: World, body: dict[str, object]) -> None:
    async with visitor_of(world.app) as visitor:
        answer = await visitor.post("/portal/api/session", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"]


@pytest.mark.parametrize("text", ['"\\ud800"', '"a\\u0000b"'])
async def test_what_is_no_text_is_no_password(world: World, text: str) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    async with visitor_of(world.app) as visitor:
        body = f'{{"email": "{email}", "password": {text}}}'
        answer = await visitor.post("/portal/api/session", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 401, 422), answer.text


async def test_only_the_gateway_reaches_the_door(world: World) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    async with visitor_of(world.app) as visitor:
        del visitor.headers["Authorization"]
        for method, path in [
            ("POST", "/portal/api/session"),
            ("GET", "/portal/api/me"),
            ("DELETE", "/portal/api/session"),
        ]:
            assert (await visitor.request(method, path, json={})).status_code == 401
    async with client_of(world.app, world.org_id, "portal:read", "portal:write") as staff:
        assert (await staff.get("/portal/api/me")).status_code == 403


async def test_old_attempts_are_swept(world: World, database: Database) -> None:
    async def count() -> int:
        async with database.transaction(Scope(STRANGERS)) as session:
            return int(
                (await session.execute(text("SELECT count(*) FROM login_attempt WHERE key LIKE 'old-%'"))).scalar_one()
            )

    async with database.transaction(Scope(STRANGERS)) as session:
        for number in range(5):
            await session.execute(
                text("INSERT INTO login_attempt VALUES (:org, :key, :until)"),
                {"org": STRANGERS, "key": f"old-{number}", "until": utc_now() - timedelta(days=1000)},
            )
    async with visitor_of(world.app) as visitor:
        await log_in(visitor, new_email())
    assert await count() == 0
