"""How often a password may be tried: buckets of attempts in the database, so that every process counts the same ones.

Three of them, and only one refuses. The pair of account and address does: nobody can use up what somebody elsewhere
may try. A device that was logged in to the account before has a bucket of its own, so that who shares an address with
a guesser (an office, a proxy) still gets in. The address and the account as such never refuse, for a right password
may come from anywhere at any time: while they are used up, a pair that is new has fewer attempts, and gets them back
more slowly (see D-025 in docs/decisions.md).
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import utc_now
from shared.db.tenancy import org_of

STRANGERS: Final = UUID(int=0)
"""The organisation of those who have none yet: attempts are counted in its name."""
_SWEPT: Final = 20
_MOMENT: Final = DateTime(timezone=True)

login_attempt = Table(
    "login_attempt",
    MetaData(),
    Column("org_id", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("used_until", _MOMENT, nullable=False),
)
"""`used_until` moves on with each attempt, and time catches up with it. Made by `create_login_attempts`."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """`most` attempts at once, then one every `each`. `key` tells neither the account nor the address."""

    key: str
    most: int
    each: timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody at `address` tries to be `account`. `device` tells one that was logged in to this very account before;
    only who checked that may fill it in.
    """

    account: str
    address: str
    device: str | None = None

    @property
    def lane(self) -> str:
        """Who shares a turn at the hashing."""
        return self.device or network_of(self.address)

    @property
    def own(self) -> Bucket:
        """The one that refuses."""
        whose = ("device", self.device) if self.device else ("pair", network_of(self.address))
        return Bucket(_key(*whose, self.account), 10, timedelta(seconds=30))

    @property
    def crowd(self) -> tuple[Bucket, ...]:
        """What many use up together. A whole office may stand behind one address."""
        if self.device:
            return ()
        return (
            Bucket(_key("address", network_of(self.address)), 100, timedelta(seconds=3)),
            Bucket(_key("account", self.account), 30, timedelta(minutes=1)),
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What an attempt used up, to be given back if it was right. `wait`: it may not be made, for so many seconds."""

    own: Bucket
    crowd: tuple[Bucket, ...]
    wait: int | None = None


async def take_attempt(session: AsyncSession, attempt: Attempt) -> Taken:
    """One attempt less. Call it, and commit, before the password is looked at: parallel ones count too.

    Wants the scope of STRANGERS.
    """
    crowd = attempt.crowd
    taken = tuple([bucket for bucket in crowd if await take(session, bucket)])
    own = attempt.own if len(taken) == len(crowd) else replace(attempt.own, most=3, each=timedelta(minutes=5))
    allowed = await take(session, own)
    # Last, for it waits for nobody: two who sweep what the other is about to take would wait for ever.
    await _sweep(session)
    return Taken(own, taken, None if allowed else int(own.each.total_seconds()))


async def forgive_attempt(session: AsyncSession, taken: Taken) -> None:
    """It was the right password. Wants the scope of STRANGERS."""
    for bucket in taken.crowd:
        mine = (login_attempt.c.org_id == org_of(session)) & (login_attempt.c.key == bucket.key)
        given_back = login_attempt.c.used_until - bucket.each
        await session.execute(update(login_attempt).where(mine).values(used_until=given_back))
    await session.execute(
        delete(login_attempt).where(login_attempt.c.org_id == org_of(session), login_attempt.c.key == taken.own.key)
    )


async def take(session: AsyncSession, bucket: Bucket) -> bool:
    """One less; False when the bucket is empty. Wants the scope of STRANGERS."""
    now = utc_now()
    later = func.greatest(login_attempt.c.used_until, now) + bucket.each
    statement = (
        insert(login_attempt)
        .values(org_id=org_of(session), key=bucket.key, used_until=now + bucket.each)
        .on_conflict_do_update(
            index_elements=["org_id", "key"],
            set_={"used_until": later},
            where=later <= literal(now + bucket.each * bucket.most, _MOMENT),
        )
        .returning(login_attempt.c.key)
    )
    return (await session.execute(statement)).first() is not None


def mails_to(email: str) -> Bucket:
    """Mails that anybody may ask for, from anywhere: nobody's mailbox is to be flooded."""
    return Bucket(_key("mail", email), 5, timedelta(minutes=10))


def network_of(address: str) -> str:
    """An IPv6 host owns a whole /64, and would have as many tries."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or parsed.exploded[:19])


async def _sweep(session: AsyncSession) -> None:
    """Drop some buckets that are full again: more than one login can add."""
    full = (
        select(login_attempt.c.key)
        .where(login_attempt.c.org_id == org_of(session), login_attempt.c.used_until < utc_now())
        .order_by(login_attempt.c.used_until)
        .limit(_SWEPT)
        .with_for_update(skip_locked=True)
    )
    await session.execute(
        delete(login_attempt).where(login_attempt.c.org_id == org_of(session), login_attempt.c.key.in_(full))
    )


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
