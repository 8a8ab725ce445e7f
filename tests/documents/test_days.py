"""The day of a document is the organisation's, whatever the day is in UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.clock import standing_at
from tests.documents.world import World

DAY = timedelta(days=1)
ABOUT_MIDNIGHT = [
    ("Europe/Madrid", "2026-12-31 22:59", "2026-12-31"),
    ("Europe/Madrid", "2026-12-31 23:00", "2027-01-01"),
    ("Europe/Madrid", "2026-06-30 21:59", "2026-06-30"),
    ("Europe/Madrid", "2026-06-30 22:30", "2026-07-01"),
    # Clocks go forward at 01:00 UTC, and back.
    ("Europe/Madrid", "2026-03-28 23:00", "2026-03-29"),
    ("Europe/Madrid", "2026-03-29 22:00", "2026-03-30"),
    ("Europe/Madrid", "2026-10-24 22:00", "2026-10-25"),
    ("Europe/Madrid", "2026-10-25 22:30", "2026-10-25"),
    ("Europe/Madrid", "2026-10-25 23:00", "2026-10-26"),
    ("Atlantic/Canary", "2026-12-31 23:30", "2026-12-31"),
    ("Atlantic/Canary", "2027-01-01 00:00", "2027-01-01"),
    ("Atlantic/Canary", "2026-07-31 23:00", "2026-08-01"),
    ("Pacific/Kiritimati", "2026-12-31 09:59", "2026-12-31"),
    ("Pacific/Kiritimati", "2026-12-31 10:00", "2027-01-01"),
    ("Pacific/Honolulu", "2027-01-01 09:59", "2026-12-31"),
    ("Pacific/Honolulu", "2027-01-01 10:00", "2027-01-01"),
]


@pytest.mark.parametrize(("zone", "moment", "expected"), ABOUT_MIDNIGHT)
async def test_the_organisations_zone_decides_every_day(world: World, zone: str, moment: str, expected: str) -> None:
    today = date.fromisoformat(expected)
    await world.organization(version=2, time_zone=zone)
    contact = await world.contact()
    with standing_at(datetime.fromisoformat(moment).replace(tzinfo=UTC)):
        due_today = await world.approved(contact, issue_date=str(today - 9 * DAY), due_date=expected)
        late = await world.approved(contact, issue_date=str(today - 9 * DAY), due_date=str(today - DAY))
        draft = await world.draft(contact)
        assert (draft["issue_date"], draft["due_date"]) == (expected, expected)
        assert (await world.approve(draft))["number"].startswith(f"F{today:%y}")
        converted = await world.done("POST", f"/api/v1/documents/{late['id']}/convert", {"type": "invoice"}, status=201)
        assert converted["issue_date"] == expected
        body = {"amount": "1.00", "method": "cash"}
        paid = await world.done("POST", f"/api/v1/documents/{late['id']}/payments", body, status=201)
        assert paid["date"] == expected

        assert (due_today["overdue"], (await world.get(due_today))["overdue"]) == (False, False)
        assert (late["overdue"], (await world.get(late))["overdue"]) == (True, True)
        listed = await world.done("GET", f"/api/v1/documents?contact_id={contact}&status=overdue")
        assert [(item["id"], item["overdue"]) for item in listed["items"]] == [(late["id"], True)]

        panel = await world.done("GET", f"/internal/contacts/{contact}/panel")
        assert (panel["year"]["year"], panel["year"]["overdue"]) == (today.year, "120.00")
        assert {item["id"] for item in panel["documents"]["items"] if item["overdue"]} == {late["id"]}
        report = await world.done("GET", f"/api/v1/contacts/{contact}/reports/year")
        assert report == panel["year"]


@pytest.mark.parametrize(
    ("zone", "in_force"),
    [("Europe/Madrid", "iva_7_5"), ("Atlantic/Canary", "iva_5"), ("Pacific/Kiritimati", "iva_7_5")],
)
async def test_the_taxes_of_today_are_those_of_the_organisations_day(world: World, zone: str, in_force: str) -> None:
    await world.organization(version=2, time_zone=zone)
    with standing_at(datetime(2024, 9, 30, 22, 30, tzinfo=UTC)):
        codes = {tax["code"] for tax in (await world.done("GET", "/api/v1/taxes"))["items"]}
        assert codes & {"iva_5", "iva_7_5"} == {in_force}
        body = {"name": "Aceite", "unit_price": "1.00", "taxes": [in_force]}
        await world.done("POST", "/api/v1/products", body, status=201)


async def test_an_organisation_that_has_not_said_its_zone_is_in_madrid(world: World) -> None:
    """As those whose copy is older than zones are."""
    contact = await world.contact()
    with standing_at(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert (await world.draft(contact))["issue_date"] == "2027-01-01"
