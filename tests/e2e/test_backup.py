"""`ficha backup` under load, everything destroyed, `ficha restore`: what was there is there, and all agree again."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest

from local.wiring import REPLICAS_OF, SERVICES
from tests.support.ficha import Ficha, started
from tests.support.replicas import disagreements, fetch
from tests.support.waiting import until_now


@dataclass
class Written:
    """Ids of contacts in the order in which they were accepted, and the bytes of files by their ids."""

    contacts: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


@pytest.mark.stack
@pytest.mark.timeout(600)
def test_what_was_backed_up_under_load_is_there_after_everything_was_destroyed(tmp_path: Path) -> None:
    saved, written = tmp_path / "saved", Written()
    with started("stack", tmp_path, demo="0") as ficha, closing(ficha.client()) as client:
        with writing(client, written):
            until_now(lambda: len(written.contacts) > 50, within=60, what="contacts to save")
            before = Written(list(written.contacts), dict(written.files))
            said = run(ficha, "backup", "--to", str(saved))
            later = len(written.contacts) + 2  # one may be on its way
            until_now(lambda: len(written.contacts) > later + 20, within=60, what="contacts after it")
        assert "there already" in run(ficha, "backup", "--to", str(saved), succeeds=False)
        assert "is running" in run(ficha, "restore", "--from", str(saved), "--replace", succeeds=False)
        position = client.get("/api/v1/events?after=0&limit=1").json()["position"]
    assert all(f"{service}: " in said for service in SERVICES)

    shutil.rmtree(ficha.home / "postgres")
    shutil.rmtree(ficha.home / "s3")
    run(ficha, "restore", "--from", str(saved))

    impatient = {f"{service.upper()}_AMQP_RECONCILE_SECONDS": "2" for service in SERVICES}
    with started("stack", tmp_path, demo="0", settings=impatient) as ficha, closing(ficha.client()) as client:
        up = datetime.now(UTC)
        made = client.post("/api/v1/contacts", json={"kind": "company", "name": "La primera"}).json()["id"]
        until_now(partial(compared, ficha, up), within=60, what="the log compared with every inbox")
        run(ficha, "rebuild", *REPLICAS_OF)
        until_now(lambda: not disagreements(ficha), within=60, what="copies as their owners say")
        there = {contact["id"] for contact in every_contact(client)}
        assert {*before.contacts, made} <= there <= {*written.contacts[:later], made}
        for file_id, content in before.files.items():
            assert client.get(f"/api/v1/files/{file_id}/content").content == content
        # Who followed further than the backup reads the lists anew, and misses nothing that comes.
        gone = client.get(f"/api/v1/events?after={position}")
        assert gone.status_code == 410
        after = gone.json()["first_position"] - 1
        until_now(lambda: made in subjects(client, after), what="the first event after it")


def compared(ficha: Ficha, until: datetime) -> bool:
    """Nothing that was published before then can still come from the log."""
    return all(
        position >= until.replace(microsecond=0)
        for service in SERVICES
        for (position,) in fetch(ficha, service, "SELECT checked_until FROM log_position")
    )


@contextmanager
def writing(client: httpx.Client, written: Written) -> Iterator[None]:
    """Contacts, one after another, and a file for every tenth."""
    stop = threading.Event()
    failures: list[str] = []

    def write() -> None:
        with httpx.Client(base_url=client.base_url, cookies=client.cookies, timeout=30) as own:
            while not stop.is_set():
                number = len(written.contacts)
                made = own.post("/api/v1/contacts", json={"kind": "company", "name": f"Cliente {number}"})
                if made.status_code != 201:
                    failures.append(made.text)
                    return
                written.contacts.append(made.json()["id"])
                if number % 10 == 0:
                    content = os.urandom(200_000)
                    path = f"/api/v1/contacts/{made.json()['id']}/files"
                    uploaded = until_now(partial(upload, own, path, content), within=30, what="the contact known there")
                    written.files[uploaded] = content

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert failures == []


def upload(client: httpx.Client, path: str, content: bytes) -> str | None:
    """Its id; None while the files service has not heard of the contact yet."""
    answer = client.post(path, files={"file": ("acta.bin", content)})
    return str(answer.json()["id"]) if answer.status_code == 201 else None


def run(ficha: Ficha, *arguments: str, succeeds: bool = True) -> str:
    command = ficha.command(*arguments)
    said, _ = command.communicate(timeout=120)
    assert (command.returncode == 0) == succeeds, said
    return said


def every_contact(client: httpx.Client) -> Iterator[dict[str, str]]:
    cursor = ""
    while True:
        page = client.get(f"/api/v1/contacts?limit=200{cursor}").json()
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        cursor = f"&cursor={page['next_cursor']}"


def subjects(client: httpx.Client, position: int) -> set[str]:
    """Of all events after that position."""
    found: set[str] = set()
    while True:
        page = client.get(f"/api/v1/events?after={position}&limit=200").json()
        found |= {item["event"]["subject"] for item in page["items"]}
        if page["position"] == position:
            return found
        position = page["position"]
