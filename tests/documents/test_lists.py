"""Lists of documents: filters, search and pages."""

from datetime import timedelta

import pytest

from tests.documents.world import TODAY, Json, World


async def ids(world: World, query: str) -> list[str]:
    """Through every page, three at a time."""
    seen: list[str] = []
    cursor = ""
    while True:
        page = await world.done("GET", f"/api/v1/documents?limit=3&{query}{cursor}")
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return seen
        cursor = f"&cursor={page['next_cursor']}"


async def test_pages_follow_one_another_newest_first(world: World) -> None:
    contact = await world.contact()
    made = [await world.draft(contact, issue_date=f"2026-01-{day:02}") for day in (5, 3, 9, 3, 5, 1, 7)]
    expected = [item["id"] for item in sorted(made, key=lambda item: (item["issue_date"], item["id"]), reverse=True)]
    assert await ids(world, "") == expected
    assert await ids(world, f"contact_id={contact}&side=sales") == expected
    assert await ids(world, "from=2026-01-03&to=2026-01-05") == [
        item["id"]
        for item in sorted(made, key=lambda item: (item["issue_date"], item["id"]), reverse=True)
        if "2026-01-03" <= item["issue_date"] <= "2026-01-05"
    ]


async def test_filters_narrow_the_list(world: World) -> None:
    contact, other = await world.contact("Peñalver, S.L."), await world.contact("Otra")
    late = await world.approved(contact, issue_date=(TODAY - timedelta(days=3)).isoformat())
    draft = await world.draft(contact, "estimate")
    bought = await world.approved(other, "purchase_invoice", supplier_number="ZX-81")
    paid = await world.approved(other, issue_date=(TODAY - timedelta(days=5)).isoformat())
    await world.pay(paid, "121.00")
    expected: dict[str, list[Json]] = {
        f"contact_id={contact}": [draft, late],
        f"contact_id={other}&side=purchases": [bought],
        "side=purchases": [bought],
        "type=estimate": [draft],
        "status=draft": [draft],
        "status=paid": [paid],
        "status=overdue": [late],
        f"status=overdue&contact_id={other}": [],
        "q=penalver": [draft, late],
        "q=zx-81": [bought],
        f"q={late['number'].lower()}": [late],
        "q=100%25": [],
    }
    for query, documents in expected.items():
        assert await ids(world, query) == [document["id"] for document in documents], query


async def test_items_are_summaries(world: World) -> None:
    invoice = await world.approved(await world.contact())
    [item] = (await world.done("GET", "/api/v1/documents"))["items"]
    assert item == {name: invoice[name] for name in item}
    assert "lines" not in item


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=x", "cursor"),
        ("cursor=W10", "cursor"),
        ("cursor=WzEsMl0", "cursor"),
        ("cursor=%C3%A9", "cursor"),
        ("contact_id=1", "contact_id"),
        ("type=letter", "type"),
        ("status=lost", "status"),
        ("side=left", "side"),
        ("from=yesterday", "from"),
        ("to=10000-01-01", "to"),
        ("q=%00", "q"),
        ("limit=0", "limit"),
    ],
)
async def test_a_wrong_question_names_its_field(world: World, query: str, field: str) -> None:
    answer = await world.client.get(f"/api/v1/documents?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
