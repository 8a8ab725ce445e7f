"""A private RabbitMQ for the run, installed first where it is missing."""

from collections.abc import Iterator

import pytest

from local.rabbitmq import RabbitMQ, find_or_install


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    """Tests may pause, kill and start it; they leave it running."""
    broker = RabbitMQ(tmp_path_factory.mktemp("rabbitmq"), program=find_or_install()).start()
    yield broker
    broker.stop()
