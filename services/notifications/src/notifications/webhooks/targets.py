"""Where a webhook may go: to public hosts, over https.

Somebody who writes URLs must not reach what only we can reach. So the URL is looked at when it is given, the name when
it is resolved, and the address once more at the socket that is about to connect: whatever a name meant before, what
counts is where the connection goes. Redirects are not followed and no proxy is used (see deliveries/posting.py).

Any port may be named: a port alone protects nothing that the address does not.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from shared.addresses import is_host
from shared.errors import Invalid, invalid

Lookup = Callable[[str], Awaitable[list[str]]]
"""The addresses of a host. Raises OSError when there are none."""

MOST_CHARACTERS: Final = 2000
CHECK_SECONDS: Final = 3.0
"""For a name to be looked up while a person waits; a worker gives it the time of a whole attempt."""
_LOOKUP_THREADS: Final = 32
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"({_LABEL}\.)*{_LABEL}\.?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")

# IANA's special-purpose registries, and what clouds answer on without asking who it is.
_NOT_PUBLIC: Final = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's host, under an address that looks public
        "169.254.0.0/16",  # link-local; most clouds' metadata at 169.254.169.254
        "172.16.0.0/12",
        "192.0.0.0/24",  # a cloud's metadata at 192.0.0.192
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # Teredo and other ways of wrapping an address
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
]
_PUBLIC_IPV6: Final = ip_network("2000::/3")
_NAT64: Final = ip_network("64:ff9b::/96")
_LOCAL: Final = [
    ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
]
_NEVER: Final = [ip_network("fd00:ec2::/32")]
"""A cloud's metadata, where a name in `private` would let it through."""


class AddressRefused(OSError):
    """Never says which address it was: names of our own network are nobody's business."""

    def __init__(self) -> None:
        super().__init__("the host's address is not a public one")


class Targets:
    """What may be reached. `private`: hosts that may also be this machine's or a private network's, and speak http; for
    development and tests.
    """

    def __init__(self, *, private: Collection[str] = (), lookup: Lookup | None = None) -> None:
        self._private = frozenset(private)
        self._vouched_for: set[str] = set()
        """Addresses, not public, that names in `private` were found to have."""
        self._threads = ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="lookup")
        self._lookup = lookup or self._ask_system

    def parse(self, text: str) -> URL:
        """As it will be asked for. Raises Invalid, saying what is wrong with it."""
        try:
            url = URL(text)
        except ValueError:
            raise _refused("This is not a URL.") from None
        host = url.raw_host or ""
        private = host in self._private
        if url.scheme != "https" and not (private and url.scheme == "http"):
            raise _refused("The URL has to begin with https://.")
        if url.user is not None or url.password is not None:
            raise _refused("A URL with a user or a password in it is not accepted.")
        if url.fragment:
            raise _refused("A URL with a # in it is not accepted: what follows it is never sent.")
        if not url.port:
            raise _refused("This is not a port.")
        if _is_literal(host):
            if not private:
                raise _refused("A host name is needed: numeric addresses are not accepted.")
            if not self.may_reach(host):
                raise _refused("This address cannot be reached from here.", code="webhook_address_refused")
        elif len(host) > 253 or not _NAME.fullmatch(host) or not is_host(host):
            raise _refused("This is not a host name.")
        return url

    async def check(self, text: str) -> str:
        """The URL as it will be asked for, its host looked up once. Raises Invalid.

        A name that is not known yet is accepted: it may be made later, and each delivery looks again.
        """
        url = self.parse(text)
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self.addresses(url.raw_host or "")
        except AddressRefused:
            raise _refused(
                "The host has an address that is not a public one.", code="webhook_address_refused"
            ) from None
        except (OSError, TimeoutError):
            pass
        return str(url)

    async def addresses(self, host: str) -> list[str]:
        """All of a host's addresses, or none: one that may not be reached spoils the others. Raises OSError."""
        found = [host] if _is_literal(host) else await self._lookup(host)
        local = [address for address in found if not _is_public(address)]
        if local and not (host in self._private and all(map(_is_local, local))):
            raise AddressRefused()
        self._vouched_for.update(local)
        return found

    def may_reach(self, address: str) -> bool:
        """Public, or named in `private`, or what a name in it was found to have."""
        named = address in self._vouched_for or address in self._private
        return _is_public(address) or (named and _is_local(address))

    def open_socket(self, info: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        """For aiohttp: the last look, at the very address that is about to be connected to. Raises AddressRefused."""
        family, kind, protocol, _, address = info
        if not self.may_reach(str(address[0])):
            raise AddressRefused()
        return socket.socket(family, kind, protocol)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask_system(self, host: str) -> list[str]:
        """In threads of our own: names that nobody answers for must not hold up those that others share."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _look_up, host)
        except UnicodeError as error:
            raise OSError("not a host name") from error
        return list(dict.fromkeys(found))


class Resolver(AbstractResolver):
    """What aiohttp asks for the addresses of a host."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - the interface's
    ) -> list[ResolveResult]:
        """Raises OSError."""
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in await self._targets.addresses(host)
        ]

    async def close(self) -> None:
        return


def _look_up(host: str) -> Sequence[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def _is_literal(host: str) -> bool:
    """Also what only the system takes for an address: 2130706433, 0x7f.1, 0177.0.0.1, 127.1."""
    return ":" in host or bool(_NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]))


def _is_public(address: str) -> bool:
    meant = _meant(address)
    if meant is None or any(meant in network for network in _NEVER):
        return False
    if meant.version == 6 and meant not in _PUBLIC_IPV6:
        return False
    return not any(meant in network for network in _NOT_PUBLIC)


def _is_local(address: str) -> bool:
    """This machine's or a private network's, and no cloud's metadata."""
    meant = _meant(address)
    return meant is not None and any(meant in net for net in _LOCAL) and not any(meant in net for net in _NEVER)


def _meant(address: str) -> IPv4Address | IPv6Address | None:
    try:
        # The scope of a link-local address changes nothing about it.
        return _unwrapped(ip_address(address.partition("%")[0]))
    except ValueError:
        return None


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for, where the network would unwrap it."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _refused(detail: str, *, code: str = "webhook_url_invalid") -> Invalid:
    return invalid("url", code, detail)
