"""What the mails say, in each language."""

from dataclasses import dataclass
from typing import Final

from shared.events.documents import DocumentType


@dataclass(frozen=True, slots=True)
class Phrases:
    """`documents`: title, and the title as it stands inside a sentence."""

    greeting: str
    attached: str
    number: str
    issue_date: str
    due_date: str
    total: str
    closing: str
    documents: dict[DocumentType, tuple[str, str]]


SPANISH: Final = Phrases(
    greeting="Hola, {name}:",
    attached="Le enviamos {document} en el PDF adjunto.",
    number="Número",
    issue_date="Fecha",
    due_date="Vencimiento",
    total="Total",
    closing="Si tiene cualquier duda, responda a este mensaje.",
    documents={
        "invoice": ("Factura", "la factura"),
        "sales_receipt": ("Ticket de venta", "el ticket de venta"),
        "credit_note": ("Factura rectificativa", "la factura rectificativa"),
        "estimate": ("Presupuesto", "el presupuesto"),
        "proforma": ("Factura proforma", "la factura proforma"),
        "delivery_note": ("Albarán", "el albarán"),
        "sales_order": ("Pedido de venta", "el pedido de venta"),
        "purchase_invoice": ("Factura de compra", "la factura de compra"),
        "purchase_receipt": ("Ticket de compra", "el ticket de compra"),
        "purchase_credit_note": ("Factura de compra rectificativa", "la factura de compra rectificativa"),
        "purchase_order": ("Pedido de compra", "el pedido de compra"),
    },
)

ENGLISH: Final = Phrases(
    greeting="Hello {name},",
    attached="Please find {document} attached as a PDF.",
    number="Number",
    issue_date="Date",
    due_date="Due date",
    total="Total",
    closing="If you have any questions, just reply to this message.",
    documents={
        "invoice": ("Invoice", "the invoice"),
        "sales_receipt": ("Sales receipt", "the sales receipt"),
        "credit_note": ("Credit note", "the credit note"),
        "estimate": ("Estimate", "the estimate"),
        "proforma": ("Proforma invoice", "the proforma invoice"),
        "delivery_note": ("Delivery note", "the delivery note"),
        "sales_order": ("Sales order", "the sales order"),
        "purchase_invoice": ("Purchase invoice", "the purchase invoice"),
        "purchase_receipt": ("Purchase receipt", "the purchase receipt"),
        "purchase_credit_note": ("Purchase credit note", "the purchase credit note"),
        "purchase_order": ("Purchase order", "the purchase order"),
    },
)

CATALAN: Final = Phrases(
    greeting="Hola, {name}:",
    attached="Us enviem {document} en el PDF adjunt.",
    number="Número",
    issue_date="Data",
    due_date="Venciment",
    total="Total",
    closing="Si teniu cap dubte, responeu a aquest missatge.",
    documents={
        "invoice": ("Factura", "la factura"),
        "sales_receipt": ("Tiquet de venda", "el tiquet de venda"),
        "credit_note": ("Factura rectificativa", "la factura rectificativa"),
        "estimate": ("Pressupost", "el pressupost"),
        "proforma": ("Factura proforma", "la factura proforma"),
        "delivery_note": ("Albarà", "l'albarà"),
        "sales_order": ("Comanda de venda", "la comanda de venda"),
        "purchase_invoice": ("Factura de compra", "la factura de compra"),
        "purchase_receipt": ("Tiquet de compra", "el tiquet de compra"),
        "purchase_credit_note": ("Factura de compra rectificativa", "la factura de compra rectificativa"),
        "purchase_order": ("Comanda de compra", "la comanda de compra"),
    },
)

PHRASES: Final = {"es": SPANISH, "en": ENGLISH, "ca": CATALAN}
