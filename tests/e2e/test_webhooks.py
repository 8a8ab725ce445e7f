"""What happens in one service reaches another system, over the real bus, signed."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from tests.support.ficha import Ficha
from tests.support.waiting import until_now

Posted = tuple[dict[str, str], bytes]


@contextmanager
def another_system() -> Iterator[tuple[str, list[Posted]]]:
    """Its URL, and what was posted there. Refuses the first."""
    posted: list[Posted] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(500 if len(posted) == 1 else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", posted
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def test_a_new_contact_is_told_to_another_system(ficha: Ficha) -> None:
    with another_system() as (url, posted), closing(ficha.client()) as client:
        made = client.post("/api/v1/webhooks", json={"url": url, "types": ["ficha.contacts.*"]})
        assert made.status_code == 201, made.text
        webhook = f"/api/v1/webhooks/{made.json()['id']}"
        contact = client.post("/api/v1/contacts", json={"kind": "company", "name": "Cordelería Núñez"}).json()
        until_now(lambda: len(posted) >= 2, within=30, what="the event, and again after the refusal")
        first, again = (Webhook(made.json()["secret"]).verify(body, headers) for headers, body in posted[:2])
        assert first == again
        assert (first["type"], first["subject"]) == ("ficha.contacts.contact.created.v1", contact["id"])
        assert first["data"]["name"] == "Cordelería Núñez"
        delivery = f"{webhook}/deliveries/{first['id']}"
        found = until_now(lambda: delivered(client.get(delivery).json()), what="the log")
        assert [line["status_code"] for line in found["log"]] == [204, 500]
        assert client.delete(webhook).status_code == 204


def delivered(delivery: dict[str, Any]) -> dict[str, Any] | None:
    return delivery if delivery["status"] == "delivered" else None
