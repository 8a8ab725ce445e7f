"""What a client sees of its documents, and says to its estimates."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.events.documents import DocumentCreated, DocumentDeleted, DocumentUpdated, DocumentVoided
from shared.identifiers import new_id
from tests.portal.world import TODAY, World, new_email
from tests.support.outbox import recorded


async def seen(client: httpx.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    """Every page of the list, two a page."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = await client.get(f"/portal/api/documents?limit=2{query}{cursor}")
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if not answer.json()["next_cursor"]:
            return items
        cursor = f"&cursor={answer.json()['next_cursor']}"


async def names(world: World) -> list[str]:
    """What the client did, as told to others."""
    told = [event.name.removeprefix("ficha.portal.") for event in await recorded(world.database, world.org_id)]
    return [name for name in told if name not in ("access.changed.v1", "security_notice.raised.v1")]


async def test_a_client_sees_what_was_approved_and_sold_newest_first(world: World) -> None:
    contact_id = await world.contact(new_email())
    await world.document(contact_id, status="draft", number=None)
    await world.document(contact_id, side="purchases", type="purchase_invoice")
    await world.document(contact_id, status="draft", number=None, deleted=True)
    older = await world.document(contact_id, issue_date=TODAY - timedelta(days=3))
    voided = await world.document(contact_id, status="voided", issue_date=TODAY - timedelta(days=2))
    newest = [await world.document(contact_id) for _ in range(3)]
    async with world.client(contact_id) as client:
        items = await seen(client)
        assert [item["id"] for item in items] == [str(found) for found in (*newest[::-1], voided, older)]
        assert [item["status"] for item in items] == ["approved"] * 3 + ["voided", "approved"]
        assert items[0] == {
            "id": str(newest[2]),
            "type": "invoice",
            "status": "approved",
            "number": "F260001",
            "issue_date": TODAY.isoformat(),
            "due_date": (TODAY + timedelta(days=30)).isoformat(),
            "currency": "EUR",
            "subtotal": "100.00",
            "tax_total": "21.00",
            "total": "121.00",
            "paid_total": "0.00",
            "pending_total": "121.00",
            "overdue": False,
            "corrects_id": None,
        }


async def test_filters_narrow_the_list(world: World) -> None:
    contact_id = await world.contact(new_email())
    ids = {
        "open": await world.document(contact_id),
        "late": await world.document(contact_id, due_date=TODAY - timedelta(days=1)),
        "paid": await world.document(contact_id, status="paid", paid_total=Decimal("121.00")),
        "credit": await world.document(contact_id, type="credit_note", due_date=TODAY - timedelta(days=9)),
        "estimate": await world.document(contact_id, type="estimate"),
    }
    named = {str(value): name for name, value in ids.items()}
    async with world.client(contact_id) as client:
        for query, expected in [
            ("&type=estimate", {"estimate"}),
            ("&status=paid", {"paid"}),
            ("&status=pending", {"open", "late", "credit"}),
            ("&status=overdue", {"late"}),
            ("&type=invoice&status=approved", {"open", "late"}),
            ("&side=sales", set(ids)),
            ("&side=purchases", set()),
        ]:
            assert {named[item["id"]] for item in await seen(client, query)} == expected, query
        for query in ("status=draft", "type=robot", "side=left", "limit=0", "limit=201", "cursor=x", "cursor=WzEsMl0"):
            answer = await client.get(f"/portal/api/documents?{query}")
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), query
            assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


async def test_details_are_asked_of_documents_for_what_is_the_clients_own(world: World) -> None:
    contact_id = await world.contact(new_email())
    document_id = await world.document(contact_id)
    async with world.client(contact_id) as client:
        answer = await client.get(f"/portal/api/documents/{document_id}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["lines"] == [
        {
            "description": "Queso curado",
            "quantity": "10",
            "unit_price": "10.00",
            "discount_pct": "0",
            "taxes": ["iva_21"],
            "subtotal": "100.00",
        }
    ]
    assert found["taxes"] == [{"code": "iva_21", "rate": "21.00", "base": "100.00", "amount": "21.00"}]
    assert (found["notes"], found["answer"], found["total"]) == ("Gracias", None, "121.00")
    assert "secret" not in answer.text
    assert "contact_id" not in found
    [identity] = [identity for path, identity in world.documents.asked if path.endswith(str(document_id))]
    assert (identity.org_id, identity.actor, identity.scopes) == (
        world.org_id,
        "service:portal",
        frozenset({"documents:read"}),
    )


