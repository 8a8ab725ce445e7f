"""The street between two services: every test that asks for it runs once on each transport."""

from collections.abc import AsyncIterator

import pytest

from local.rabbitmq import RabbitMQ
from tests.shared.bus.street import AmqpStreet, MemoryStreet, Street


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
