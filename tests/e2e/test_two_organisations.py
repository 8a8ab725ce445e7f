"""Over every route of the merged OpenAPI document, one organisation never sees or changes anything of another.

Generated from the document, so that a new route is covered the day it appears: a path parameter that this
test has no foreign id for makes it fail.
"""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from shared.bus.consumer import Consumer
from shared.bus.dead_letters import store_letters
from shared.bus.message import Message
from shared.bus.topology import HANDLER, REASON
from shared.db.engine import create_engine
from shared.db.session import Database
from shared.identifiers import new_id
from tests.support.ficha import Ficha, started
from tests.support.waiting import until_now

MARK = "SECRETO-DE-A"
EXAMPLES = 6
PASSWORD = "una-clave-larga-1"
HARMLESS = {
    ("POST", "/api/v1/session"): "logs in, whoever asks",
    ("DELETE", "/api/v1/session"): "would log the asking one out",
    ("PUT", "/api/v1/session/password"): "would change the asking one's password",
    ("GET", "/api/v1/stream"): "never ends; tested with the gateway",
    ("POST", "/portal/api/session"): "logs in, whoever asks",
    ("DELETE", "/portal/api/session"): "would log the asking one out",
    ("PUT", "/portal/api/password"): "would change the asking one's password",
}


@dataclass
class Tenant:
    """What the first organisation has: by name of the path parameter, its id, and where to read it."""

    client: httpx.Client
    ids: dict[str, str] = field(default_factory=dict)
    readable: list[str] = field(default_factory=list)

    def snapshot(self) -> dict[str, Any]:
        found = {}
        for path in self.readable:
            answer = self.client.get(path)
            assert answer.status_code == 200, (path, answer.text)
            found[path] = answer.json()
        return found


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ficha]:
    with started("run", tmp_path_factory.mktemp("two-organisations"), demo="0") as ficha:
        yield ficha


@pytest.fixture(scope="module")
def first(alone: Ficha) -> Iterator[Tenant]:
    """An organisation with one of everything, each carrying the mark."""
    with closing(alone.client()) as client:
        tenant = Tenant(client)

        def make(path: str, parameter: str, body: dict[str, Any], *, status: int = 201, read: str = "") -> str:
            answer = until_now(lambda: accepted(client, path, body), within=20, what=path)
            assert answer.status_code == status, (path, answer.text)
            made = str(answer.json().get("id") or answer.json().get("person_id") or answer.json().get("key"))
            tenant.ids[parameter] = made
            tenant.readable.append(read.format(made) if read else f"{path}/{made}")
            return made

        company = make(
            "/api/v1/contacts", "contact_id", {"kind": "company", "name": MARK, "emails": ["a@mark.example"]}
        )
        person = make("/api/v1/contacts", "person_id", {"kind": "person", "name": f"{MARK} persona"})
        client.post(f"/api/v1/contacts/{company}/people", json={"person_id": person})
        tenant.ids["company_id"] = company
        product = {"name": MARK, "unit_price": "5.00", "currency": "EUR", "taxes": ["iva_21"], "in_catalogue": True}
        make("/api/v1/products", "product_id", product)
        line = {"description": MARK, "quantity": "1", "unit_price": "7.00", "taxes": ["iva_21"]}
        estimate = make(
            "/api/v1/documents", "document_id", {"type": "estimate", "contact_id": company, "lines": [line]}
        )
        assert client.post(f"/api/v1/documents/{estimate}/approve").status_code == 200
        invoice = client.post("/api/v1/documents", json={"type": "invoice", "contact_id": company, "lines": [line]})
        invoice_path = f"/api/v1/documents/{invoice.json()['id']}"
        assert client.post(f"{invoice_path}/approve").status_code == 200
        payment = {"date": "2026-01-01", "amount": "1.00", "method": "transfer"}
        make(f"{invoice_path}/payments", "payment_id", payment, read=f"{invoice_path}/payments")
        make("/api/v1/activities", "activity_id", activity(company))
        deal = {"contact_id": company, "title": MARK, "value": "1.00", "currency": "EUR"}
        make("/api/v1/opportunities", "opportunity_id", deal)
        make("/api/v1/notes", "note_id", {"contact_id": company, "body": MARK})
        tenant.ids["pipeline_id"] = client.get("/api/v1/pipelines").json()["items"][0]["id"]
        tenant.ids["series_id"] = client.get("/api/v1/series").json()["items"][0]["id"]
        upload = client.post(f"/api/v1/contacts/{company}/files", files={"file": (f"{MARK}.txt", b"secreto")})
        tenant.ids["file_id"] = upload.json()["id"]
        assert client.post(f"/api/v1/documents/{estimate}/send", json={}).status_code == 202
        message = until_now(lambda: client.get("/api/v1/messages").json()["items"], what="the message")[0]
        tenant.ids["message_id"] = message["id"]
        until_now(lambda: client.get(f"/api/v1/messages/{message['id']}").json()["status"] == "sent", what="the mail")
        # Nobody listens there: one failure, and then none of its own accord, so that it stays as it is.
        hook = {"url": "http://127.0.0.1:9/", "types": ["ficha.files.*"], "description": MARK}
        webhook = f"/api/v1/webhooks/{make('/api/v1/webhooks', 'webhook_id', hook)}"
        tenant.ids["delivery_id"] = client.post(f"{webhook}/test").json()["id"]
        delivery = f"{webhook}/deliveries/{tenant.ids['delivery_id']}"
        until_now(lambda: client.get(delivery).json()["attempts"], what="the first attempt")
        assert client.patch(webhook, json={"enabled": False}).status_code == 200
        key = client.post("/api/v1/api-keys", json={"name": MARK, "scopes": ["contacts:read"]}).json()
        tenant.ids["key_id"] = key["id"]
        session = client.get("/api/v1/session").json()
        tenant.ids["user_id"] = session["user"]["id"]
        tenant.ids["service"] = "crm"
        tenant.ids["event_id"] = asyncio.run(give_up_an_event(alone, session["organization"]["id"]))
        tenant.readable += [
            "/api/v1/organization",
            "/api/v1/users",
            "/api/v1/pipelines",
            "/api/v1/series",
            f"/api/v1/contacts/{company}/people",
            f"/api/v1/contacts/{company}/portal",
            f"/api/v1/contacts/{company}/files",
            f"/api/v1/files/{upload.json()['id']}",
            f"/api/v1/messages/{message['id']}",
            f"{webhook}/deliveries",
            delivery,
            "/api/v1/operations/dead-letters",
            f"/api/v1/operations/dead-letters/crm/{tenant.ids['event_id']}",
        ]
        yield tenant


