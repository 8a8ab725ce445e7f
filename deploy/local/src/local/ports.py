"""Free loopback ports, below the range that the system hands out for outgoing connections."""

import random
import socket
from collections.abc import Iterable

_LOWEST, _HIGHEST = 12_000, 22_000  # with a `beside` of 10,000 still below 32,768
_TRIES = 200


def free_ports(count: int, *, beside: int = 0) -> list[int]:
    """`count` different ports nobody listens on; with `beside`, port + beside is free too. Raises OSError."""
    found: list[int] = []
    for port in random.sample(range(_LOWEST, _HIGHEST), _TRIES):
        if are_free([port], beside=beside):
            found.append(port)
            if len(found) == count:
                return found
    raise OSError(f"no {count} free ports between {_LOWEST} and {_HIGHEST}")


def are_free(ports: Iterable[int], *, beside: int = 0) -> bool:
    return all(_is_free(candidate) for port in ports for candidate in {port, port + beside})


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
