"""The health check of a container: quiet when the service is ready, else it says what is missing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from local.ports import free_ports


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    """A service that says this of itself, on the port that is answered."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/ready" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def probe(**settings: str) -> tuple[int, str]:
    environment = {**os.environ, "FICHA_SERVICE": "contacts", **settings}
    done = subprocess.run(
        [sys.executable, "-m", "shared.probe"], env=environment, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "127.0.0.1"])
def test_ready_is_quiet_wherever_the_service_listens(host: str) -> None:
    with answering(200, b"{}") as port:
        assert probe(CONTACTS_PORT=str(port), FICHA_HOST=host) == (0, "")


def test_not_ready_says_what_is_missing() -> None:
    with answering(503, b'{"missing": ["database unreachable"]}') as port:
        code, said = probe(CONTACTS_PORT=str(port))
    assert code == 1
    assert "database unreachable" in said


def test_nobody_there_is_said() -> None:
    [port] = free_ports(1)
    code, said = probe(CONTACTS_PORT=str(port))
    assert code == 1
    assert "refused" in said
