"""What a document's PDF says: frozen facts once approved, present ones while a draft."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents.errors import ContactNotFound
from documents.models import Document
from documents.printing.model import Language, PrintedDocument, PrintedLine, PrintedParty, PrintedTax, Stamp
from documents.printouts import repository
from documents.replicas import service as replicas
from documents.service import get_document
from shared.db.tenancy import Scope, scope_of
from shared.errors import Unavailable
from shared.events.documents import DocumentType
from shared.events.taxes import TAXES
from shared.service_client import ServiceClient

_STAMPS: Mapping[str, Stamp] = {"draft": "draft", "voided": "voided"}


async def compose_printout(
    session: AsyncSession,
    document_id: UUID,
    *,
    contacts: ServiceClient | None = None,
    gateway: ServiceClient | None = None,
) -> PrintedDocument:
    """Raises DocumentNotFound; of a draft also OrganizationUnknown and ContactNotFound."""
    document = await get_document(session, document_id)
    organization, contact = await _both_ends(session, document, contacts)
    corrected = await get_document(session, document.corrects_id) if document.corrects_id else None
    return PrintedDocument(
        type=cast(DocumentType, document.type),
        language=cast(Language, document.language),
        number=document.number,
        supplier_number=document.supplier_number,
        corrects_number=corrected.number if corrected else None,
        corrects_date=corrected.issue_date if corrected else None,
        issue_date=document.issue_date,
        due_date=document.due_date,
        organization=_party(organization, organization.get("address")),
        contact=_party(contact, contact.get("billing_address")),
        currency=document.currency,
        lines=tuple(_line(line) for line in document.lines),
        taxes=tuple(_tax(tax) for tax in document.taxes),
        subtotal=document.subtotal,
        total=document.total,
        paid_total=document.paid_total,
        payment_method=document.payment_method,
        iban=organization.get("iban"),
        bic=organization.get("bic"),
        notes=document.notes,
        stamp=_STAMPS.get(document.status),
        accent=organization.get("color"),
        logo=await _logo(session, organization.get("logo"), gateway),
    )


async def _both_ends(
    session: AsyncSession, document: Document, asker: ServiceClient | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    if document.organization_snapshot and document.contact_snapshot:
        return document.organization_snapshot, document.contact_snapshot
    organization = await replicas.require_organization(session)
    contact = await replicas.find_contact(session, document.contact_id, asker)
    if contact is None:
        raise ContactNotFound()
    return organization.model_dump(mode="json"), contact.model_dump(mode="json")


async def _logo(session: AsyncSession, digest: str | None, gateway: ServiceClient | None) -> bytes | None:
    """Asked for once, then kept. One that cannot be had is left out: no document waits for a picture."""
    if digest is None:
        return None
    logo = await repository.find_logo(session, digest)
    if logo is None and gateway is not None:
        logo = await _fetched_logo(digest, gateway, scope_of(session))
        if logo is not None:
            await repository.keep_logo(session, digest, logo)
    return logo


async def _fetched_logo(digest: str, gateway: ServiceClient, scope: Scope) -> bytes | None:
    try:
        async with gateway.get(f"/logos/{digest}.png", scope) as answer:
            logo = await answer.read() if answer else None
    except Unavailable:
        return None
    return logo if logo is not None and hashlib.sha256(logo).hexdigest() == digest else None


def _party(state: dict[str, Any], address: dict[str, Any] | None) -> PrintedParty:
    """An organisation has one e-mail and phone, a contact lists of which the first is the main one."""
    return PrintedParty(
        name=state["name"],
        trade_name=state.get("trade_name"),
        tax_id=state.get("tax_id"),
        tax_id_type=state.get("tax_id_type") or "nif",
        vat_number=state.get("vat_number"),
        email=state.get("email") or next(iter(state.get("emails") or ()), None),
        phone=_dialled(state.get("phone") or next(iter(state.get("phones") or ()), None)),
        website=state.get("website"),
        **{name: (address or {}).get(name) for name in ("street", "postal_code", "city", "province", "country")},
    )


def _dialled(phone: str | None) -> str | None:
    """An extension as people write it, not as RFC 3966 does."""
    return phone and phone.replace(";ext=", " ext. ")


def _line(line: dict[str, Any]) -> PrintedLine:
    return PrintedLine(
        description=line["description"],
        quantity=Decimal(line["quantity"]),
        unit_price=Decimal(line["unit_price"]),
        discount_pct=Decimal(line["discount_pct"]),
        taxes=tuple(line["taxes"]),
        subtotal=Decimal(line["subtotal"]),
    )


def _tax(tax: dict[str, Any]) -> PrintedTax:
    return PrintedTax(
        code=tax["code"],
        kind=TAXES[tax["code"]].kind,
        rate=Decimal(tax["rate"]),
        base=Decimal(tax["base"]),
        amount=Decimal(tax["amount"]),
    )