async def test_a_client_is_led_to_what_a_document_came_from_and_became_where_it_may_see_it(world: World) -> None:
    contact_id = await world.contact(new_email())
    order = await world.document(contact_id, type="sales_order", number="PV260001")
    credit = await world.document(contact_id, type="credit_note", number="R260001", status="voided")
    hidden = {
        "draft": await world.document(contact_id, status="draft", number=None),
        "moved to a stranger": await world.document(await world.contact(new_email()), number="F260007"),
        "bought": await world.document(contact_id, side="purchases", type="purchase_invoice"),
        "not heard of yet": new_id(),
    }
    secret = [{"id": str(each), "type": "invoice", "number": "F26X", "status": "approved"} for each in hidden.values()]
    named = [
        {"id": str(each), "contact_id": str(contact_id), "number": "as documents says"} for each in (order, credit)
    ]
    order_shown = {"id": str(order), "type": "sales_order", "number": "PV260001", "status": "approved"}
    credit_shown = {"id": str(credit), "type": "credit_note", "number": "R260001", "status": "voided"}
    nothing: dict[str, Any] = {"source": None, "became": [], "corrects": None, "corrected_by": []}
    cases: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({}, {}),
        ({"source": named[0], "became": [named[1]]}, {"source": order_shown, "became": [credit_shown]}),
        (
            {"corrects": named[0], "corrected_by": named},
            {"corrects": order_shown, "corrected_by": [order_shown, credit_shown]},
        ),
        ({"became": [*secret, named[0], *secret]}, {"became": [order_shown]}),
        ({"source": secret[0], "corrects": secret[1], "corrected_by": secret}, {}),
    ]
    async with world.client(contact_id) as client:
        for said, shown in cases:
            document_id = await world.document(contact_id, relations=said)
            answer = await client.get(f"/portal/api/documents/{document_id}")
            assert answer.status_code == 200, answer.text
            assert {name: answer.json()[name] for name in nothing} == {**nothing, **shown}
            assert "F26X" not in answer.text


