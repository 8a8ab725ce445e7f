"""Kill -9 of every service while documents are created and approved: nothing is lost, doubled or left different."""

import random
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any, Self
from uuid import uuid4

import httpx
import pytest

from tests.support.ficha import Ficha
from tests.support.waiting import until_now

DOCUMENTS = 500
WRITERS = 8
PATIENCE = 90
PASSWORD = "una-clave-larga-1"
SERVICES = ("contacts", "documents", "crm", "files", "portal", "notifications", "gateway")


class Patient:
    """A client that repeats what got no clear answer, under the same Idempotency-Key, until it gets one."""

    def __init__(self, ficha: Ficha) -> None:
        self._client = ficha.client()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def request(self, method: str, path: str, expected: int, **options: Any) -> Any:
        headers = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = None
            try:
                answer = self._client.request(method, path, headers=headers, **options)
                if answer.status_code == expected:
                    return answer.json() if answer.content else None
                assert answer.status_code in (409, 429, 502, 503, 504), answer.text
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, f"{method} {path}: {answer.text if answer else 'no answer'}"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def patient(stack: Ficha) -> Iterator[Patient]:
    with Patient(stack) as patient:
        yield patient


@pytest.fixture(scope="module")
def contacts(patient: Patient) -> list[str]:
    """A few clients with open portals."""
    made = []
    for number in range(4):
        body = {"kind": "company", "name": f"Cliente {number}", "emails": [f"cliente{number}@kills.example"]}
        contact = patient.request("POST", "/api/v1/contacts", 201, json=body)["id"]
        settings = {"enabled": True, "payment_methods": ["transfer"], "catalogue": False}
        patient.request("PUT", f"/api/v1/contacts/{contact}/portal", 200, json=settings)
        patient.request("PUT", f"/api/v1/contacts/{contact}/portal/password", 204, json={"password": PASSWORD})
        made.append(contact)
    return made


def test_nothing_is_lost_or_doubled(stack: Ficha, patient: Patient, contacts: list[str]) -> None:
    seed = 20261123
    approved: list[dict[str, Any]] = []
    sent: list[str] = []
    stop = threading.Event()

    def write(number: int) -> None:
        body = {
            "type": "invoice",
            "contact_id": contacts[number % len(contacts)],
            "lines": [{"description": "Servicio", "quantity": "1", "unit_price": "10.01", "taxes": ["iva_21"]}],
        }
        draft = patient.request("POST", "/api/v1/documents", 201, json=body)
        approved.append(patient.request("POST", f"/api/v1/documents/{draft['id']}/approve", 200))
        if number % 10 == 0:
            patient.request("POST", f"/api/v1/documents/{draft['id']}/send", 202, json={})
            sent.append(draft["id"])

    def break_things() -> None:
        chance = random.Random(seed)
        victims = list(SERVICES)
        chance.shuffle(victims)
        for victim in victims:
            if stop.wait(chance.uniform(0.5, 2.0)):
                return
            stack.service(victim).kill()

    breaker = threading.Thread(target=break_things)
    breaker.start()
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, range(DOCUMENTS)))
    breaker.join()
    stop.set()

    assert len(approved) == DOCUMENTS
    sequence = sorted(int(re.sub(r"^F\d\d", "", document["number"])) for document in approved)
    assert sequence == list(range(1, DOCUMENTS + 1)), "a number is missing or doubled"
    for contact in contacts:
        mine = [document for document in approved if document["contact_id"] == contact]
        check_totals(patient, contact, mine)
        check_portal(stack, patient, contact, mine)
    check_mails(stack, patient, sent)


def check_totals(patient: Patient, contact: str, mine: list[dict[str, Any]]) -> None:
    def panel() -> dict[str, Any] | None:
        sections = patient.request("GET", f"/api/v1/contacts/{contact}/panel", 200)["sections"]
        ready = {section["status"] for section in sections.values()} == {"ready"}
        return {name: section["data"] for name, section in sections.items()} if ready else None

    data = until_now(panel, within=60, what="the whole panel")
    assert Decimal(data["year"]["sales_total"]) == sum(Decimal(document["subtotal"]) for document in mine)
    assert Decimal(data["year"]["pending"]) == sum(Decimal(document["total"]) for document in mine)
    assert data["documents"]["counts"]["sales"] == len(mine)


def check_portal(stack: Ficha, patient: Patient, contact: str, mine: list[dict[str, Any]]) -> None:
    address = patient.request("GET", f"/api/v1/contacts/{contact}", 200)["emails"][0]
    expected = {document["id"]: (document["number"], document["total"]) for document in mine}
    with httpx.Client(base_url=stack.url, timeout=30) as visitor:
        credentials = {"email": address, "password": PASSWORD}

        def logged_in() -> bool:
            return visitor.post("/portal/api/session", json=credentials).status_code == 201

        def agrees() -> bool:
            seen: dict[str, tuple[str, str]] = {}
            params = {"limit": "200"}
            while True:
                page = visitor.get("/portal/api/documents", params=params).json()
                seen |= {item["id"]: (item["number"], item["total"]) for item in page["items"]}
                if not page["next_cursor"]:
                    return seen == expected
                params["cursor"] = page["next_cursor"]

        until_now(logged_in, within=30, what="the client's login")
        until_now(agrees, within=60, what="agreement between portal and documents")


def check_mails(stack: Ficha, patient: Patient, sent: list[str]) -> None:
    """Every send became one message. A mail cut off by the kill is `unknown`, never mailed twice."""

    def settled() -> list[dict[str, Any]] | None:
        items: list[dict[str, Any]] = []
        params = {"limit": "200"}
        while True:
            page = patient.request("GET", "/api/v1/messages", 200, params=params)
            items += [item for item in page["items"] if item["kind"] == "document"]
            if not page["next_cursor"]:
                break
            params["cursor"] = page["next_cursor"]
        done = [item for item in items if item["status"] in ("sent", "unknown")]
        return done if len(done) == len(sent) else None

    messages = until_now(settled, within=90, what="an end of every mail")
    assert sorted(message["document_id"] for message in messages) == sorted(sent)
    mails = (stack.home / "mails").glob("*.eml")
    delivered = sum(b"application/pdf" in mail.read_bytes() for mail in mails)
    certain = sum(message["status"] == "sent" for message in messages)
    assert certain <= delivered <= len(sent)
