"""What can be done with a document while it is a draft."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents import events, repository
from documents.drafts.amounts import Amounts, LineFigures, add_up
from documents.drafts.lines import resolve_lines, without_subtotal
from documents.drafts.schemas import DocumentIn, DocumentPatch, DraftShown, LineIn
from documents.errors import CannotConvert, ContactNotFound, NotADraft, NotApproved, Voided
from documents.kinds import KINDS, DocumentKind
from documents.models import Document
from documents.products import service as products
from documents.replicas import service as replicas
from documents.series import service as series
from shared.clock import utc_now
from shared.currencies import at_least, money_text, price_text, zero
from shared.db.tenancy import org_of
from shared.errors import Invalid, invalid
from shared.events.contacts import ContactState
from shared.events.documents import DocumentCreated, DocumentDeleted, DocumentType, DocumentUpdated
from shared.events.portal import OrderState
from shared.events.taxes import TaxesWrong
from shared.identifiers import new_id
from shared.service_client import ServiceClient
from shared.versions import Expected, check_version
from shared.web.amending import Amendment

_LARGEST = Decimal(10) ** 12
_EDITABLE = (
    "contact_id",
    "contact_name",
    "issue_date",
    "due_date",
    "currency",
    "language",
    "payment_method",
    "series_id",
    "supplier_number",
    "corrects_id",
    "notes",
    "lines",
    "subtotal",
    "tax_total",
    "total",
)
_PLAIN = ("currency", "language", "payment_method", "series_id", "supplier_number", "notes")


async def create_document(session: AsyncSession, given: DocumentIn, *, asker: ServiceClient | None = None) -> Document:
    """Raises ContactNotFound, ContactDeleted, Invalid."""
    contact = await replicas.require_contact(session, given.contact_id, asker)
    return await _create(session, given, contact)


async def draft_order(session: AsyncSession, order: OrderState) -> None:
    """An order from the portal as a draft sales order of the same id; a second time changes nothing.

    Prices and taxes are the products' own by now; where they cannot be any more (another currency, an amount beyond
    what a document takes), those that the client saw. Raises ContactNotFound while the contact is on its way.
    """
    if await repository.get_document(session, order.id):
        return
    contact = await replicas.find_contact(session, order.contact_id)
    if contact is None:
        raise ContactNotFound()
    ordered = await products.find_products(session, [line.product_id for line in order.lines])
    currency = order.currency or next((product.currency for product in ordered.values()), None)
    elsewhere = {product.id for product in ordered.values() if product.currency != currency}

    def priced(*, as_seen: bool) -> DocumentIn:
        lines = [
            LineIn(
                product_id=line.product_id,
                quantity=line.quantity,
                unit_price=line.unit_price if as_seen or line.product_id in elsewhere else None,
            )
            for line in order.lines
        ]
        return DocumentIn(
            type="sales_order", contact_id=order.contact_id, currency=currency, lines=lines, notes=order.notes
        )

    try:
        await _create(session, priced(as_seen=False), contact, document_id=order.id)
    except Invalid:
        await _create(session, priced(as_seen=True), contact, document_id=order.id)


async def convert_document(
    session: AsyncSession, document_id: UUID, into: DocumentType, *, asker: ServiceClient | None = None
) -> Document:
    """A draft of another type with the same contact and lines, dated today; the source stays as it is.

    Raises DocumentNotFound, Voided, NotApproved, CannotConvert, ContactDeleted.
    """
    source = await repository.require_document(session, document_id)
    if source.status == "voided":
        raise Voided()
    if into not in KINDS[cast(DocumentType, source.type)].becomes:
        raise CannotConvert(f"{source.type} does not become {into}.")
    corrects = bool(KINDS[into].corrects)
    if corrects and source.status == "draft":
        raise NotApproved()
    contact = await replicas.require_contact(session, source.contact_id, asker)
    document = _blank(session, KINDS[into], contact, issue_date=await replicas.get_today(session))
    if corrects:
        document.issue_date = max(document.issue_date, source.issue_date)
    for field in ("currency", "language", "payment_method", "notes", "lines"):
        setattr(document, field, getattr(source, field))
    document.source_id = source.id
    if corrects:
        document.corrects_id, document.tax_date = source.id, source.tax_date
    document.due_date = _default_due_date(document, contact)
    _reckon(document, blame="lines")
    return await _add(session, document)


async def update_draft(
    session: AsyncSession,
    document_id: UUID,
    given: Amendment[DocumentPatch],
    *,
    expected: Expected,
    asker: ServiceClient | None = None,
) -> Document:
    """Only what was sent changes, and only what changes is judged; the totals follow.

    Raises DocumentNotFound, NotADraft, StaleVersion, Invalid.
    """
    document = await _require_draft(session, document_id, expected)
    patch = given.beside(DraftShown.model_validate(document))
    before = {field: getattr(document, field) for field in (*_EDITABLE, "tax_date")}

    def changed() -> set[str]:
        return {field for field, value in before.items() if getattr(document, field) != value}

    sent = patch.model_fields_set
    kind = KINDS[cast(DocumentType, document.type)]
    contact = await _contact_of(session, document, patch, asker)
    for field in sent.intersection((*_PLAIN, "corrects_id")):
        setattr(document, field, getattr(patch, field))
    await _check_references(session, document, kind, changed())
    corrected = await _corrected_by(session, kind, document, changed())
    _move_dates(document, patch, contact)
    if changed() & {"issue_date", "due_date"}:
        _check_due_date(document)
    if corrected and changed() & {"issue_date", "corrects_id"}:
        _check_order(document, corrected)
    document.tax_date = corrected.tax_date if corrected else document.issue_date
    if "lines" in sent:
        lines = await resolve_lines(
            session,
            patch.lines,
            contact.defaults,
            side=kind.side,
            currency=document.currency,
            on=document.tax_date,
            stored=document.lines,
        )
        if lines != [without_subtotal(line) for line in document.lines]:
            document.lines = lines
    if changed() & {"lines", "tax_date", "currency"}:
        _reckon(document, blame="issue_date" if "tax_date" in changed() else "lines")
    if changed():
        told = changed() - {"tax_date"}
        document.bump()
        await repository.save_document(session, document)
        await events.record_document(session, DocumentUpdated, document, changed=told)
    return document


async def delete_draft(session: AsyncSession, document_id: UUID, *, expected: Expected) -> None:
    """Raises DocumentNotFound, NotADraft, StaleVersion."""
    document = await _require_draft(session, document_id, expected)
    document.bump()
    await events.record_document(session, DocumentDeleted, document)
    await repository.remove_document(session, document)


async def _create(
    session: AsyncSession, given: DocumentIn, contact: ContactState, *, document_id: UUID | None = None
) -> Document:
    kind = KINDS[given.type]
    corrected = await _require_corrected(session, kind, given.corrects_id, contact.id)
    home = await replicas.get_home(session)
    issue_date = given.issue_date or max(home.today, corrected.issue_date if corrected else home.today)
    document = _blank(session, kind, contact, issue_date=issue_date)
    if document_id:
        document.id = document_id
    source_currency = corrected.currency if corrected else contact.defaults.currency
    document.currency = given.currency or source_currency or home.currency
    document.language = given.language or contact.defaults.language or home.language
    document.payment_method = given.payment_method or contact.defaults.payment_method
    document.series_id, document.supplier_number = given.series_id, given.supplier_number
    document.notes = given.notes
    if corrected:
        _check_order(document, corrected)
        document.corrects_id, document.tax_date = corrected.id, corrected.tax_date
    await _check_references(session, document, kind, given.model_fields_set)
    document.due_date = given.due_date or _default_due_date(document, contact)
    _check_due_date(document)
    if given.lines is None and corrected:
        document.lines = corrected.lines
    else:
        document.lines = await resolve_lines(
            session,
            given.lines or (),
            contact.defaults,
            side=kind.side,
            currency=document.currency,
            on=document.tax_date,
        )
    _reckon(document, blame="lines")
    return await _add(session, document)


def _blank(session: AsyncSession, kind: DocumentKind, contact: ContactState, *, issue_date: date) -> Document:
    now = utc_now()
    return Document(
        org_id=org_of(session),
        id=new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        type=kind.type,
        side=kind.side,
        status="draft",
        contact_id=contact.id,
        contact_name=contact.name,
        issue_date=issue_date,
        tax_date=issue_date,
        paid_total=Decimal(0),
        pending_total=Decimal(0),
    )


async def _add(session: AsyncSession, document: Document) -> Document:
    await repository.save_document(session, document)
    await events.record_document(session, DocumentCreated, document)
    return document


def _reckon(document: Document, *, blame: str) -> None:
    """Bring the figures in line with lines, currency and tax date. Raises Invalid naming `blame`."""
    try:
        amounts = add_up(_figures(document.lines), on=document.tax_date, currency=document.currency)
    except TaxesWrong as wrong:
        raise invalid(blame, wrong.code, str(wrong)) from None
    if any(abs(amount) >= _LARGEST for amount in (*amounts.line_subtotals, amounts.subtotal, amounts.total)):
        raise invalid("lines", "amount_too_large", "Amounts take twelve digits before the point at most.")
    document.lines = [
        {
            **line,
            "unit_price": price_text(Decimal(line["unit_price"]), document.currency),
            "subtotal": money_text(subtotal, document.currency),
        }
        for line, subtotal in zip(document.lines, amounts.line_subtotals, strict=True)
    ]
    document.taxes = _tax_rows(amounts, document.currency)
    document.subtotal, document.tax_total, document.total = amounts.subtotal, amounts.tax_total, amounts.total
    document.paid_total = document.pending_total = zero(document.currency)


def _figures(lines: Sequence[dict[str, Any]]) -> list[LineFigures]:
    return [
        LineFigures(
            quantity=Decimal(line["quantity"]),
            unit_price=Decimal(line["unit_price"]),
            discount_pct=Decimal(line["discount_pct"]),
            taxes=line["taxes"],
        )
        for line in lines
    ]


def _tax_rows(amounts: Amounts, currency: str) -> list[dict[str, Any]]:
    return [
        {
            "code": tax.code,
            "rate": at_least(tax.rate, 2),
            "base": money_text(tax.base, currency),
            "amount": money_text(tax.amount, currency),
        }
        for tax in amounts.taxes
    ]


async def _require_draft(session: AsyncSession, document_id: UUID, expected: Expected) -> Document:
    document = await repository.require_document(session, document_id, lock=True)
    check_version(expected, document.version)
    if document.status != "draft":
        raise NotADraft()
    return document


async def _contact_of(
    session: AsyncSession, document: Document, given: DocumentPatch, asker: ServiceClient | None
) -> ContactState:
    """A draft may keep a contact that was deleted since, but not move to one."""
    if "contact_id" in given.model_fields_set and given.contact_id != document.contact_id:
        contact = await replicas.require_contact(session, given.contact_id, asker)
        document.contact_id, document.contact_name = contact.id, contact.name
        return contact
    found = await replicas.find_contact(session, document.contact_id)
    if found is None:
        raise ContactNotFound()
    return found


async def _require_corrected(
    session: AsyncSession, kind: DocumentKind, corrects_id: UUID | None, contact_id: UUID
) -> Document | None:
    """The approved document of the same contact that a credit note names. Raises Invalid."""
    if corrects_id is None:
        return None
    found = await repository.get_document(session, corrects_id)
    if found is None or found.type not in kind.corrects or found.contact_id != contact_id:
        raise invalid("corrects_id", "corrects_unknown", f"A {kind.type} corrects no such document of this contact.")
    if found.status in ("draft", "voided"):
        raise invalid("corrects_id", "corrects_not_approved", "The document to be corrected is not approved.")
    return found


async def _corrected_by(
    session: AsyncSession, kind: DocumentKind, document: Document, changed: set[str]
) -> Document | None:
    """What a draft corrects: judged where that, or whose it is, changes. Raises Invalid."""
    if changed & {"corrects_id", "contact_id"}:
        return await _require_corrected(session, kind, document.corrects_id, document.contact_id)
    return await repository.get_document(session, document.corrects_id) if document.corrects_id else None


async def _check_references(session: AsyncSession, document: Document, kind: DocumentKind, changed: set[str]) -> None:
    if "supplier_number" in changed and document.supplier_number and kind.side == "sales":
        raise invalid("supplier_number", "not_a_purchase", "Only purchases carry the supplier's number.")
    if "series_id" in changed and document.series_id:
        await series.check_series(session, document.series_id, kind.type)


def _check_order(credit_note: Document, corrected: Document) -> None:
    if credit_note.issue_date < corrected.issue_date:
        raise invalid("issue_date", "before_corrected", f"{corrected.number} is of {corrected.issue_date}.")


def _move_dates(document: Document, given: DocumentPatch, contact: ContactState) -> None:
    """A new issue date takes the due date along, unless that was sent too."""
    sent = given.model_fields_set
    if "issue_date" in sent:
        if document.due_date:
            document.due_date = given.issue_date + (document.due_date - document.issue_date)
        document.issue_date = given.issue_date
    if "due_date" in sent:
        document.due_date = given.due_date or _default_due_date(document, contact)


def _default_due_date(document: Document, contact: ContactState) -> date | None:
    kind = KINDS[cast(DocumentType, document.type)]
    if kind.turnover <= 0:
        return None
    return document.issue_date + timedelta(days=contact.defaults.payment_days or 0)


def _check_due_date(document: Document) -> None:
    if document.due_date and document.due_date < document.issue_date:
        raise invalid("due_date", "due_before_issue", "The due date lies before the issue date.")