async def give_up_an_event(ficha: Ficha, org_id: str) -> str:
    """A dead letter of crm's, with the mark in all its texts."""
    event_id, body = new_id(), orjson.dumps({"orgid": org_id, "data": {"name": MARK}})
    database = Database(create_engine(ficha.database_url("crm"), application="test", pool_size=1))
    await store_letters(Consumer("crm", database, []), [Message(event_id, MARK, body, {REASON: MARK, HANDLER: MARK})])
    await database.close()
    return str(event_id)


@pytest.fixture(scope="module")
def second(alone: Ficha) -> Iterator[httpx.Client]:
    """The other organisation's administrator."""
    with closing(alone.add_organization("Segunda", "admin@segunda.localhost", PASSWORD)) as client:
        yield client


@pytest.fixture(scope="module")
def second_visitor(alone: Ficha, second: httpx.Client) -> Iterator[httpx.Client]:
    """A client of the other organisation, logged in to its portal."""
    body = {"kind": "company", "name": "Cliente de la segunda", "emails": ["cliente@segunda.example"]}
    contact = second.post("/api/v1/contacts", json=body).json()["id"]
    settings = {"enabled": True, "payment_methods": ["transfer"], "catalogue": True}
    assert second.put(f"/api/v1/contacts/{contact}/portal", json=settings).status_code == 200
    second.put(f"/api/v1/contacts/{contact}/portal/password", json={"password": PASSWORD})
    with httpx.Client(base_url=alone.url, timeout=30) as visitor:
        login = {"email": "cliente@segunda.example", "password": PASSWORD}
        until_now(lambda: visitor.post("/portal/api/session", json=login).status_code == 201, what="the login")
        yield visitor


@pytest.mark.timeout(900)
def test_one_organisation_never_meets_the_other(
    alone: Ficha, first: Tenant, second: httpx.Client, second_visitor: httpx.Client
) -> None:
    before = first.snapshot()
    schema = schemathesis.openapi.from_url(f"{alone.url}/api/v1/openapi.json")
    met: list[str] = []
    covered = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if (operation.method.upper(), operation.path) in HARMLESS:
            continue
        client = second_visitor if operation.path.startswith("/portal/") else second
        met += meet(operation, client, first)
        covered += 1
    assert covered > 50
    assert not met, "\n".join(met)
    assert first.snapshot() == before


def meet(operation: APIOperation[Any, Any, Any, Any], client: httpx.Client, first: Tenant) -> list[str]:
    """Ask this route for what is the first organisation's. Answers what went wrong."""
    wrong: list[str] = []
    parameters = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    foreign = {name: value for name, value in first.ids.items() if name in parameters}
    unguessed = set(parameters) - set(foreign) - {"token"}
    if unguessed:
        return [f"{operation.label}: no foreign id for {sorted(unguessed)}; make one in `first`"]
    statuses: set[int] = set()

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case[Any]) -> None:
        if foreign:
            case.path_parameters = {**(case.path_parameters or {}), **foreign}
        case.body = with_foreign_ids(case.body, first.ids)
        case.query = {**(case.query or {}), **{k: first.ids[k] for k in (case.query or {}) if k in first.ids}}
        case.query.pop("wait", None)  # the feed would hold its answer for so long
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}
        try:
            answer = case.call(headers=headers, timeout=30)
        except ValueError:
            return  # what no client can send
        statuses.add(answer.status_code)
        if answer.status_code >= 500:
            wrong.append(f"{operation.label}: {answer.status_code} {answer.text[:200]}")
        if MARK in answer.text:
            wrong.append(f"{operation.label}: shows what is the other's: {answer.text[:200]}")

    ask()
    if foreign and any(status < 300 for status in statuses):
        wrong.append(f"{operation.label}: answered {sorted(statuses)} for another organisation's id")
    if foreign and 403 in statuses:
        wrong.append(f"{operation.label}: 403 tells that the id exists")
    return wrong


def with_foreign_ids(body: Any, ids: dict[str, str]) -> Any:
    """The same body, every known id in it replaced by the other organisation's."""
    if isinstance(body, dict):
        return {key: ids[key] if key in ids else with_foreign_ids(value, ids) for key, value in body.items()}
    if isinstance(body, list):
        return [with_foreign_ids(item, ids) for item in body]
    return body


def accepted(client: httpx.Client, path: str, body: dict[str, Any]) -> httpx.Response | None:
    answer = client.post(path, json=body)
    return answer if answer.status_code < 500 and answer.status_code not in (404, 409) else None


def activity(contact: str) -> dict[str, Any]:
    return {"contact_id": contact, "kind": "call", "title": MARK, "starts_at": "2030-01-01T10:00:00Z"}


def test_the_foreign_ids_are_ids(first: Tenant) -> None:
    assert all(UUID(value) for name, value in first.ids.items() if name != "service")
