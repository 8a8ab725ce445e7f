"""The words that are printed, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from documents.printing.model import Language, Stamp, TaxKind
from shared.events.documents import DocumentType


@dataclass(frozen=True, slots=True)
class Words:
    """`titles`: what the law or trade calls the document. `kinds`: what people call it, where that differs.

    `stamps` are in the gender of the type, `due` says what the due date means on it.
    """

    titles: Mapping[DocumentType, str]
    kinds: Mapping[DocumentType, str]
    stamps: Mapping[Stamp, tuple[str, str]]
    feminine: frozenset[DocumentType]
    due: Mapping[DocumentType, str]
    taxes: Mapping[TaxKind, str]
    untaxed: Mapping[str, str]
    payment_methods: Mapping[str, str]
    labels: Mapping[str, str]

    def stamp(self, stamp: Stamp, document_type: DocumentType) -> str:
        feminine, masculine = self.stamps[stamp]
        return feminine if document_type in self.feminine else masculine


_OFFERS: tuple[DocumentType, ...] = ("estimate", "proforma")
_ORDERS: tuple[DocumentType, ...] = ("sales_order", "purchase_order")


def _due(offer: str, order: str) -> dict[DocumentType, str]:
    return {**dict.fromkeys(_OFFERS, offer), **dict.fromkeys(_ORDERS, order)}


_INVOICES: frozenset[DocumentType] = frozenset(
    {"invoice", "sales_receipt", "credit_note", "proforma", "purchase_invoice", "purchase_credit_note"}
)

WORDS: dict[Language, Words] = {
    "es": Words(
        titles={
            "invoice": "Factura",
            "sales_receipt": "Factura simplificada",
            "credit_note": "Factura rectificativa",
            "estimate": "Presupuesto",
            "proforma": "Proforma",
            "delivery_note": "Albarán",
            "sales_order": "Pedido de venta",
            "purchase_invoice": "Factura de compra",
            "purchase_receipt": "Ticket de compra",
            "purchase_credit_note": "Factura de compra rectificativa",
            "purchase_order": "Pedido de compra",
        },
        kinds={"sales_receipt": "Ticket de venta"},
        stamps={"draft": ("BORRADOR", "BORRADOR"), "voided": ("ANULADA", "ANULADO")},
        feminine=_INVOICES,
        due=_due("Válido hasta", "Entrega prevista"),
        taxes={"vat": "IVA", "surcharge": "Recargo de equivalencia", "retention": "Retención IRPF"},
        untaxed={
            "intra_eu": "Operación intracomunitaria",
            "export": "Exportación",
            "exempt": "Exento de IVA",
            "not_subject": "No sujeto a IVA",
        },
        payment_methods={
            "transfer": "Transferencia bancaria",
            "bank_transfer": "Transferencia bancaria",
            "direct_debit": "Recibo domiciliado",
            "card": "Tarjeta",
            "cash": "Efectivo",
            "bizum": "Bizum",
            "cheque": "Cheque",
            "check": "Cheque",
            "promissory_note": "Pagaré",
            "paypal": "PayPal",
            "confirming": "Confirming",
        },
        labels={
            "client": "Cliente",
            "supplier": "Proveedor",
            "tax_id": "NIF",
            "passport": "Pasaporte",
            "residence_certificate": "Certificado de residencia",
            "other_id": "N.º de identificación",
            "vat_number": "NIF-IVA",
            "number": "Número",
            "supplier_number": "N.º del proveedor",
            "issue_date": "Fecha",
            "due_date": "Vencimiento",
            "corrects": "Rectifica la factura",
            "description": "Descripción",
            "quantity": "Cantidad",
            "unit_price": "Precio",
            "discount": "Dto.",
            "line_taxes": "Impuestos",
            "line_subtotal": "Importe",
            "tax": "Impuesto",
            "base": "Base",
            "rate": "Tipo",
            "amount": "Cuota",
            "subtotal": "Base imponible",
            "total": "Total",
            "paid": "Pagado",
            "pending": "Pendiente",
            "payment": "Forma de pago",
            "notes": "Observaciones",
            "page": "Página",
            "of": "de",
        },
    ),
    "en": Words(
        titles={
            "invoice": "Invoice",
            "sales_receipt": "Simplified invoice",
            "credit_note": "Credit note",
            "estimate": "Estimate",
            "proforma": "Pro forma invoice",
            "delivery_note": "Delivery note",
            "sales_order": "Sales order",
            "purchase_invoice": "Purchase invoice",
            "purchase_receipt": "Purchase receipt",
            "purchase_credit_note": "Purchase credit note",
            "purchase_order": "Purchase order",
        },
        kinds={"sales_receipt": "Sales receipt"},
        stamps={"draft": ("DRAFT", "DRAFT"), "voided": ("VOID", "VOID")},
        feminine=_INVOICES,
        due=_due("Valid until", "Expected delivery"),
        taxes={"vat": "VAT", "surcharge": "Equivalence surcharge", "retention": "Income tax withheld (IRPF)"},
        untaxed={
            "intra_eu": "Intra-Community transaction",
            "export": "Export",
            "exempt": "Exempt from VAT",
            "not_subject": "Not subject to VAT",
        },
        payment_methods={
            "transfer": "Bank transfer",
            "bank_transfer": "Bank transfer",
            "direct_debit": "Direct debit",
            "card": "Card",
            "cash": "Cash",
            "bizum": "Bizum",
            "cheque": "Cheque",
            "check": "Cheque",
            "promissory_note": "Promissory note",
            "paypal": "PayPal",
            "confirming": "Confirming",
        },
        labels={
            "client": "Customer",
            "supplier": "Supplier",
            "tax_id": "Tax ID",
            "passport": "Passport",
            "residence_certificate": "Certificate of residence",
            "other_id": "ID no.",
            "vat_number": "VAT no.",
            "number": "Number",
            "supplier_number": "Supplier’s number",
            "issue_date": "Date",
            "due_date": "Due date",
            "corrects": "Corrects invoice",
            "description": "Description",
            "quantity": "Quantity",
            "unit_price": "Price",
            "discount": "Disc.",
            "line_taxes": "Taxes",
            "line_subtotal": "Amount",
            "tax": "Tax",
            "base": "Base",
            "rate": "Rate",
            "amount": "Amount",
            "subtotal": "Net amount",
            "total": "Total",
            "paid": "Paid",
            "pending": "Balance due",
            "payment": "Payment",
            "notes": "Notes",
            "page": "Page",
            "of": "of",
        },
    ),
    "ca": Words(
        titles={
            "invoice": "Factura",
            "sales_receipt": "Factura simplificada",
            "credit_note": "Factura rectificativa",
            "estimate": "Pressupost",
            "proforma": "Proforma",
            "delivery_note": "Albarà",
            "sales_order": "Comanda de venda",
            "purchase_invoice": "Factura de compra",
            "purchase_receipt": "Tiquet de compra",
            "purchase_credit_note": "Factura de compra rectificativa",
            "purchase_order": "Comanda de compra",
        },
        kinds={"sales_receipt": "Tiquet de venda"},
        stamps={"draft": ("ESBORRANY", "ESBORRANY"), "voided": ("ANUL·LADA", "ANUL·LAT")},
        feminine=_INVOICES | frozenset(_ORDERS),
        due=_due("Vàlid fins al", "Lliurament previst"),
        taxes={"vat": "IVA", "surcharge": "Recàrrec d’equivalència", "retention": "Retenció IRPF"},
        untaxed={
            "intra_eu": "Operació intracomunitària",
            "export": "Exportació",
            "exempt": "Exempt d’IVA",
            "not_subject": "No subjecte a IVA",
        },
        payment_methods={
            "transfer": "Transferència bancària",
            "bank_transfer": "Transferència bancària",
            "direct_debit": "Rebut domiciliat",
            "card": "Targeta",
            "cash": "Efectiu",
            "bizum": "Bizum",
            "cheque": "Xec",
            "check": "Xec",
            "promissory_note": "Pagaré",
            "paypal": "PayPal",
            "confirming": "Confirming",
        },
        labels={
            "client": "Client",
            "supplier": "Proveïdor",
            "tax_id": "NIF",
            "passport": "Passaport",
            "residence_certificate": "Certificat de residència",
            "other_id": "Núm. d’identificació",
            "vat_number": "NIF-IVA",
            "number": "Número",
            "supplier_number": "Núm. del proveïdor",
            "issue_date": "Data",
            "due_date": "Venciment",
            "corrects": "Rectifica la factura",
            "description": "Descripció",
            "quantity": "Quantitat",
            "unit_price": "Preu",
            "discount": "Dte.",
            "line_taxes": "Impostos",
            "line_subtotal": "Import",
            "tax": "Impost",
            "base": "Base",
            "rate": "Tipus",
            "amount": "Quota",
            "subtotal": "Base imposable",
            "total": "Total",
            "paid": "Pagat",
            "pending": "Pendent",
            "payment": "Forma de pagament",
            "notes": "Observacions",
            "page": "Pàgina",
            "of": "de",
        },
    ),
}
