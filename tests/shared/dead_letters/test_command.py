"""The operator's commands: what they answer, to people and to programs, and with which exit code."""

import argparse
import io
import os
import pwd
from dataclasses import dataclass
from uuid import UUID

import orjson
import pytest

from shared.bus.consumer import Consumer
from shared.bus.dead_letters import store_letters
from shared.bus.message import Message
from shared.bus.topology import ATTEMPT, HANDLER, REASON
from shared.db.engine import create_engine
from shared.db.session import Database
from shared.dead_letters import command as dead_letters
from shared.identifiers import new_id

NAME = "ficha.probe.thing.changed.v1"
ME = f"operator:{pwd.getpwuid(os.getuid()).pw_name}"
Databases = dict[str, Database]


@dataclass
class Answer:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> list[dict[str, object]]:
        return [orjson.loads(line) for line in self.lines]


@pytest.fixture
def databases(publisher: Database, listener: Database) -> Databases:
    """Of two services, each with its own."""
    return {"probe": publisher, "listener": listener}


@pytest.fixture
def ask(databases: Databases, capsys: pytest.CaptureFixture[str]) -> "Asking":
    return Asking(databases, capsys)


class Asking:
    def __init__(self, databases: Databases, capsys: pytest.CaptureFixture[str]) -> None:
        self._databases = databases
        self._capsys = capsys

    async def __call__(self, *words: str, databases: Databases | None = None) -> Answer:
        databases = databases or self._databases
        parser = argparse.ArgumentParser(prog="test")
        dead_letters.add_commands(parser, list(databases))
        out = io.StringIO()
        try:
            code = await dead_letters.run(parser.parse_args(words), databases, out)
        except SystemExit as ended:
            code = int(str(ended.code))
        return Answer(code, out.getvalue(), self._capsys.readouterr().err)


async def dead(
    databases: Databases,
    service: str,
    *,
    event_id: UUID | None = None,
    reason: str = "KeyError: 'x'",
    body: bytes = b"",
) -> str:
    event_id = event_id or new_id()
    message = Message(event_id, NAME, body or b'{"n": 1}', {REASON: reason, HANDLER: "on_thing", ATTEMPT: 6})
    await store_letters(Consumer(service, databases[service], []), [message])
    return str(event_id)


async def test_they_are_listed_in_columns_over_all_services(ask: Asking, databases: Databases) -> None:
    first = await dead(databases, "probe")
    second = await dead(databases, "listener", reason="ValueError: no\x1b[2Jsuch\nthing")
    answer = await ask("list")
    assert (answer.code, answer.err) == (0, "")
    header, *rows = answer.lines
    columns = [header.index(name) for name in ("SERVICE", "EVENT", "FAILED LAST", "TIMES", "NAME", "CAUSE")]
    cells = [[row[a:b].strip() for a, b in zip(columns, [*columns[1:], None], strict=True)] for row in rows]
    assert [(row[0], row[1], *row[3:]) for row in cells] == [
        ("listener", second, "6", NAME, "on_thing: ValueError: no [<n>Jsuch thing"),
        ("probe", first, "6", NAME, "on_thing: KeyError: <text>"),
    ]
    assert [row.split() for row in (await ask("list", "--service", "probe")).lines[1:]] == [rows[1].split()]
    assert (await ask("list", "--cause", "on_thing: KeyError: <text>")).out.count(first) == 1
    assert (await ask("list", "--status", "replayed")).out == "None.\n"
    shorter = await ask("list", "--limit", "1")
    assert (len(shorter.lines), "higher --limit" in shorter.err) == (2, True)


async def test_programs_get_a_json_object_a_line(ask: Asking, databases: Databases) -> None:
    first, second = await dead(databases, "probe"), await dead(databases, "probe")
    assert [letter["event_id"] for letter in (await ask("list", "--json")).json] == [second, first]
    [group] = (await ask("groups", "--json")).json
    assert (group["service"], group["cause"], group["count"]) == ("probe", "on_thing: KeyError: <text>", 2)
    [letter] = (await ask("show", first, "--json")).json
    assert (letter["body"], letter["status"]) == ({"n": 1}, "dead")
    [decided] = (await ask("replay", "--all", "--json")).json
    assert decided == {"service": "probe", "action": "replaying", "changed": 2, "skipped": 0}
    assert (await ask("list", "--json")).out == ""


async def test_groups_are_counted(ask: Asking, databases: Databases) -> None:
    for _ in range(3):
        newest = await dead(databases, "probe")
    answer = await ask("groups")
    [row] = answer.lines[1:]
    assert row.split()[:2] == ["probe", "3"]
    assert newest in row
    assert row.endswith("on_thing: KeyError: <text>")


