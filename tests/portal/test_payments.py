"""Paying by transfer: what to copy, and the same to scan."""

import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
import segno
from sqlalchemy import text

from portal.payments.port import Payable
from portal.payments.transfer import BankTransfer
from shared.db.tenancy import Scope
from tests.portal.world import IBAN, World, new_email


async def pay(client: httpx.AsyncClient, document_id: UUID, **body: Any) -> httpx.Response:
    return await client.post(f"/portal/api/documents/{document_id}/payments", json=body or {"method": "transfer"})


async def test_a_transfer_says_whom_how_much_and_what_for(world: World) -> None:
    contact_id = await world.contact(new_email())
    document_id = await world.document(contact_id, status="partially_paid", paid_total=Decimal("21.50"))
    async with world.client(contact_id) as client:
        answer = await pay(client, document_id)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    qr_svg = found.pop("qr_svg")
    assert found == {
        "reference": "F260001",
        "iban": IBAN,
        "bic": "CAIXESBBXXX",
        "holder": "Acme, S.L.",
        "amount": "99.50",
        "currency": "EUR",
    }
    assert ElementTree.fromstring(qr_svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert "<script" not in qr_svg


async def test_the_code_is_an_epc_code() -> None:
    """EPC069-12, version 2: service tag, version, ISO 8859-1, SCT, BIC, name, IBAN, amount, no purpose, no
    structured reference, text.
    """
    payable = Payable("F260001", Decimal("99.50"), "EUR", "Acme, S.L.", f"{IBAN[:4]} {IBAN[4:]}", "CAIXESBBXXX")
    drawn = (await BankTransfer().begin(payable)).qr_svg
    lines = ["BCD", "002", "2", "SCT", "CAIXESBBXXX", "Acme, S.L.", IBAN, "EUR99.5", "", "", "F260001"]
    code = segno.make_qr("\n".join(lines).encode("iso-8859-1"), error="m", boost_error=False)
    expected = BytesIO()
    code.save(expected, kind="svg", xmldecl=False, scale=4, border=4, light="white", nl=False)
    assert drawn == expected.getvalue().decode()


async def test_long_names_wrong_bics_and_other_currencies_still_get_their_instructions() -> None:
    payable = Payable("F260001", Decimal("99.50"), "EUR", "Ñ" * 200, IBAN, "SHORT")
    assert (await BankTransfer().begin(payable)).qr_svg
    dollars = await BankTransfer().begin(Payable("F260001", Decimal("99.50"), "USD", "Acme", IBAN, None))
    assert (dollars.qr_svg, dollars.iban) == (None, IBAN)


async def test_asking_again_is_one_attempt_with_what_is_pending_now(world: World) -> None:
    contact_id = await world.contact(new_email())
    document_id = await world.document(contact_id)
    async with world.client(contact_id) as client:
        await pay(client, document_id)
        await world.document(
            contact_id, id=document_id, version=3, status="partially_paid", paid_total=Decimal("100.00")
        )
        assert (await pay(client, document_id)).json()["amount"] == "21.00"
    async with world.database.transaction(Scope(world.org_id)) as session:
        rows = (await session.execute(text("SELECT document_id, amount, reference FROM payment_attempt"))).all()
    assert [tuple(row) for row in rows] == [(document_id, Decimal("21.00"), "F260001")]


async def test_what_cannot_be_paid_says_why(world: World) -> None:
    contact_id = await world.contact(new_email())
    async with world.client(contact_id) as client:
        closed: list[dict[str, Any]] = [
            {"status": "paid", "paid_total": Decimal("121.00")},
            {"status": "voided"},
            {"type": "estimate"},
            {"type": "credit_note"},
        ]
        for values in closed:
            answer = await pay(client, await world.document(contact_id, **values))
            assert (answer.status_code, answer.json()["code"]) == (409, "portal.nothing_to_pay"), values
        open_one = await world.document(contact_id)
        wrongs: list[tuple[dict[str, Any], str]] = [
            ({"method": "cash"}, "method"),
            ({"amount": "1"}, "amount"),
            ({"method": None}, "method"),
        ]
        for body, field in wrongs:
            wrong = await pay(client, open_one, **body)
            assert wrong.status_code == 422
            assert field in [error["field"] for error in wrong.json()["errors"]]
        await world.organization(version=2, iban=None)
        answer = await pay(client, open_one)
        assert (answer.status_code, answer.json()["code"]) == (409, "portal.transfer_unavailable")


@pytest.mark.parametrize("methods", [[], ["transfer"]])
async def test_a_method_has_to_be_switched_on(world: World, methods: list[str]) -> None:
    contact_id = await world.contact(new_email())
    document_id = await world.document(contact_id)
    async with world.client(contact_id) as client, world.staff() as staff:
        body = {"enabled": True, "payment_methods": methods, "catalogue": False}
        await staff.put(f"/api/v1/contacts/{contact_id}/portal", json=body)
        answer = await pay(client, document_id)
    if methods:
        assert answer.status_code == 201
    else:
        assert (answer.status_code, answer.json()["code"]) == (409, "portal.payment_method_not_offered")
