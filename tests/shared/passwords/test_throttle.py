"""Who may try a password how often: nobody uses up what somebody else may try."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from shared.passwords.throttle import (
    STRANGERS,
    Attempt,
    Taken,
    forgive_attempt,
    login_attempt,
    mails_to,
    network_of,
    take,
    take_attempt,
)
from tests.support.postgres import Databases


@pytest.fixture(scope="module")
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.connect("gateway") as database:
        yield database


def somebody() -> str:
    return f"{new_id().hex}@example.com"


def somewhere() -> str:
    """An address of its own (RFC 4193), a /64 each."""
    digits = new_id().hex
    return f"fd00:{digits[16:20]}:{digits[20:24]}:{digits[24:28]}::1"


async def attempted(database: Database, attempt: Attempt) -> Taken:
    async with database.transaction(Scope(STRANGERS)) as session:
        return await take_attempt(session, attempt)


async def allowed(database: Database, attempt: Attempt, times: int) -> int:
    """How many of so many may be made."""
    return sum([(await attempted(database, attempt)).wait is None for _ in range(times)])


async def test_an_address_has_ten_tries_at_an_account_and_uses_up_nobody_elses(database: Database) -> None:
    account, address = somebody(), somewhere()
    assert await allowed(database, Attempt(account, address), 15) == 10
    assert await allowed(database, Attempt(somebody(), address), 1) == 1
    assert await allowed(database, Attempt(account, somewhere()), 1) == 1


async def test_who_shares_an_address_with_a_guesser_gets_in_from_a_device_that_was_there_before(
    database: Database,
) -> None:
    account, address = somebody(), somewhere()
    await allowed(database, Attempt(account, address), 12)
    known = Attempt(account, address, device="abc")
    assert await allowed(database, known, 15) == 10
    # A device is known to one account; its attempts at another are anybody's.
    assert await allowed(database, Attempt(somebody(), address, device="abc"), 1) == 1


async def test_an_address_that_tried_everybody_still_has_the_first_tries_at_each(database: Database) -> None:
    address, account = somewhere(), somebody()
    for _ in range(120):
        await attempted(database, Attempt(somebody(), address))
    assert await allowed(database, Attempt(account, address), 5) == 3
    assert await allowed(database, Attempt(account, somewhere()), 5) == 5


async def test_an_account_tried_from_everywhere_is_open_to_every_new_address_and_slower_to_guess(
    database: Database,
) -> None:
    account = somebody()
    for _ in range(40):
        assert (await attempted(database, Attempt(account, somewhere()))).wait is None
    new = Attempt(account, somewhere())
    assert await allowed(database, new, 5) == 3
    assert (await attempted(database, new)).wait == 300
    assert await allowed(database, Attempt(account, somewhere(), device="known"), 10) == 10


async def test_the_right_password_gives_back_what_it_took_and_no_more(database: Database) -> None:
    account, address = somebody(), somewhere()
    for _ in range(10):
        await allowed(database, Attempt(account, address), 2)
        taken = await attempted(database, Attempt(account, address))
        assert taken.wait is None
        async with database.transaction(Scope(STRANGERS)) as session:
            await forgive_attempt(session, taken)
    # The account has had 20 wrong ones of its 30.
    others = [await attempted(database, Attempt(account, somewhere())) for _ in range(20)]
    assert {taken.own.most for taken in others[:10]} == {10}
    assert others[-1].own.most == 3


async def test_attempts_come_back_with_time(database: Database) -> None:
    attempt = Attempt(somebody(), somewhere())
    await allowed(database, attempt, 12)
    async with database.transaction(Scope(STRANGERS)) as session:
        passed = login_attempt.c.used_until - timedelta(seconds=61)
        mine = login_attempt.c.key == attempt.own.key
        await session.execute(update(login_attempt).where(mine).values(used_until=passed))
    assert await allowed(database, attempt, 5) == 2


async def test_what_is_full_again_is_swept(database: Database) -> None:
    async with database.transaction(Scope(STRANGERS)) as session:
        attempt = Attempt(somebody(), somewhere())
        await take_attempt(session, attempt)
        long_ago = login_attempt.c.used_until - timedelta(days=1000)
        await session.execute(
            update(login_attempt).where(login_attempt.c.key == attempt.own.key).values(used_until=long_ago)
        )
    await attempted(database, Attempt(somebody(), somewhere()))
    async with database.transaction(Scope(STRANGERS)) as session:
        left = await session.execute(delete(login_attempt).where(login_attempt.c.key == attempt.own.key))
    assert getattr(left, "rowcount", None) == 0


async def test_one_mailbox_gets_a_few_mails_whoever_asks(database: Database) -> None:
    email = somebody()
    async with database.transaction(Scope(STRANGERS)) as session:
        assert [await take(session, mails_to(email)) for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("unknown", "unknown", True),
    ],
)
def test_what_counts_as_one_address(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same