async def test_one_is_shown_whole(ask: Asking, databases: Databases) -> None:
    event_id = await dead(databases, "probe", body=b'{"name": "\xc3\xb1\xc2\x9b"}')
    await ask("discard", event_id, "--reason", "a test of ours")
    answer = await ask("show", event_id)
    assert answer.code == 0
    facts = dict(line.split(maxsplit=1) for line in answer.lines[: answer.lines.index("")])
    assert (facts["event"], facts["status"], facts["attempts"]) == (event_id, "discarded", "6")
    assert facts["organisation"] == "not told"
    assert '  "name": "ñ "' in answer.lines, "what steers a terminal is blanked"
    history = answer.lines[answer.lines.index("History") + 1 :]
    assert [line.split(maxsplit=2)[2].split(maxsplit=2) for line in history if line] == [
        ["dead", "system", "KeyError: 'x'"],
        ["discarded", ME, "a test of ours"],
    ]


async def test_what_is_no_json_is_shown_in_base64(ask: Asking, databases: Databases) -> None:
    event_id = await dead(databases, "probe", body=b"\xff\x1b[2J")
    lines = (await ask("show", event_id)).lines
    assert lines[lines.index("Body (base64)") + 1] == "/xtbMko="


async def test_one_is_replayed_once(ask: Asking, databases: Databases) -> None:
    event_id = await dead(databases, "listener")
    answer = await ask("replay", event_id, "--reason", "mended")
    assert (answer.code, answer.out) == (0, "listener: 1 replaying\n")
    again = await ask("replay", event_id)
    assert (again.code, again.out, again.err) == (1, "", "It is replaying already.\n")


async def test_a_group_is_decided_about_over_all_services(ask: Asking, databases: Databases) -> None:
    for service in ("probe", "probe", "listener"):
        await dead(databases, service)
    kept = await dead(databases, "probe", reason="ValueError: no")
    cause = "on_thing: KeyError: <text>"
    assert (await ask("replay", "--cause", cause, "--service", "listener")).out == "listener: 1 replaying\n"
    answer = await ask("discard", "--cause", cause, "--reason", "nobody needs it")
    assert (answer.code, answer.lines) == (0, ["probe: 2 discarded", "listener: 0 discarded; 1 settled before"])
    assert [letter["event_id"] for letter in (await ask("list", "--json")).json] == [kept]
    assert (await ask("replay", "--all")).lines == ["probe: 1 replaying"]
    nothing = await ask("replay", "--all")
    assert (nothing.code, nothing.out, nothing.err) == (1, "", "There is no such dead letter.\n")


async def test_an_event_that_died_in_several_services_takes_the_name_of_one(ask: Asking, databases: Databases) -> None:
    event_id = new_id()
    for service in databases:
        await dead(databases, service, event_id=event_id)
    answer = await ask("replay", str(event_id))
    assert (answer.code, answer.out) == (2, "")
    assert "(probe, listener): name one with --service" in answer.err
    assert (await ask("show", str(event_id))).out.count("History") == 2
    assert (await ask("replay", str(event_id), "--service", "listener")).out == "listener: 1 replaying\n"


async def test_what_is_nowhere_is_said(ask: Asking) -> None:
    event_id = str(new_id())
    for words in (["show", event_id], ["replay", event_id], ["discard", event_id, "--reason", "x"]):
        answer = await ask(*words)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == f"{event_id} is nowhere among the dead letters.\n"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["store_letters"],
        ["show"],
        ["show", "7"],
        ["replay"],
        ["replay", str(new_id()), "--all"],
        ["replay", "--all", "--cause", "x"],
        ["discard", str(new_id())],
        ["discard", str(new_id()), "--reason", "  "],
        ["discard", str(new_id()), "--reason", "x" * 501],
        ["discard", "--all", "--reason", "x"],
        ["discard", "--reason", "all of them"],
        ["list", "--limit", "0"],
        ["list", "--status", "lost"],
        ["list", "--service", "nobody"],
    ],
)
async def test_a_command_that_says_too_little_or_too_much_is_refused(
    ask: Asking, databases: Databases, words: list[str]
) -> None:
    event_id = await dead(databases, "probe")
    answer = await ask(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("usage: ")
    [left] = (await ask("list", "--json")).json
    assert left["event_id"] == event_id


async def test_of_one_service_no_name_is_taken(ask: Asking, databases: Databases) -> None:
    event_id = await dead(databases, "probe")
    alone = {"probe": databases["probe"]}
    assert (await ask("list", "--json", databases=alone)).json[0]["event_id"] == event_id
    assert (await ask("list", "--service", "probe", databases=alone)).code == 2


async def test_a_database_that_is_away_is_said(ask: Asking) -> None:
    nowhere = Database(create_engine("postgresql+asyncpg://nobody@/nothing?host=/nowhere", application="test"))
    answer = await ask("list", databases={"probe": nowhere})
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("The database cannot be reached: ")
