"""The private S3 server: ready when it says so, and nothing lost between runs."""

import os
import socket
import ssl
from io import BytesIO
from pathlib import Path

import httpx
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


def test_nothing_but_s3_answers_a_stranger(s3: S3) -> None:
    """Neither by HTTP, where the filer would show every object, nor by gRPC, where its shell would."""
    s3.client().make_bucket("closed")
    s3.client().put_object("closed", "secret", BytesIO(b"ficha" * 10_000), 50_000)
    ports = {
        connection.laddr.port
        for child in psutil.Process().children()
        if child.name() == "weed"
        for connection in child.net_connections()
        if connection.status == "LISTEN"
    } - {int(s3.endpoint.rpartition(":")[2])}
    assert len(ports) > 4
    for port in ports:
        for path in (
            "/buckets/closed/secret",
            "/dir/assign",
            "/dir/lookup?volumeId=1",
            "/dir/status",
            "/1,01",
            "/2,01",
        ):
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5)
            except httpx.TransportError:
                continue  # gRPC, which does not speak HTTP/1
            assert answer.status_code >= 400, (port, path, answer.text)
        assert _speaks_grpc_to_anybody(port) is False


@pytest.mark.skipif(os.name != "posix", reason="Modes are POSIX's.")
def test_nobody_else_may_read_what_it_keeps(tmp_path: Path) -> None:
    server = S3(tmp_path).start()
    server.stop()
    assert tmp_path.stat().st_mode & 0o077 == 0
    for path in tmp_path.iterdir():
        assert path.suffix not in {".pem", ".toml", ".json"} or path.stat().st_mode & 0o077 == 0, path


def test_other_keys_are_refused(s3: S3) -> None:
    stranger = Minio(s3.endpoint, access_key=s3.access_key, secret_key="wrong", secure=False)
    with pytest.raises(S3Error, match="SignatureDoesNotMatch"):
        stranger.list_buckets()


def _speaks_grpc_to_anybody(port: int) -> bool:
    """Whether HTTP/2's first frame comes to who shows no certificate."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    trusting.set_alpn_protocols(["h2"])
    try:
        with (
            socket.create_connection(("127.0.0.1", port), 5) as plain,
            trusting.wrap_socket(plain) as encrypted,
        ):
            encrypted.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            return encrypted.recv(1) != b""
    except OSError:
        return False
