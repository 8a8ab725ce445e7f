"""The panel's sections: what they show, how they count, and that history costs nothing."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from sqlalchemy import event, text

from crm.panel.repository import PANEL_PART
from crm.panel.schemas import CrmPanelPart
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.crm.support import hear, ok, organization_event


async def panel(client: httpx.AsyncClient, contact_id: str) -> dict[str, Any]:
    """Its part, which is what its declared shape says, no more and no less."""
    part: dict[str, Any] = await ok(client, "GET", f"/internal/contacts/{contact_id}/panel")
    CrmPanelPart.model_validate(part, extra="forbid")
    return part


async def plan(client: httpx.AsyncClient, contact_id: str, day: int) -> dict[str, Any]:
    body = {"contact_id": contact_id, "kind": "task", "title": "T", "starts_at": f"2027-01-{day:02}T08:00:00Z"}
    made: dict[str, Any] = await ok(client, "POST", "/api/v1/activities", body, status=201)
    return made


async def offer(client: httpx.AsyncClient, contact_id: str, value: str, **values: object) -> dict[str, Any]:
    body = {"contact_id": contact_id, "title": "O", "value": value, "currency": "EUR", **values}
    made: dict[str, Any] = await ok(client, "POST", "/api/v1/opportunities", body, status=201)
    return made


async def test_a_contact_without_anything_has_empty_sections(client: httpx.AsyncClient, contact_id: str) -> None:
    empty = {
        "activities": {"items": [], "count": 0},
        "opportunities": {"items": [], "count": 0, "value_total": "0.00", "currency": "EUR"},
        "notes": {"items": [], "count": 0},
    }
    assert await panel(client, contact_id) == empty
    assert await panel(client, str(new_id())) == empty


async def test_items_are_what_the_routes_answer(client: httpx.AsyncClient, contact_id: str) -> None:
    activity = await plan(client, contact_id, 1)
    opportunity = await offer(client, contact_id, "5", expected_close="2027-02-01")
    note = await ok(client, "POST", "/api/v1/notes", {"contact_id": contact_id, "body": "N"}, status=201)
    part = await panel(client, contact_id)
    for section, expected in (("activities", activity), ("opportunities", opportunity), ("notes", note)):
        [item] = part[section]["items"]
        assert item.keys() == expected.keys()
        assert {k: v for k, v in item.items() if not k.endswith("_at")} == {
            k: v for k, v in expected.items() if not k.endswith("_at")
        }


async def test_the_next_ten_open_activities_by_start(client: httpx.AsyncClient, contact_id: str) -> None:
    made = [await plan(client, contact_id, day) for day in range(14, 1, -1)]
    await ok(client, "POST", f"/api/v1/activities/{made[-1]['id']}/complete")
    await ok(client, "DELETE", f"/api/v1/activities/{made[-2]['id']}", status=204)
    section = (await panel(client, contact_id))["activities"]
    assert [item["starts_at"][8:10] for item in section["items"]] == [f"{day:02}" for day in range(4, 14)]
    assert section["count"] == 11
    for action in (f"{made[-1]['id']}/reopen", f"{made[-1]['id']}/reopen", f"{made[-2]['id']}/restore"):
        await ok(client, "POST", f"/api/v1/activities/{action}")
    assert (await panel(client, contact_id))["activities"]["count"] == 13


async def test_a_completed_activity_that_is_deleted_and_restored_counts_nowhere(
    client: httpx.AsyncClient, contact_id: str
) -> None:
    path = f"/api/v1/activities/{(await plan(client, contact_id, 1))['id']}"
    await ok(client, "POST", f"{path}/complete")
    await ok(client, "DELETE", path, status=204)
    await ok(client, "POST", f"{path}/restore")
    assert (await panel(client, contact_id))["activities"] == {"items": [], "count": 0}


async def test_open_opportunities_are_counted_and_added_up_whatever_happens_to_them(
    client: httpx.AsyncClient, contact_id: str
) -> None:
    made = [await offer(client, contact_id, f"{number}.10") for number in range(1, 13)]
    dollars = await offer(client, contact_id, "1000", currency="USD")

    async def total() -> tuple[int, str]:
        section = (await panel(client, contact_id))["opportunities"]
        assert len(section["items"]) == min(section["count"], 10)
        return section["count"], section["value_total"]

    one, two, three, four = (f"/api/v1/opportunities/{opportunity['id']}" for opportunity in made[:4])
    assert await total() == (13, "79.20")
    await ok(client, "POST", f"{one}/win")
    await ok(client, "POST", f"{two}/lose", {"reason": "Precio"})
    await ok(client, "DELETE", three, status=204)
    assert await total() == (10, "72.90")
    await ok(client, "DELETE", one, status=204)
    await ok(client, "POST", f"{one}/restore")
    await ok(client, "PATCH", one, {"value": "7"})
    assert await total() == (10, "72.90")
    await ok(client, "POST", f"{one}/reopen")
    await ok(client, "POST", f"{three}/restore")
    await ok(client, "PATCH", four, {"value": "0.00", "title": "Otra"})
    assert await total() == (12, "78.90")
    await ok(client, "PATCH", f"/api/v1/opportunities/{dollars['id']}", {"currency": "EUR"})
    assert await total() == (12, "1078.90")
    await ok(client, "PATCH", four, {"currency": "USD"})
    assert await total() == (12, "1078.90")


async def test_the_soonest_expected_opportunities_come_first(client: httpx.AsyncClient, contact_id: str) -> None:
    for close in (None, "2027-03-01", "2027-02-01"):
        await offer(client, contact_id, "1", expected_close=close)
    items = (await panel(client, contact_id))["opportunities"]["items"]
    assert [item["expected_close"] for item in items] == ["2027-02-01", "2027-03-01", None]


async def test_the_total_is_in_the_organisations_currency(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    await offer(client, contact_id, "5")
    await offer(client, contact_id, "7", currency="USD")
    newer, older = (organization_event(org_id, currency=code, version=n) for code, n in (("USD", 2), ("GBP", 1)))
    await hear(database, newer, newer, older)
    section = (await panel(client, contact_id))["opportunities"]
    assert (section["count"], section["value_total"], section["currency"]) == (2, "7.00", "USD")


async def test_pinned_notes_come_first_and_then_the_latest_ten(client: httpx.AsyncClient, contact_id: str) -> None:
    made = []
    for number in range(14):
        body = {"contact_id": contact_id, "body": f"N{number}", "pinned": number in (0, 5)}
        made.append(await ok(client, "POST", "/api/v1/notes", body, status=201))
    section = (await panel(client, contact_id))["notes"]
    expected = ["N5", "N0", "N13", "N12", "N11", "N10", "N9", "N8", "N7", "N6", "N4", "N3"]
    assert ([item["body"] for item in section["items"]], section["count"]) == (expected, 14)
    await ok(client, "DELETE", f"/api/v1/notes/{made[0]['id']}", status=204)
    section = (await panel(client, contact_id))["notes"]
    assert (section["items"][1]["body"], section["count"]) == ("N13", 13)
    await ok(client, "POST", f"/api/v1/notes/{made[0]['id']}/restore")
    assert (await panel(client, contact_id))["notes"]["count"] == 14


async def test_a_stranger_sees_nothing(client: httpx.AsyncClient, contact_id: str, database: Database) -> None:
    await ok(client, "POST", "/api/v1/notes", {"contact_id": contact_id, "body": "N"}, status=201)
    part = await database.reader.read(Scope(org_id=new_id()), PANEL_PART, new_id(), UUID(contact_id))
    assert part
    assert orjson.loads(part)["notes"] == {"items": [], "count": 0}


async def test_what_a_contact_has_behind_it_costs_the_panel_nothing(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    stage = (await offer(client, contact_id, "5"))["stage_id"]
    for day in range(1, 13):
        await plan(client, contact_id, day)
        await ok(client, "POST", "/api/v1/notes", {"contact_id": contact_id, "body": "N"}, status=201)
    before = await blocks_read(database, org_id, contact_id)
    async with database.transaction(Scope(org_id=org_id)) as session:
        for statement in HISTORY:
            values = {"org": org_id, "contact": UUID(contact_id), "stage": UUID(stage)}
            await session.execute(text(statement), values)
    after = await blocks_read(database, org_id, contact_id)
    # A few levels more of a few B-trees; reading 5,000 rows of anything would be hundreds.
    assert after - before < 40, (before, after)


HISTORY = (
    "INSERT INTO activity (org_id, id, version, created_at, updated_at, contact_id, kind, title, starts_at, owner, "
    "owner_name, completed_at) SELECT :org, gen_random_uuid(), 1, now(), now(), :contact, 'call', 'x', "
    "now() - n * interval '1 hour', 'user:a', 'A', now() FROM generate_series(1, 5000) n",
    "INSERT INTO opportunity (org_id, id, version, created_at, updated_at, contact_id, title, pipeline_id, stage_id, "
    "value, currency, probability, status, closed_at) SELECT :org, gen_random_uuid(), 1, now(), now(), :contact, 'x', "
    "gen_random_uuid(), :stage, 1, 'EUR', 50, 'won', now() FROM generate_series(1, 5000) n",
    "INSERT INTO note (org_id, id, version, created_at, updated_at, contact_id, body, pinned, author, author_name) "
    "SELECT :org, uuidv7(interval '-1 day'), 1, now(), now(), :contact, 'x', false, 'user:a', 'A' "
    "FROM generate_series(1, 5000) n",
)


async def blocks_read(database: Database, org_id: UUID, contact_id: str) -> int:
    """Database pages that the panel's statement touches."""
    statement = PANEL_PART.replace("$1", f"'{org_id}'::uuid").replace("$2", f"'{contact_id}'::uuid")
    explain = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement.replace(":", r"\:")
    async with database.transaction(Scope(org_id=org_id)) as session:
        [found] = (await session.execute(text(explain))).scalar_one()
    plan = found["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


async def test_lists_take_as_many_statements_whatever_their_length(
    client: httpx.AsyncClient, contact_id: str, database: Database
) -> None:
    said: list[str] = []

    def hear_statement(*arguments: Any) -> None:
        said.append(str(arguments[2]))

    async def statements(path: str) -> int:
        said.clear()
        await ok(client, "GET", path)
        return len(said)

    paths = [f"/api/v1/{noun}?contact_id={contact_id}" for noun in ("activities", "opportunities", "notes")]
    paths.append("/api/v1/pipelines")

    async def fill() -> None:
        await plan(client, contact_id, 1)
        await offer(client, contact_id, str(Decimal(1)))
        await ok(client, "POST", "/api/v1/notes", {"contact_id": contact_id, "body": "N"}, status=201)
        body = {"name": "P", "stages": [{"name": "S", "probability": 1}]}
        await ok(client, "POST", "/api/v1/pipelines", body, status=201)

    await fill()
    event.listen(database.engine.sync_engine, "before_cursor_execute", hear_statement)
    try:
        few = [await statements(path) for path in paths]
        for _ in range(5):
            await fill()
        assert [await statements(path) for path in paths] == few
        assert max(few) <= 3
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", hear_statement)


@pytest.mark.parametrize(("currency", "value", "nothing"), [("JPY", "1500", "0"), ("KWD", "1.505", "0.000")])
async def test_amounts_have_the_decimals_of_their_currency(
    client: httpx.AsyncClient,
    contact_id: str,
    database: Database,
    org_id: UUID,
    currency: str,
    value: str,
    nothing: str,
) -> None:
    await hear(database, organization_event(org_id, currency=currency))
    assert (await panel(client, contact_id))["opportunities"]["value_total"] == nothing
    await offer(client, contact_id, value, currency=currency)
    section = (await panel(client, contact_id))["opportunities"]
    assert (section["value_total"], section["items"][0]["value"]) == (value, value)
