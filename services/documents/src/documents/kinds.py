"""The eleven types of documents and how they differ. Pure data."""

from dataclasses import dataclass, field

from shared.events.documents import DocumentType, Side


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """`turnover`: +1 counts, -1 subtracts, 0 is none. `payable`: something becomes pending at approval."""

    type: DocumentType
    side: Side
    number_format: str
    series_name: str
    turnover: int = 0
    payable: bool = False
    corrects: frozenset[DocumentType] = field(default=frozenset())
    becomes: frozenset[DocumentType] = field(default=frozenset())


_SALES_CHAIN: frozenset[DocumentType] = frozenset(
    {"estimate", "proforma", "sales_order", "delivery_note", "invoice", "sales_receipt"}
)
_PURCHASE_CHAIN: frozenset[DocumentType] = frozenset({"purchase_order", "purchase_invoice", "purchase_receipt"})
_SALES_FINAL: frozenset[DocumentType] = frozenset({"invoice", "sales_receipt"})
_PURCHASE_FINAL: frozenset[DocumentType] = frozenset({"purchase_invoice", "purchase_receipt"})

KINDS: dict[DocumentType, DocumentKind] = {
    kind.type: kind
    for kind in (
        DocumentKind(
            "invoice",
            "sales",
            "F[YY]%%%%",
            "Facturas",
            turnover=1,
            payable=True,
            becomes=frozenset({"credit_note", "delivery_note", "invoice"}),
        ),
        DocumentKind(
            "sales_receipt",
            "sales",
            "T[YY]%%%%",
            "Tickets de venta",
            turnover=1,
            payable=True,
            becomes=frozenset({"credit_note", "invoice", "sales_receipt"}),
        ),
        DocumentKind(
            "credit_note",
            "sales",
            "R[YY]%%%%",
            "Facturas rectificativas",
            turnover=-1,
            payable=True,
            corrects=_SALES_FINAL,
        ),
        DocumentKind("estimate", "sales", "P[YY]%%%%", "Presupuestos", becomes=_SALES_CHAIN),
        DocumentKind("proforma", "sales", "PF[YY]%%%%", "Proformas", becomes=_SALES_CHAIN),
        DocumentKind("delivery_note", "sales", "A[YY]%%%%", "Albaranes", becomes=_SALES_CHAIN),
        DocumentKind("sales_order", "sales", "PV[YY]%%%%", "Pedidos de venta", becomes=_SALES_CHAIN),
        DocumentKind(
            "purchase_invoice",
            "purchases",
            "FC[YY]%%%%",
            "Facturas de compra",
            turnover=1,
            payable=True,
            becomes=frozenset({"purchase_credit_note", "purchase_invoice"}),
        ),
        DocumentKind(
            "purchase_receipt",
            "purchases",
            "TC[YY]%%%%",
            "Tickets de compra",
            turnover=1,
            payable=True,
            becomes=frozenset({"purchase_credit_note", "purchase_invoice", "purchase_receipt"}),
        ),
        DocumentKind(
            "purchase_credit_note",
            "purchases",
            "RC[YY]%%%%",
            "Facturas de compra rectificativas",
            turnover=-1,
            payable=True,
            corrects=_PURCHASE_FINAL,
        ),
        DocumentKind("purchase_order", "purchases", "PC[YY]%%%%", "Pedidos de compra", becomes=_PURCHASE_CHAIN),
    )
}
