"""What one operation costs each service's process, and what a process takes idle: the numbers capacity is planned by.

Processor time, unlike rates, hardly depends on what else the machine does. All of it counts that an operation leads
to: the gateway's share, the listeners', and what goes on in the background meanwhile.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx

from local.wiring import SERVICES
from tests.support.ficha import Ficha, started
from tests.support.replicas import disagreements
from tests.support.waiting import until_now

COUNT = 200
Operation = Callable[[int], httpx.Response]


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        started("stack", Path(folder), demo="0") as ficha,
        closing(ficha.client()) as client,
    ):
        idle = _memory(ficha)
        rows = [(name, measure(ficha, operation)) for name, operation in operations(client)]
        afterwards = _memory(ficha)
    print(f"\nProcessor time of each process per operation (ms), {COUNT} one after another, `ficha stack`")
    print(f"  {'':30}" + "".join(f"{service:>14}" for service in SERVICES) + f"{'all':>10}")
    for name, spent in rows:
        print(f"  {name:30}" + "".join(f"{ms:14.1f}" for ms in spent) + f"{sum(spent):10.1f}")
    for name, memory in (("MiB idle", idle), ("MiB afterwards", afterwards)):
        print(f"  {name:30}" + "".join(f"{memory[service] / 2**20:14.0f}" for service in SERVICES))


def operations(client: httpx.Client) -> Iterator[tuple[str, Operation]]:
    """Each on what those before it made."""
    made: list[str] = []
    drafts: list[str] = []
    content = bytes(2**20)

    def post(path: str, body: object = None, *, keep: list[str] | None = None) -> httpx.Response:
        answer = client.post(f"/api/v1/{path}", json=body)
        if keep is not None:
            keep.append(answer.json()["id"])
        return answer

    def draft(turn: int) -> httpx.Response:
        lines = [{"description": f"Línea {n}", "quantity": "2", "unit_price": "10.50"} for n in range(5)]
        return post("documents", {"type": "invoice", "contact_id": made[turn], "lines": lines}, keep=drafts)

    yield "create a contact", lambda turn: post("contacts", {"kind": "company", "name": f"Cliente {turn}"}, keep=made)
    yield "list 50 contacts", lambda _: client.get("/api/v1/contacts")
    yield "open a panel", lambda turn: client.get(f"/api/v1/contacts/{made[turn]}/panel")
    yield "draft an invoice of 5 lines", draft
    yield "approve it", lambda turn: post(f"documents/{drafts[turn]}/approve")
    yield "its PDF", lambda turn: client.get(f"/api/v1/documents/{drafts[turn]}/pdf")
    yield "write a note", lambda turn: post("notes", {"contact_id": made[turn], "body": "Prefiere las mañanas."})
    yield (
        "upload a file of 1 MiB",
        lambda turn: client.post(f"/api/v1/contacts/{made[turn]}/files", files={"file": ("acta.bin", content)}),
    )
    yield "send it to a client", partial(_send, client, drafts)


def _send(client: httpx.Client, drafts: list[str], turn: int) -> httpx.Response:
    return client.post(f"/api/v1/documents/{drafts[turn]}/send", json={"to": [f"cliente{turn}@web.example"]})


def measure(ficha: Ficha, operation: Operation) -> list[float]:
    """Milliseconds of each service, until every listener has done its part."""
    before = _spent(ficha)
    for turn in range(COUNT):
        operation(turn).raise_for_status()
    until_now(lambda: not disagreements(ficha), within=60, what="every listener done")
    time.sleep(1)
    return [1000 * (now - then) / COUNT for then, now in zip(before, _spent(ficha), strict=True)]


def _spent(ficha: Ficha) -> list[float]:
    times = [ficha.service(service).cpu_times() for service in SERVICES]
    return [spent.user + spent.system for spent in times]


def _memory(ficha: Ficha) -> dict[str, int]:
    return {service: ficha.service(service).memory_info().rss for service in SERVICES}


if __name__ == "__main__":
    main()
