"""The street between two services: every test that asks for it runs once on each transport."""

from collections.abc import AsyncIterator

import pytest

from local.rabbitmq import RabbitMQ
from shared.bus import amqp as amqp_module
from shared.bus import amqp_link, amqp_publishing
from tests.shared.bus.street import AmqpStreet, MemoryStreet, Street, through
from tests.support.tcp_proxy import TcpProxy, tcp_proxy


@pytest.fixture(params=["memory", "amqp"])
async def street(request: pytest.FixtureRequest) -> AsyncIterator[Street]:
    made: Street
    if request.param == "memory":
        made = MemoryStreet()
    else:
        broker: RabbitMQ = request.getfixturevalue("rabbitmq")
        made = AmqpStreet(broker.url)
    yield made
    await made.close()


@pytest.fixture
async def amqp(rabbitmq: RabbitMQ) -> AsyncIterator[AmqpStreet]:
    """For what only a broker can do."""
    street = AmqpStreet(rabbitmq.url)
    yield street
    await street.close()


@pytest.fixture
async def proxy(rabbitmq: RabbitMQ) -> AsyncIterator[TcpProxy]:
    """A way to the broker that a test can spoil."""
    async with tcp_proxy(rabbitmq.port) as made:
        yield made


@pytest.fixture
async def far(rabbitmq: RabbitMQ, proxy: TcpProxy) -> AsyncIterator[AmqpStreet]:
    """The broker, at the other end of that way."""
    street = AmqpStreet(rabbitmq.url, via=through(proxy))
    yield street
    await street.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of the transport, shortened: what they do does not depend on how long they are."""
    monkeypatch.setattr(amqp_publishing, "PUBLISH_SECONDS", 1.0)
    monkeypatch.setattr(amqp_link, "CONNECT_SECONDS", 1.5)
    monkeypatch.setattr(amqp_link, "HEARTBEAT", 1)
    monkeypatch.setattr(amqp_module, "_WATCH_SECONDS", 0.5)
    monkeypatch.setattr(amqp_module, "_RECONNECT_SECONDS", 0.2)
