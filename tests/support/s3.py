"""A private S3 server for the run."""

from collections.abc import Iterator

import pytest

from local.s3 import S3


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    server = S3(tmp_path_factory.mktemp("s3")).start()
    yield server
    server.stop()
