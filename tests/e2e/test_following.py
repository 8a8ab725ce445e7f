"""Another system follows a whole Ficha: the program of EVENTS.md, as it stands there, killed and started again."""

import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.ficha import Ficha
from tests.support.waiting import until_now

EVENTS_MD = Path(__file__).parents[2] / "services" / "gateway" / "EVENTS.md"
CONTACTS = 90
MARK = "Seguido"

Row = tuple[str, int, str]
"""A contact: id, version, name."""


class Follower:
    """The program with its data in a folder, and a look into what it has."""

    def __init__(self, folder: Path, url: str, key: str) -> None:
        [program] = re.findall(r"^```python\n(.*?)^```$", EVENTS_MD.read_text(), re.MULTILINE | re.DOTALL)
        self.folder = folder
        (folder / "follow.py").write_text(program)
        self._environment = {**os.environ, "FICHA_URL": url, "FICHA_KEY": key}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Until the block is left; then it is killed, whatever it is doing."""
        command = [sys.executable, "follow.py"]
        with (self.folder / "output.txt").open("a") as output:
            child = subprocess.Popen(command, cwd=self.folder, env=self._environment, stderr=output)
        try:
            yield
            assert child.poll() is None, (self.folder / "output.txt").read_text()
        finally:
            child.kill()
            child.wait()

    def has(self) -> list[Row]:
        return self._ask("SELECT id, version, name FROM contact WHERE NOT deleted ORDER BY id")

    def position(self) -> int:
        [(position,)] = self._ask("SELECT max(position) FROM feed") or [(None,)]
        return position or 0

    def marked(self) -> int:
        return sum(MARK in name for _, _, name in self.has())

    def _ask(self, question: str) -> list[Any]:
        try:
            with closing(sqlite3.connect(self.folder / "contacts.db")) as database:
                return database.execute(question).fetchall()
        except sqlite3.OperationalError:  # not made yet
            return []


@pytest.fixture
def client(ficha: Ficha) -> Iterator[httpx.Client]:
    with closing(ficha.client()) as client:
        yield client


def test_the_program_of_the_readme_misses_nothing_and_doubles_nothing(
    ficha: Ficha, client: httpx.Client, tmp_path: Path
) -> None:
    made = client.post("/api/v1/api-keys", json={"name": "follower", "scopes": ["contacts:read"]})
    follower = Follower(tmp_path, ficha.url, made.json()["key"])
    writing = threading.Thread(target=write, args=(ficha,))
    with follower.running():
        until_now(follower.position, within=30, what="the first events followed")
        writing.start()
        until_now(lambda: follower.marked() > CONTACTS // 10, within=30, what="some contacts followed")
    positions = [follower.position()]
    with follower.running():
        until_now(lambda: follower.position() > positions[0], within=30, what="it going on")
        until_now(lambda: follower.marked() > CONTACTS // 3, within=30, what="more contacts followed")
    positions.append(follower.position())
    writing.join()
    with follower.running():
        until_now(lambda: follower.has() == listed(client), within=30, what="the copy equal to the list")
        positions.append(follower.position())
    assert positions == sorted(set(positions)), "it began anew"
    assert follower.marked() == CONTACTS - CONTACTS // 5


def test_the_feed_has_every_position_once(client: httpx.Client) -> None:
    """An administrator may read all, so nothing hides a gap."""
    items = list(items_of(client, "/api/v1/events"))
    positions = [item["position"] for item in items]
    ids = {item["event"]["id"] for item in items}
    assert positions == list(range(1, len(positions) + 1))
    assert len(ids) == len(positions)
    assert len(positions) > CONTACTS


def write(ficha: Ficha) -> None:
    """Contacts, every third changed twice, every fifth deleted."""
    with closing(ficha.client()) as client:
        for number in range(CONTACTS):
            made = client.post("/api/v1/contacts", json={"kind": "company", "name": f"{MARK} {number}"}).json()
            path = f"/api/v1/contacts/{made['id']}"
            if number % 3 == 0:
                for change in ("uno", "dos"):
                    assert client.patch(path, json={"name": f"{MARK} {number} {change}"}).status_code == 200
            if number % 5 == 0:
                assert client.delete(path).status_code == 204


def listed(client: httpx.Client) -> list[Row]:
    return sorted((item["id"], item["version"], item["name"]) for item in items_of(client, "/api/v1/contacts"))


def items_of(client: httpx.Client, path: str) -> Iterator[dict[str, Any]]:
    """Of every page."""
    params = {"limit": "200"}
    while True:
        page = client.get(path, params=params).json()
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        params["cursor"] = page["next_cursor"]
