"""A private cluster of RabbitMQ nodes on this machine: for proving what happens when one of them goes."""

import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from local.ports import free_ports
from local.rabbitmq import Epmd, Node, RabbitMQ


class Member(RabbitMQ):
    """One node of a cluster."""

    start_seconds = 180.0  # they boot at the same time, and one waits for the other

    def __init__(self, name: str, port: int, node: Node) -> None:
        self.name = name
        self.port = port
        self._broker = node

    def leader_of(self, queue: str) -> str | None:
        """Name of the node that leads it, as this one knows it; None while nobody does. Takes a second or two."""
        listed = json.loads(self.control("--quiet", "list_queues", "name", "leader", "--formatter", "json"))
        return next((row["leader"] or None for row in listed if row["name"] == queue), None)


class RabbitMQCluster:
    """`size` nodes that found each other: one epmd, one cookie; ports, names and data of their own.

    `program` is the installed server; a cluster of containers there is not.
    """

    def __init__(self, folder: Path, *, program: Path, size: int = 3) -> None:
        self._folder = folder.resolve()
        epmd_port, *ports = free_ports(1 + 2 * size)
        self._epmd = Epmd(self._folder, epmd_port)
        names = [f"ficha{number}@localhost" for number in range(1, size + 1)]
        settings = [
            "cluster_formation.peer_discovery_backend = classic_config",
            *(f"cluster_formation.classic_config.nodes.{n} = {name}" for n, name in enumerate(names, start=1)),
            # The first to look for the others finds none, and would go on looking for five seconds.
            "cluster_formation.discovery_retry_limit = 1",
            # What a cluster of three should do when it falls apart: the smaller part waits for the others.
            "cluster_partition_handling = pause_minority",
        ]
        self.nodes = [
            Member(
                name,
                port,
                Node(
                    self._folder / name,
                    program,
                    self._epmd,
                    port=port,
                    distribution_port=distribution_port,
                    name=name,
                    settings=settings,
                ),
            )
            for name, port, distribution_port in zip(names, ports[:size], ports[size:], strict=True)
        ]

    @property
    def url(self) -> str:
        return ",".join(node.url for node in self.nodes)

    def __getitem__(self, name: str) -> Member:
        return next(node for node in self.nodes if node.name == name)

    def start(self) -> Self:
        """Returns once every node takes connections. Raises RabbitMQFailed, with none left running."""
        cookie = secrets.token_hex(16)
        for node in self.nodes:
            home = self._folder / node.name
            home.mkdir(parents=True, exist_ok=True)
            (home / ".erlang.cookie").write_text(cookie)
            (home / ".erlang.cookie").chmod(0o600)
        self._epmd.start()
        try:
            self._at_once(RabbitMQ.start)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        self._at_once(RabbitMQ.stop)
        self._epmd.stop(within=5)

    def _at_once(self, do: Callable[[RabbitMQ], object]) -> None:
        with ThreadPoolExecutor() as threads:
            list(threads.map(do, self.nodes))
