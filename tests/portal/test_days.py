"""What is late in the portal is late by the organisation's day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.clock import standing_at
from tests.portal.world import World

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Europe/Madrid", "2026-12-31 22:59", "2026-12-31"),
        ("Europe/Madrid", "2026-12-31 23:00", "2027-01-01"),
        ("Europe/Madrid", "2026-10-25 22:30", "2026-10-25"),
        ("Atlantic/Canary", "2026-12-31 23:30", "2026-12-31"),
        ("Pacific/Kiritimati", "2026-12-31 10:00", "2027-01-01"),
        ("Pacific/Honolulu", "2027-01-01 09:59", "2026-12-31"),
    ],
)
async def test_the_organisations_zone_decides_what_is_overdue(
    world: World, zone: str, moment: str, expected: str
) -> None:
    await world.organization(version=2, time_zone=zone)
    today = date.fromisoformat(expected)
    with standing_at(datetime.fromisoformat(moment).replace(tzinfo=UTC)):
        contact = await world.contact()
        late = await world.document(contact, due_date=today - DAY)
        due = await world.document(contact, due_date=today)
        async with world.client(contact) as client:
            items = (await client.get("/portal/api/documents")).json()["items"]
            assert {item["id"]: item["overdue"] for item in items} == {str(late): True, str(due): False}
            assert (await client.get(f"/portal/api/documents/{late}")).json()["overdue"] is True
            overdue = (await client.get("/portal/api/documents", params={"status": "overdue"})).json()["items"]
            assert [item["id"] for item in overdue] == [str(late)]
            totals = (await client.get("/portal/api/me")).json()["totals"]
            assert (totals["overdue"], totals["next_due"]["id"]) == ("121.00", str(due))
