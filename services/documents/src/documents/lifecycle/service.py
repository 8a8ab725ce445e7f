"""What becomes of a document after its draft: approved, voided, answered."""

from decimal import Decimal
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents import events, repository
from documents.crediting import TooMuch, shares_of, tax_of
from documents.errors import (
    BeforeCorrected,
    HasPayments,
    NegativeTotal,
    NoLines,
    NotADraft,
    NotAnEstimate,
    NotApproved,
    NothingCorrected,
    OverCredited,
)
from documents.kinds import KINDS
from documents.models import Document
from documents.payments import service as payments
from documents.replicas import service as replicas
from documents.series import service as series
from documents.totals import service as totals
from shared.clock import utc_now
from shared.currencies import money_text
from shared.events.contacts import ContactState
from shared.events.documents import (
    DocumentApproved,
    DocumentType,
    DocumentUpdated,
    DocumentVoided,
)
from shared.service_client import ServiceClient
from shared.versions import Expected, check_version

Answer = Literal["accepted", "rejected"]

_FISCAL_FIELDS = {
    *("id", "kind", "name", "trade_name", "tax_id", "tax_id_type", "vat_number"),
    *("emails", "phones", "billing_address"),
}


async def approve_document(
    session: AsyncSession, document_id: UUID, *, expected: Expected = None, asker: ServiceClient | None = None
) -> Document:
    """Number it, freeze it with both ends' fiscal data, count it. A credit note settles what it corrects.

    Where nothing is to be paid, it is paid. Raises DocumentNotFound, StaleVersion, NotADraft, NoLines, NegativeTotal,
    NothingCorrected, OverCredited, BeforeCorrected, NumberTaken, SeriesTaken, ContactDeleted, OrganizationUnknown.
    """
    document = await repository.require_document(session, document_id, lock=True)
    check_version(expected, document.version)
    if document.status != "draft":
        raise NotADraft()
    if not document.lines:
        raise NoLines()
    kind = KINDS[cast(DocumentType, document.type)]
    if kind.payable and document.total < 0:
        raise NegativeTotal()
    corrected = await _lock_corrected(session, document) if kind.corrects else None
    if corrected:
        await _fit_into(session, document, corrected)
    organization = await replicas.require_organization(session)
    contact = await replicas.require_contact(session, document.contact_id, asker)
    document.organization_snapshot = organization.model_dump(mode="json")
    document.contact_snapshot = _fiscal(contact)
    document.contact_name = contact.name
    document.status = "approved"
    document.approved_at = utc_now()
    await totals.count_document(session, document, sign=1)
    if kind.payable:
        await totals.change_pending(session, document, document.total)
        if not document.pending_total:
            document.status = "paid"
    document.series_id, document.number = await series.take_number(
        session, kind.type, document.series_id, document.issue_date
    )
    document.bump()
    await repository.save_document(session, document)
    if corrected:
        await payments.set_off(session, document, corrected)
    await events.record_document(session, DocumentApproved, document, changed=["number", "status"])
    return document


async def void_document(session: AsyncSession, document_id: UUID, *, expected: Expected = None) -> Document:
    """It keeps its number and counts nowhere any more. Voiding twice changes nothing the second time.

    Raises DocumentNotFound, StaleVersion, NotApproved (a draft is deleted instead), HasPayments.
    """
    document = await repository.require_document(session, document_id, lock=True)
    check_version(expected, document.version)
    if document.status == "draft":
        raise NotApproved("A draft is deleted, not voided.")
    if document.status == "voided":
        return document
    corrected = None
    if KINDS[cast(DocumentType, document.type)].corrects and document.corrects_id:
        corrected = await repository.require_document(session, document.corrects_id, lock=True)
    await totals.count_document(session, document, sign=-1)
    if corrected:
        await payments.undo_set_off(session, document, corrected)
    if document.paid_total or await repository.has_credit_notes(session, document.id):
        raise HasPayments()
    await totals.change_pending(session, document, -document.pending_total)
    document.status = "voided"
    document.bump()
    await repository.save_document(session, document)
    await events.record_document(session, DocumentVoided, document, changed=["status"])
    return document


async def answer_estimate(
    session: AsyncSession, document_id: UUID, answer: Answer, *, reason: str | None = None, expected: Expected = None
) -> Document:
    """The last answer counts. Raises DocumentNotFound, StaleVersion, NotAnEstimate."""
    document = await repository.require_document(session, document_id, lock=True)
    check_version(expected, document.version)
    if not _answerable(document):
        raise NotAnEstimate()
    await _keep_answer(session, document, answer, reason)
    return document


async def hear_answer(session: AsyncSession, document_id: UUID, answer: Answer, *, reason: str | None) -> None:
    """The client's own answer, from the portal. One to an estimate voided in the meantime has no effect."""
    document = await repository.require_document(session, document_id, lock=True)
    if _answerable(document):
        await _keep_answer(session, document, answer, reason)


def _answerable(document: Document) -> bool:
    return document.type == "estimate" and document.status in ("approved", "accepted", "rejected")


async def _keep_answer(session: AsyncSession, document: Document, answer: Answer, reason: str | None) -> None:
    if (document.status, document.answer_reason) == (answer, reason):
        return
    document.status, document.answer_reason = answer, reason
    document.bump()
    await repository.save_document(session, document)
    await events.record_document(session, DocumentUpdated, document, changed=["status"])


async def _lock_corrected(session: AsyncSession, credit_note: Document) -> Document:
    """What a credit note corrects, still able to take it. Raises NothingCorrected, BeforeCorrected."""
    if credit_note.corrects_id is None:
        raise NothingCorrected()
    corrected = await repository.require_document(session, credit_note.corrects_id, lock=True)
    if corrected.status == "voided" or corrected.currency != credit_note.currency:
        raise NothingCorrected("What it corrects was voided, or is in another currency.")
    if credit_note.issue_date < corrected.issue_date:
        raise BeforeCorrected(f"{corrected.number} is of {corrected.issue_date}.")
    return corrected


async def _fit_into(session: AsyncSession, credit_note: Document, corrected: Document) -> None:
    """Not beyond the base of any tax, nor the total, of what all its credit notes correct. The taxes give way by a cent
    where roundings would add up: the last one takes what is left. Raises OverCredited.
    """
    whole = shares_of(corrected.taxes, corrected.lines)
    credited = await repository.credited_shares(session, corrected.id)
    own = shares_of(credit_note.taxes, credit_note.lines)
    rates = {row["code"]: Decimal(row["rate"]) for row in credit_note.taxes}
    try:
        amounts = {
            code: tax_of(code, share, rates.get(code, Decimal(0)), whole=whole, credited=credited)
            for code, share in own.items()
        }
    except TooMuch as much:
        raise OverCredited(f"{corrected.number}: {much}.") from None
    credit_note.taxes = [{**row, "amount": f"{amounts[row['code']]:f}"} for row in credit_note.taxes]
    credit_note.tax_total = sum(amounts.values(), Decimal(0))
    credit_note.total = credit_note.subtotal + credit_note.tax_total
    left = corrected.total - await repository.credited_total(session, corrected.id)
    if credit_note.total > left:
        rest = f"{money_text(left, corrected.currency)} {corrected.currency}"
        raise OverCredited(f"{rest} of {corrected.number} can be credited.")


def _fiscal(contact: ContactState) -> dict[str, Any]:
    return contact.model_dump(mode="json", include=_FISCAL_FIELDS)
