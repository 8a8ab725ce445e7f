"""How often one address may try one account, and any: buckets of attempts that fill up again slowly.

Kept per account and address together, so that nobody can lock somebody else out.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from uuid import UUID

STRANGERS = UUID(int=0)
"""The organisation of those who have none yet: attempts are counted in its name."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """`most` attempts at once, then one every `each`. `key` tells neither the account nor the address."""

    key: str
    most: int
    each: timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody at `address` tries to be `account`."""

    account: str
    address: str

    @property
    def pair(self) -> Bucket:
        return Bucket(_key("pair", self.account, _network(self.address)), 10, timedelta(seconds=30))

    @property
    def anybody(self) -> Bucket:
        """A whole office may stand behind one address."""
        return Bucket(_key("address", _network(self.address)), 100, timedelta(seconds=3))


def mails_to(email: str) -> Bucket:
    """Asked for by anybody, from anywhere."""
    return Bucket(_key("mail", email), 5, timedelta(minutes=10))


def _network(address: str) -> str:
    """An IPv6 host owns a whole /64, and would have as many tries."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(parsed.exploded[:19]) if isinstance(parsed, IPv6Address) else str(parsed)


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
