"""What documents does when others say something: each fact has one effect, in whatever order facts arrive."""

from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from shared.bus.consumer import Done, Retry
from shared.clock import utc_now
from shared.db.session import Database
from shared.events.contacts import ContactUpdated
from shared.events.portal import (
    EstimateAccepted,
    EstimateAnswerState,
    EstimateRejected,
    OrderLineState,
    OrderPlaced,
    OrderState,
)
from shared.identifiers import new_id
from tests.documents.world import World
from tests.support.identity import client_of
from tests.support.outbox import recorded


def answer_to(estimate_id: str, contact: str, reason: str | None = None) -> EstimateAnswerState:
    return EstimateAnswerState(
        id=new_id(),
        document_id=UUID(estimate_id),
        contact_id=UUID(contact),
        reason=reason,
        answered_at=utc_now(),
    )


def order_of(contact: str, *products: str) -> OrderState:
    lines = [OrderLineState(product_id=UUID(product), quantity=Decimal("1.500")) for product in products]
    return OrderState(id=new_id(), contact_id=UUID(contact), lines=lines, notes="Por la mañana", placed_at=utc_now())


async def test_an_older_fact_about_a_contact_never_undoes_a_newer_one(world: World) -> None:
    contact = await world.contact("Primera")
    await world.contact("Tercera", event=ContactUpdated, contact_id=UUID(contact), version=3)
    await world.contact("Segunda", event=ContactUpdated, contact_id=UUID(contact), version=2)
    assert (await world.draft(contact))["contact_name"] == "Tercera"


async def test_nothing_is_approved_before_the_organisation_is_known(app: FastAPI, database: Database) -> None:
    org_id = new_id()
    async with client_of(app, org_id) as client:
        world = World(database, client, org_id)
        draft = await world.draft(await world.contact())
        path = f"/api/v1/documents/{draft['id']}/approve"
        assert await world.refused("POST", path) == (409, "documents.organization_unknown")
        await world.organization()
        assert (await world.done("POST", path))["number"].endswith("0001")


async def test_an_order_becomes_one_draft_sales_order_of_the_same_id(
    world: World, database: Database, org_id: UUID
) -> None:
    body = {"name": "Queso", "unit_price": "10.00", "taxes": ["iva_10"]}
    product = await world.done("POST", "/api/v1/products", body, status=201)
    contact = await world.contact(defaults={"tax_regime": "equivalence_surcharge", "currency": "USD"})
    order = order_of(contact, product["id"])
    assert await world.tell(OrderPlaced, order, subject=order.id, times=2) == Done()
    assert await world.tell(OrderPlaced, order, subject=order.id) == Done(), "told again as another event"
    [document] = (await world.done("GET", f"/api/v1/documents?contact_id={contact}"))["items"]
    assert (document["id"], document["type"], document["status"]) == (str(order.id), "sales_order", "draft")
    draft = await world.get(document)
    assert (draft["subtotal"], draft["total"], draft["currency"]) == ("15.00", "16.71", "EUR")
    assert draft["notes"] == "Por la mañana"
    assert draft["lines"][0]["taxes"] == ["iva_10", "re_1_4"]
    names = [event.name for event in await recorded(database, org_id)]
    assert names.count("ficha.documents.document.created.v1") == 1


async def test_an_order_waits_for_its_contact(world: World) -> None:
    product = await world.done("POST", "/api/v1/products", {"name": "Queso", "unit_price": "10.00"}, status=201)
    order = order_of(str(new_id()), product["id"])
    assert isinstance(await world.tell(OrderPlaced, order, subject=order.id), Retry)
    await world.contact(contact_id=order.contact_id)
    assert await world.tell(OrderPlaced, order, subject=order.id) == Done()
    assert (await world.done("GET", f"/api/v1/documents/{order.id}"))["total"] == "18.15"


async def test_the_clients_answer_to_an_estimate_counts_once(world: World, database: Database, org_id: UUID) -> None:
    contact = await world.contact()
    estimate = await world.approved(contact, "estimate")
    accepted = answer_to(estimate["id"], contact)
    assert await world.tell(EstimateAccepted, accepted, subject=accepted.id, times=2) == Done()
    assert (await world.get(estimate))["status"] == "accepted"
    rejected = answer_to(estimate["id"], contact, "Muy caro")
    assert await world.tell(EstimateRejected, rejected, subject=rejected.id, times=2) == Done()
    last = await world.get(estimate)
    assert (last["status"], last["answer_reason"], last["version"]) == ("rejected", "Muy caro", 4)
    assert [event.version for event in await recorded(database, org_id)] == [1, 2, 3, 4]


async def test_an_answer_to_a_voided_estimate_has_no_effect(world: World) -> None:
    contact = await world.contact()
    estimate = await world.approved(contact, "estimate")
    await world.done("POST", f"/api/v1/documents/{estimate['id']}/void")
    accepted = answer_to(estimate["id"], contact)
    assert await world.tell(EstimateAccepted, accepted, subject=accepted.id) == Done()
    assert (await world.get(estimate))["status"] == "voided"


@pytest.mark.parametrize(("verb", "status"), [("accept", "accepted"), ("reject", "rejected")])
async def test_staff_may_note_the_answer(world: World, verb: str, status: str) -> None:
    contact = await world.contact()
    estimate = await world.approved(contact, "estimate")
    path = f"/api/v1/documents/{estimate['id']}/{verb}"
    assert (await world.done("POST", path))["status"] == status
    assert (await world.done("POST", path, {"reason": "Por teléfono"}))["answer_reason"] == "Por teléfono"
    invoice = await world.approved(contact)
    path = f"/api/v1/documents/{invoice['id']}/{verb}"
    assert await world.refused("POST", path) == (409, "documents.not_an_estimate")


async def test_an_unreachable_neighbour_is_a_503_not_a_crash(world: World) -> None:
    body = {"type": "invoice", "contact_id": str(new_id()), "lines": []}
    answer: httpx.Response = await world.client.post("/api/v1/documents", json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
