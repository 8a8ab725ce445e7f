"""The eleven flows of a contact's panel, walked on one Northwind customer, ending with the panel showing all of it."""

import email
import email.policy
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

import httpx

from shared.clock import DEFAULT_ZONE, day_in
from tests.support.ficha import Ficha
from tests.support.waiting import until_now

PASSWORD = "una-clave-larga-1"


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.text}"
    return answer.json() if answer.content else None


def test_everything_about_a_customer(ficha: Ficha) -> None:
    with closing(ficha.client()) as client, ExitStack() as stack:
        contact = ok(client.get("/api/v1/contacts", params={"q": "blauer se"}))["items"][0]
        assert contact["name"] == "Blauer See Delikatessen"
        walk = Walk(ficha, client, contact["id"])
        stack.callback(walk.visitor.close)
        before = walk.panel()
        walk.edit_delete_and_restore()
        walk.link_a_person_who_gets_copies()
        walk.open_the_portal()
        estimate = walk.create_documents()
        walk.send(estimate)
        walk.read_reports()
        walk.plan_activities_and_opportunities()
        walk.attach_a_file_and_write_notes()
        walk.client_accepts_and_orders(estimate)
        after = walk.panel()
        walk.compare(before, after)


class Walk:
    """One staff member at one contact's panel."""

    def __init__(self, ficha: Ficha, client: httpx.Client, contact_id: str) -> None:
        self.ficha = ficha
        self.client = client
        self.id = contact_id
        self.contact = f"/api/v1/contacts/{contact_id}"
        self.visitor = httpx.Client(base_url=ficha.url, timeout=30)
        self.login = ""
        self.sold = Decimal()
        self.bought = Decimal()

    def panel(self) -> dict[str, Any]:
        def whole() -> dict[str, Any] | None:
            answer = ok(self.client.get(f"{self.contact}/panel", params={"year": day_in(DEFAULT_ZONE).year}))
            sections = answer["sections"]
            ready = {section["status"] for section in sections.values()} == {"ready"}
            data = {name: section["data"] for name, section in sections.items() if ready}
            return {"contact": answer["contact"], **data} if ready else None

        return until_now(whole, what="the whole panel")

    def edit_delete_and_restore(self) -> None:
        """Flow 1."""
        read = self.client.get(self.contact)
        self.login = read.json()["emails"][0]
        edited = self.client.patch(
            self.contact, json={"trade_name": "Blauer See"}, headers={"If-Match": read.headers["etag"]}
        )
        assert ok(edited)["trade_name"] == "Blauer See"
        stale = self.client.patch(self.contact, json={"name": "X"}, headers={"If-Match": read.headers["etag"]})
        assert stale.status_code == 412
        ok(self.client.delete(self.contact), 204)
        assert self.client.get(f"{self.contact}/panel").status_code == 404
        assert ok(self.client.post(f"{self.contact}/restore"))["id"] == self.id

    def link_a_person_who_gets_copies(self) -> None:
        """Flows 4 and 5, and the same link seen from the person."""
        person = {"name": "Greta Blau", "emails": ["greta@blauer-see.example"]}
        link = ok(self.client.post(f"{self.contact}/people", json={"person": person, "job_title": "Compras"}), 201)
        ok(self.client.patch(f"{self.contact}/people/{link['person_id']}", json={"send_copies": True}))
        [company] = ok(self.client.get(f"/api/v1/contacts/{link['person_id']}/companies"))["items"]
        assert (company["company_id"], company["send_copies"]) == (self.id, True)

    def open_the_portal(self) -> None:
        """Flow 2: settings, password, and the view that the client would have."""
        credentials = {"email": self.login, "password": PASSWORD}
        assert self.visitor.post("/portal/api/session", json=credentials).status_code == 401
        settings = {"enabled": True, "payment_methods": ["transfer"], "catalogue": True}
        ok(self.client.put(f"{self.contact}/portal", json=settings))
        ok(self.client.put(f"{self.contact}/portal/password", json={"password": PASSWORD}), 204)

        def logged_in() -> bool:
            return self.visitor.post("/portal/api/session", json=credentials).status_code == 201

        until_now(logged_in, what="the client's login")
        assert ok(self.visitor.get("/portal/api/me"))["contact"]["name"] == "Blauer See Delikatessen"
        preview = ok(self.client.post(f"{self.contact}/portal/preview"), 201)
        with httpx.Client(base_url=self.ficha.url) as looking:
            token = preview["url"].partition("#")[2]
            ok(looking.post("/portal/api/preview", json={"token": token}), 201)
            assert ok(looking.get("/portal/api/me"))["contact"]["name"] == "Blauer See Delikatessen"
            refused = looking.post("/portal/api/orders", json={"lines": []})
            assert refused.status_code in (403, 422)

    def create_documents(self) -> str:
        """Flow 3: every type, bound to the contact and filled from its defaults. Answers the approved estimate."""
        line = {"description": "Queso curado", "quantity": "10", "unit_price": "12.50", "taxes": ["iva_10"]}
        made: dict[str, str] = {}
        types = "invoice sales_receipt estimate proforma delivery_note sales_order"
        purchases = "purchase_invoice purchase_receipt purchase_order"
        for kind in [*types.split(), *purchases.split()]:
            body = {"type": kind, "contact_id": self.id, "lines": [line]}
            if kind.startswith("purchase_") and kind != "purchase_order":
                body["supplier_number"] = f"P-{kind}"
            draft = ok(self.client.post("/api/v1/documents", json=body), 201)
            assert (draft["status"], draft["subtotal"], draft["tax_total"]) == ("draft", "125.00", "12.50")
            assert draft["currency"] == "EUR"
            made[kind] = draft["id"]
            ok(self.client.post(f"/api/v1/documents/{draft['id']}/approve"))
        for kind, corrected in [("credit_note", "invoice"), ("purchase_credit_note", "purchase_invoice")]:
            body = {
                "type": kind,
                "contact_id": self.id,
                "corrects_id": made[corrected],
                "supplier_number": "PC-1",
                "lines": [{**line, "quantity": "2"}],
            }
            if kind == "credit_note":
                del body["supplier_number"]
            draft = ok(self.client.post("/api/v1/documents", json=body), 201)
            ok(self.client.post(f"/api/v1/documents/{draft['id']}/approve"))
        paid = {"date": day_in(DEFAULT_ZONE).isoformat(), "amount": "30.00", "method": "transfer"}
        ok(self.client.post(f"/api/v1/documents/{made['invoice']}/payments", json=paid), 201)
        invoice = ok(self.client.get(f"/api/v1/documents/{made['invoice']}"))
        assert invoice["status"] == "partially_paid"
        pdf = self.client.get(f"/api/v1/documents/{made['invoice']}/pdf")
        assert pdf.content.startswith(b"%PDF-")
        # Invoice and receipt, less the credit note; estimates, orders and the like are not turnover.
        self.sold = Decimal("225.00")
        self.bought = Decimal("225.00")
        return made["estimate"]

    def send(self, document_id: str) -> None:
        """Flow 5: one mail, to the company, with its person in copy and the PDF attached."""
        document = f"/api/v1/documents/{document_id}"

        def known() -> list[Any]:
            items: list[Any] = ok(self.client.get(f"{document}/recipients"))["items"]
            return [item["email"] for item in items] if len(items) == 2 else []

        assert until_now(known, what="the person in copy") == [self.login, "greta@blauer-see.example"]
        ok(self.client.post(f"{document}/send", json={}), 202)

        def delivered() -> list[EmailMessage]:
            texts = [path.read_bytes() for path in (self.ficha.home / "mails").glob("*.eml")]
            mails = [email.message_from_bytes(text, policy=email.policy.default) for text in texts]
            # Notices of security go to it as well; they carry nothing.
            return [mail for mail in mails if self.login in str(mail["To"]) and list(mail.iter_attachments())]

        [mail] = until_now(delivered, within=20, what="the mail")
        assert "greta@blauer-see.example" in mail["Cc"]
        [attachment] = mail.iter_attachments()
        assert attachment.get_content_type() == "application/pdf"

    def read_reports(self) -> None:
        """Flows 6 and 7."""
        report = ok(self.client.get(f"{self.contact}/reports/products", params={"side": "sales"}))
        assert report["items"]
        year = ok(self.client.get(f"{self.contact}/reports/year", params={"year": day_in(DEFAULT_ZONE).year}))
        assert len(year["months"]) == 12
        sales = ok(self.client.get("/api/v1/documents", params={"contact_id": self.id, "side": "sales"}))
        purchases = ok(self.client.get("/api/v1/documents", params={"contact_id": self.id, "side": "purchases"}))
        assert {item["type"] for item in purchases["items"]} >= {"purchase_invoice", "purchase_order"}
        assert not {item["type"] for item in sales["items"]} & {item["type"] for item in purchases["items"]}

    def plan_activities_and_opportunities(self) -> None:
        """Flows 8 and 9."""
        starts = datetime.now(UTC) + timedelta(days=1)
        made = []
        for kind in ("call", "meeting", "task", "email", "visit"):
            body = {"contact_id": self.id, "kind": kind, "title": kind, "starts_at": starts.isoformat()}
            made.append(ok(self.client.post("/api/v1/activities", json=body), 201)["id"])
        ok(self.client.post(f"/api/v1/activities/{made[0]}/complete"))
        opened = []
        for title in ("Ganada", "Perdida", "Abierta"):
            body = {"contact_id": self.id, "title": title, "value": "1000.00", "currency": "EUR"}
            opened.append(ok(self.client.post("/api/v1/opportunities", json=body), 201))
        [pipeline, *_] = ok(self.client.get("/api/v1/pipelines"))["items"]
        moved = {"stage_id": pipeline["stages"][1]["id"]}
        assert ok(self.client.patch(f"/api/v1/opportunities/{opened[2]['id']}", json=moved))["stage_id"]
        ok(self.client.post(f"/api/v1/opportunities/{opened[0]['id']}/win"))
        lost = ok(self.client.post(f"/api/v1/opportunities/{opened[1]['id']}/lose", json={"reason": "Precio"}))
        assert lost["status"] == "lost"

    def attach_a_file_and_write_notes(self) -> None:
        """Flows 10 and 11."""
        content = b"contrato " * 100_000
        made = ok(
            self.client.post(f"{self.contact}/files", files={"file": ("Contrato ñ.txt", content, "text/plain")}), 201
        )
        assert (made["name"], made["size"]) == ("Contrato ñ.txt", len(content))
        assert self.client.get(f"/api/v1/files/{made['id']}/content").content == content
        part = self.client.get(f"/api/v1/files/{made['id']}/content", headers={"Range": "bytes=9-17"})
        assert (part.status_code, part.content) == (206, b"contrato ")
        for body, pinned in (("Primera", False), ("**Importante**", True)):
            ok(self.client.post("/api/v1/notes", json={"contact_id": self.id, "body": body, "pinned": pinned}), 201)

    def client_accepts_and_orders(self, estimate: str) -> None:
        """The client's own side of flow 2."""

        def visible() -> bool:
            return self.visitor.get(f"/portal/api/documents/{estimate}").status_code == 200

        until_now(visible, what="the estimate in the portal")
        assert self.visitor.get(f"/portal/api/documents/{estimate}/pdf").content.startswith(b"%PDF-")
        ok(self.visitor.post(f"/portal/api/documents/{estimate}/accept"))

        def accepted() -> bool:
            return bool(ok(self.client.get(f"/api/v1/documents/{estimate}"))["status"] == "accepted")

        until_now(accepted, what="the accepted estimate")
        product = ok(self.visitor.get("/portal/api/catalogue"))["items"][0]
        order = ok(
            self.visitor.post("/portal/api/orders", json={"lines": [{"product_id": product["id"], "quantity": "3"}]}),
            201,
        )

        def drafted() -> bool:
            found = self.client.get(f"/api/v1/documents/{order['id']}")
            return found.status_code == 200 and found.json()["status"] == "draft"

        until_now(drafted, what="the draft sales order")

    def compare(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        """The panel shows every change."""
        month = day_in(DEFAULT_ZONE).month - 1
        for field, change in (("sales", self.sold), ("purchases", self.bought)):
            old, new = (Decimal(panel["year"]["months"][month][field]) for panel in (before, after))
            assert new - old == change, field
        assert after["contact"]["trade_name"] == "Blauer See"
        assert "Greta Blau" in [item["name"] for item in after["people"]["items"]]
        portal = after["portal"]
        assert (portal["enabled"], portal["has_password"], portal["catalogue"]) == (True, True, True)
        assert after["documents"]["counts"]["purchases"] - before["documents"]["counts"]["purchases"] == 4
        assert after["activities"]["count"] - before["activities"]["count"] == 4
        assert after["opportunities"]["count"] - before["opportunities"]["count"] == 1
        assert after["files"]["count"] - before["files"]["count"] == 1
        assert after["notes"]["count"] - before["notes"]["count"] == 2
        assert after["notes"]["items"][0]["pinned"] is True
