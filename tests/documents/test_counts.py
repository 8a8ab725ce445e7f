"""What is counted of a contact is what its lists hold, whatever has become of the documents."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import get_args

import pytest

from documents.kinds import KINDS
from documents.schemas import StatusFilter
from shared.clock import standing_at
from shared.events.documents import Side
from tests.documents.world import LINE, Json, World

SIDES = get_args(Side)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "moment", "today"),
    [
        ("Europe/Madrid", "2026-07-15 12:00", "2026-07-15"),
        ("Europe/Madrid", "2026-07-15 22:30", "2026-07-16"),
        ("Pacific/Kiritimati", "2026-07-15 12:00", "2026-07-16"),
        ("Pacific/Honolulu", "2026-07-01 05:00", "2026-06-30"),
    ],
)
async def test_every_figure_of_the_panel_is_that_of_its_list(world: World, zone: str, moment: str, today: str) -> None:
    await world.organization(version=2, time_zone=zone)
    contact, other = await world.contact(), await world.contact("Otra, S.L.")
    with standing_at(datetime.fromisoformat(moment).replace(tzinfo=UTC)):
        for each in (contact, other):
            await fill(world, each, date.fromisoformat(today))
        await move_draft(world, other, contact)
        panel = await world.panel(contact, date.fromisoformat(today).year)
        for side in SIDES:
            everything = await listed(world, f"contact_id={contact}&side={side}")
            assert panel["documents"]["listed"][side] == len(everything) > 0
            counted = [each for each in everything if each["status"] not in ("draft", "voided")]
            assert panel["documents"]["counts"][side] == len(counted)
            at_home = [each for each in counted if each["currency"] == "EUR"]
            assert Decimal(panel["year"][f"{side}_pending"]) == sum(map(owed, at_home))
            late = await listed(world, f"contact_id={contact}&side={side}&status=overdue")
            assert [each["id"] for each in late] == [each["id"] for each in everything if each["overdue"]]
            assert Decimal(panel["year"][f"{side}_overdue"]) == sum(
                owed(each) for each in late if each["currency"] == "EUR"
            )
            for name in get_args(StatusFilter):
                if name != "overdue":
                    found = await listed(world, f"contact_id={contact}&side={side}&status={name}")
                    assert found == [each for each in everything if each["status"] == name], name
            for kind in KINDS.values():
                found = await listed(world, f"contact_id={contact}&side={side}&type={kind.type}")
                assert found == [each for each in everything if each["type"] == kind.type], kind.type


async def fill(world: World, contact: str, today: date) -> None:
    """Of every type: a draft, one deleted, one voided, one in another currency; some late, some paid in part."""
    for kind in KINDS.values():
        corrects = {}
        if kind.corrects:
            [whole, *_] = sorted(kind.corrects)
            corrected = await world.approved(contact, whole, issue_date=str(today - 40 * DAY))
            corrects = {"corrects_id": corrected["id"], "lines": [{**LINE, "quantity": "0.1"}]}
        await world.draft(contact, kind.type, **corrects)
        gone = await world.draft(contact, kind.type, **corrects)
        await world.client.delete(f"/api/v1/documents/{gone['id']}")
        voided = await world.approved(contact, kind.type, **corrects)
        await world.done("POST", f"/api/v1/documents/{voided['id']}/void")
        if kind.corrects:
            await world.approved(contact, kind.type, **corrects)
            continue
        await world.approved(contact, kind.type, currency="JPY")
        for due in (today - DAY, today):
            document = await world.approved(contact, kind.type, issue_date=str(today - 30 * DAY), due_date=str(due))
            if kind.payable:
                await world.pay(document, "21.00", on=today)


async def move_draft(world: World, source: str, target: str) -> None:
    """A draft may change its contact."""
    [draft, *_] = await listed(world, f"contact_id={source}&status=draft&type=estimate")
    await world.done("PATCH", f"/api/v1/documents/{draft['id']}", {"contact_id": target})


async def listed(world: World, query: str) -> list[Json]:
    """Through every page."""
    items: list[Json] = []
    cursor = ""
    while True:
        page = await world.done("GET", f"/api/v1/documents?limit=20&{query}{cursor}")
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={page['next_cursor']}"


def owed(document: Json) -> Decimal:
    """What is open on a credit note lowers what is open of the contact."""
    sign = -1 if KINDS[document["type"]].corrects else 1
    return sign * Decimal(document["pending_total"])
