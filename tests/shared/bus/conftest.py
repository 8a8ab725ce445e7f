"""The transports between two services: every test that asks for it runs once on each transport."""

from collections.abc import AsyncIterator

import pytest

from local.rabbitmq import RabbitMQ
from shared.bus.amqp import connection, publisher
from shared.bus.amqp import transport as amqp_module
from tests.shared.bus.transports import AmqpTransports, MemoryTransports, Transports, through
from tests.support.tcp_proxy import TcpProxy, tcp_proxy


@pytest.fixture(params=["memory", "amqp"])
async def transports(request: pytest.FixtureRequest) -> AsyncIterator[Transports]:
    made: Transports
    if request.param == "memory":
        made = MemoryTransports()
    else:
        broker: RabbitMQ = request.getfixturevalue("rabbitmq")
        made = AmqpTransports(broker.url)
    yield made
    await made.close()


@pytest.fixture
async def amqp(rabbitmq: RabbitMQ) -> AsyncIterator[AmqpTransports]:
    """For what only a broker can do."""
    transports = AmqpTransports(rabbitmq.url)
    yield transports
    await transports.close()


@pytest.fixture
async def proxy(rabbitmq: RabbitMQ) -> AsyncIterator[TcpProxy]:
    """A way to the broker that a test can spoil."""
    async with tcp_proxy(rabbitmq.port) as made:
        yield made


@pytest.fixture
async def far(rabbitmq: RabbitMQ, proxy: TcpProxy) -> AsyncIterator[AmqpTransports]:
    """The broker, at the other end of that way."""
    transports = AmqpTransports(rabbitmq.url, via=through(proxy))
    yield transports
    await transports.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of the transport, shortened: what they do does not depend on how long they are."""
    monkeypatch.setattr(publisher, "PUBLISH_SECONDS", 1.0)
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 1.5)
    monkeypatch.setattr(connection, "HEARTBEAT", 1)
    monkeypatch.setattr(amqp_module, "_WATCH_SECONDS", 0.5)
    monkeypatch.setattr(amqp_module, "_RECONNECT_SECONDS", 0.2)