async def test_the_pdf_passes_through(world: World) -> None:
    contact_id = await world.contact(new_email())
    document_id = await world.document(contact_id)
    async with world.client(contact_id) as client:
        answer = await client.get(f"/portal/api/documents/{document_id}/pdf")
    assert answer.status_code == 200, answer.text
    assert answer.content == b"%PDF-1.7 " + str(document_id).encode() * 5000
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["content-disposition"] == 'inline; filename="F260001.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("path", ["", "/pdf"])
async def test_documents_is_never_asked_for_what_is_not_to_be_seen(world: World, path: str) -> None:
    contact_id = await world.contact(new_email())
    stranger = await world.contact(new_email())
    hidden = [
        await world.document(contact_id, status="draft"),
        await world.document(contact_id, side="purchases", type="purchase_invoice"),
        await world.document(stranger),
        new_id(),
    ]
    async with world.client(contact_id) as client:
        for document_id in hidden:
            answer = await client.get(f"/portal/api/documents/{document_id}{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "portal.document_not_found")
            assert not [asked for asked, _ in world.documents.asked if str(document_id) in asked]
        assert (await client.get(f"/portal/api/documents/nonsense{path}")).status_code == 422
    assert await names(world) == []


@pytest.mark.parametrize("path", ["", "/pdf"])
async def test_documents_out_of_reach_is_a_503_and_no_view(world: World, path: str) -> None:
    contact_id = await world.contact(new_email())
    document_id = await world.document(contact_id)
    world.documents.broken = True
    try:
        async with world.client(contact_id) as client:
            answer = await client.get(f"/portal/api/documents/{document_id}{path}")
    finally:
        world.documents.broken = False
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert await names(world) == []


async def test_the_first_view_is_told_and_no_other(world: World) -> None:
    contact_id = await world.contact(new_email())
    one, other = await world.document(contact_id), await world.document(contact_id)
    async with world.client(contact_id) as client:
        await seen(client)
        for path in (f"{one}", f"{one}", f"{one}/pdf", f"{other}/pdf", f"{other}"):
            assert (await client.get(f"/portal/api/documents/{path}")).status_code == 200
    views = [event for event in await recorded(world.database, world.org_id) if "viewed" in event.name]
    assert [(event.data.document_id, event.data.contact_id) for event in views] == [
        (one, contact_id),
        (other, contact_id),
    ]
    assert {event.name for event in views} == {"ficha.portal.document.viewed.v1"}


@pytest.mark.parametrize(
    ("verb", "body", "status", "reason"),
    [
        ("accept", None, "accepted", None),
        ("reject", {"reason": "Demasiado caro"}, "rejected", "Demasiado caro"),
        ("reject", None, "rejected", None),
    ],
)
async def test_an_answer_is_told_and_shown_at_once(
    world: World, verb: str, body: dict[str, str] | None, status: str, reason: str | None
) -> None:
    contact_id = await world.contact(new_email())
    estimate = await world.document(contact_id, type="estimate")
    async with world.client(contact_id) as client:
        answer = await client.post(f"/portal/api/documents/{estimate}/{verb}", json=body)
        assert (answer.status_code, answer.json()["status"]) == (200, status), answer.text
        assert [item["status"] for item in await seen(client, f"&status={status}")] == [status]
        details = (await client.get(f"/portal/api/documents/{estimate}")).json()
        assert (details["status"], details["answer"]["reason"]) == (status, reason)
        for again in ("accept", "reject"):
            refused = await client.post(f"/portal/api/documents/{estimate}/{again}", json={})
            assert (refused.status_code, refused.json()["code"]) == (409, "portal.already_answered")
    [event] = [event for event in await recorded(world.database, world.org_id) if ".estimate." in event.name]
    assert event.name == f"ficha.portal.estimate.{status}.v1"
    assert (event.data.document_id, event.data.contact_id, event.data.reason) == (estimate, contact_id, reason)
    assert event.actor == f"client:{contact_id}"


async def test_an_answer_stays_shown_until_documents_says_something_else(world: World) -> None:
    contact_id = await world.contact(new_email())
    estimate = await world.document(contact_id, type="estimate")
    state = world.document_state(contact_id, id=estimate, type="estimate")
    async with world.client(contact_id) as client:

        async def shown() -> str:
            [item] = await seen(client)
            return str(item["status"])

        await client.post(f"/portal/api/documents/{estimate}/accept")
        # An event written before documents heard of the answer.
        await world.tell(DocumentUpdated, state, version=3)
        assert await shown() == "accepted"
        await world.tell(DocumentUpdated, state.model_copy(update={"status": "rejected"}), version=4)
        assert await shown() == "rejected"
        await world.tell(DocumentVoided, state.model_copy(update={"status": "voided"}), version=5)
        assert await shown() == "voided"


async def test_only_an_open_estimate_is_answered(world: World) -> None:
    contact_id = await world.contact(new_email())
    documents = [
        (await world.document(contact_id), 409, "portal.not_an_estimate"),
        (await world.document(contact_id, type="proforma"), 409, "portal.not_an_estimate"),
        (await world.document(contact_id, type="estimate", status="voided"), 409, "portal.estimate_voided"),
        (await world.document(contact_id, type="estimate", status="accepted"), 409, "portal.already_answered"),
        (await world.document(contact_id, type="estimate", status="draft"), 404, "portal.document_not_found"),
    ]
    async with world.client(contact_id) as client:
        for document_id, status, code in documents:
            answer = await client.post(f"/portal/api/documents/{document_id}/accept")
            assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await names(world) == []


@pytest.mark.parametrize(
    ("body", "field"), [({"reason": "x" * 2001}, "reason"), ({"reason": "a\u0000b"}, "reason"), ({"why": "x"}, "why")]
)
async def test_a_wrong_field_is_named(world: World, body: dict[str, str], field: str) -> None:
    contact_id = await world.contact(new_email())
    estimate = await world.document(contact_id, type="estimate")
    async with world.client(contact_id) as client:
        answer = await client.post(f"/portal/api/documents/{estimate}/reject", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_the_same_idempotency_key_answers_once(world: World) -> None:
    contact_id = await world.contact(new_email())
    estimate = await world.document(contact_id, type="estimate")
    async with world.client(contact_id) as client:
        answers = [
            await client.post(f"/portal/api/documents/{estimate}/accept", headers={"Idempotency-Key": "abc"})
            for _ in range(2)
        ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert await names(world) == ["estimate.accepted.v1"]


async def test_copies_follow_documents_whatever_the_order_of_its_events(world: World) -> None:
    contact_id = await world.contact(new_email())
    state = world.document_state(contact_id)
    paid = state.model_copy(update={"status": "paid", "paid_total": state.total})
    draft = state.model_copy(update={"status": "draft", "number": None})
    await world.tell(DocumentUpdated, paid, version=4)
    await world.tell(DocumentCreated, draft, version=1)
    await world.tell(DocumentUpdated, state, version=3)
    async with world.client(contact_id) as client:
        assert [(item["id"], item["status"]) for item in await seen(client)] == [(str(state.id), "paid")]
        deleted = draft.model_copy(update={"id": new_id(), "deleted": True})
        await world.tell(DocumentDeleted, deleted, version=2)
        await world.tell(DocumentCreated, deleted.model_copy(update={"deleted": False}), version=1)
        assert len(await seen(client)) == 1


async def test_me_says_what_is_pending_overdue_and_next(world: World) -> None:
    contact_id = await world.contact(new_email())
    soon = TODAY + timedelta(days=2)
    await world.document(contact_id)
    next_due = await world.document(contact_id, number="F260002", due_date=soon)
    await world.document(contact_id, due_date=TODAY - timedelta(days=1), total=Decimal("50.00"))
    part_paid: dict[str, Any] = {"status": "partially_paid", "paid_total": Decimal("100.00")}
    await world.document(contact_id, due_date=TODAY - timedelta(days=9), **part_paid)
    await world.document(contact_id, type="credit_note", due_date=None, total=Decimal("1.00"))
    await world.document(contact_id, currency="USD", due_date=TODAY + timedelta(days=9))
    for status in ("paid", "voided", "draft"):
        await world.document(contact_id, status=status)
    await world.document(contact_id, type="estimate")
    async with world.client(contact_id) as client:
        me = (await client.get("/portal/api/me")).json()
    assert me["totals"] == {
        "currency": "EUR",
        "pending": "312.00",
        "overdue": "71.00",
        "next_due": {
            "id": str(next_due),
            "number": "F260002",
            "due_date": soon.isoformat(),
            "pending_total": "121.00",
            "currency": "EUR",
        },
        "other_currencies": [{"currency": "USD", "pending": "121.00", "overdue": "0.00"}],
    }
    assert (me["read_only"], me["payment_methods"], me["catalogue"]) == (False, ["transfer"], True)
    assert me["organization"]["slug"] == world.slug
    assert UUID(me["contact"]["id"]) == contact_id


async def test_me_says_nothing_is_open_when_nothing_is(world: World) -> None:
    async with world.client() as client:
        totals = (await client.get("/portal/api/me")).json()["totals"]
    assert totals == {
        "currency": "EUR",
        "pending": "0.00",
        "overdue": "0.00",
        "next_due": None,
        "other_currencies": [],
    }


@pytest.mark.parametrize(
    ("currency", "total", "paid", "pending"),
    [("JPY", "1000", "400", "600"), ("KWD", "1.494", "0.494", "1.000"), ("EUR", "1.50", "0.50", "1.00")],
)
async def test_amounts_have_the_decimals_of_their_currency(
    world: World, currency: str, total: str, paid: str, pending: str
) -> None:
    contact_id = await world.contact(new_email())
    written = ("subtotal", total), ("tax_total", "0"), ("total", total), ("paid_total", paid)
    figures: dict[str, Any] = {"currency": currency, **dict(written)}
    document_id = await world.document(contact_id, status="partially_paid", **figures)
    async with world.client(contact_id) as client:
        [listed] = (await client.get("/portal/api/documents")).json()["items"]
        payment = await client.post(f"/portal/api/documents/{document_id}/payments", json={"method": "transfer"})
        me = (await client.get("/portal/api/me")).json()
    assert [listed[name] for name in ("total", "paid_total", "pending_total")] == [total, paid, pending]
    assert payment.json()["amount"] == pending
    totals = [me["totals"], *me["totals"]["other_currencies"]]
    assert pending in [item["pending"] for item in totals if item["currency"] == currency]
