"""The private S3 server: ready when it says so, and nothing lost between runs."""

from io import BytesIO
from pathlib import Path

import psutil
import pytest
from minio import Minio
from minio.error import S3Error

from local.s3 import S3


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_was_stored_is_there_after_a_restart_under_the_same_address_and_keys(tmp_path: Path, end: str) -> None:
    content = b"ficha" * 1_000_000
    first = S3(tmp_path).start()
    first.client().make_bucket("files")
    first.client().put_object("files", "one", BytesIO(content), len(content))
    getattr(first, end)()

    second = S3(tmp_path).start()
    try:
        assert (second.endpoint, second.access_key, second.secret_key) == (
            first.endpoint,
            first.access_key,
            first.secret_key,
        )
        with second.client().get_object("files", "one") as answer:
            assert answer.read() == content
    finally:
        second.stop()


def test_it_listens_on_loopback_only(s3: S3) -> None:
    addresses = {
        connection.laddr.ip
        for child in psutil.Process().children()
        if child.name() == "weed"
        for connection in child.net_connections()
        if connection.status == "LISTEN"
    }
    assert addresses == {"127.0.0.1"}


def test_other_keys_are_refused(s3: S3) -> None:
    stranger = Minio(s3.endpoint, access_key=s3.access_key, secret_key="wrong", secure=False)
    with pytest.raises(S3Error, match="SignatureDoesNotMatch"):
        stranger.list_buckets()
