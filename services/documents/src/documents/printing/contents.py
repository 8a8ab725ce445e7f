"""From a document to the finished texts that the template sets: it writes no figure of its own."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from documents.printing import colors, letters
from documents.printing.figures import Figures
from documents.printing.model import PrintedDocument, PrintedLine, PrintedParty, PrintedTax, TaxKind
from documents.printing.words import WORDS, Words
from shared.events.contacts import TaxIdType

_ISSUED_BY_CONTACT = frozenset({"purchase_invoice", "purchase_receipt", "purchase_credit_note"})
_TAX_ID_LABELS: Mapping[TaxIdType, str] = {
    "nif": "tax_id",
    "vat": "vat_number",
    "passport": "passport",
    "residence": "residence_certificate",
    "other": "other_id",
}
_TAX_KINDS: tuple[TaxKind, ...] = ("vat", "surcharge", "retention")

_RUNNING = 50
_CODE = re.compile(r"[a-z0-9_]+")

Pair = tuple[str, str]


def contents_of(document: PrintedDocument) -> dict[str, Any]:
    return _Contents(document, WORDS[document.language], Figures(document.language, document.currency)).all()


@dataclass(frozen=True, slots=True)
class _Contents:
    document: PrintedDocument
    words: Words
    figures: Figures

    def all(self) -> dict[str, Any]:
        document, words = self.document, self.words
        title = words.titles[document.type]
        issuer, recipient = self._ends()
        accent = colors.accent(document.accent)
        full_title = " ".join(filter(None, (title, _clean(document.number))))
        return {
            "language": document.language,
            "date": [document.issue_date.year, document.issue_date.month, document.issue_date.day],
            "logo": list(document.logo) if document.logo and issuer is document.organization else None,
            "accent": accent,
            "accent_ink": colors.readable(accent),
            "title": title,
            "kind": words.kinds.get(document.type),
            "number": _clean(document.number),
            "document_title": full_title,
            "running_title": _shortened(full_title),
            "running_name": _shortened(_clean(issuer.name) or "") if issuer else "",
            "stamp": words.stamp(document.stamp, document.type) if document.stamp else None,
            "issuer": self._party(issuer, beside=recipient) if issuer else None,
            "recipient": self._party(recipient, beside=issuer) if recipient else None,
            "recipient_label": words.labels["supplier" if document.type == "purchase_order" else "client"],
            "facts": self._facts(),
            "columns": self._columns(),
            "rows": [[write(line) for _, _, write in self._line_columns()] for line in document.lines],
            "taxes": [self._tax_row(tax) for kind in _TAX_KINDS for tax in document.taxes if tax.kind == kind],
            "tax_columns": [words.labels[label] for label in ("tax", "base", "rate", "amount")],
            "sums": self._sums(),
            "total": [words.labels["total"], self.figures.money(document.total)],
            "settled": self._settled(),
            "payment": self._payment(),
            "notes": _paragraphs(document.notes),
            "labels": words.labels,
        }

    def _ends(self) -> tuple[PrintedParty | None, PrintedParty | None]:
        organization, contact = self.document.organization, self.document.contact
        return (contact, organization) if self.document.type in _ISSUED_BY_CONTACT else (organization, contact)

    def _party(self, party: PrintedParty, *, beside: PrintedParty | None) -> dict[str, Any]:
        abroad = party.country if beside and beside.country != party.country else None
        place = " ".join(filter(None, (_clean(party.postal_code), _clean(party.city))))
        if party.province and party.province.casefold() != (party.city or "").casefold():
            place = f"{place} ({_clean(party.province)})" if place else _clean(party.province) or ""
        address = [*_paragraphs(party.street), place, self.figures.country(abroad) if abroad else None]
        return {
            "name": _clean(party.name) or "",
            "trade_name": _clean(party.trade_name) if party.trade_name != party.name else None,
            "identifiers": self._identifiers(party),
            "address": [line for line in address if line],
            "contact": [line for line in map(_clean, (party.phone, party.email, party.website)) if line],
        }

    def _identifiers(self, party: PrintedParty) -> list[Pair]:
        """Both numbers only where neither says the other: ES + NIF is no news, nor is a NIF within a NIF-IVA."""
        tax_id, vat_number = _clean(party.tax_id), _clean(party.vat_number)
        if tax_id and vat_number and vat_number.endswith(tax_id):
            tax_id, vat_number = (tax_id, None) if vat_number == f"ES{tax_id}" else (None, vat_number)
        return _pairs(self.words, (_TAX_ID_LABELS[party.tax_id_type], tax_id), ("vat_number", vat_number))

    def _facts(self) -> list[Pair]:
        document, words, figures = self.document, self.words, self.figures
        corrects = [_clean(document.corrects_number)]
        if document.corrects_number and document.corrects_date:
            corrects.append(figures.date(document.corrects_date))
        facts = _pairs(
            words,
            ("supplier_number", _clean(document.supplier_number)),
            ("issue_date", figures.date(document.issue_date)),
        )
        if document.due_date:
            facts.append((words.due.get(document.type, words.labels["due_date"]), figures.date(document.due_date)))
        return [*facts, *_pairs(words, ("corrects", " · ".join(filter(None, corrects))))]

    def _columns(self) -> list[dict[str, str]]:
        return [{"label": self.words.labels[label], "align": align} for label, align, _ in self._line_columns()]

    def _line_columns(self) -> list[tuple[str, str, Callable[[PrintedLine], str]]]:
        """Discount and taxes have a column only where a line has one."""
        figures, lines = self.figures, self.document.lines
        columns: list[tuple[str, str, Callable[[PrintedLine], str]]] = [
            ("description", "left", lambda line: _multiline(line.description)),
            ("quantity", "right", lambda line: figures.quantity(line.quantity)),
            ("unit_price", "right", lambda line: figures.price(line.unit_price)),
        ]
        if any(line.discount_pct for line in lines):
            columns.append(("discount", "right", self._discount))
        if any(line.taxes for line in lines):
            columns.append(("line_taxes", "right", self._line_taxes))
        return [*columns, ("line_subtotal", "right", lambda line: figures.amount(line.subtotal))]

    def _discount(self, line: PrintedLine) -> str:
        return self.figures.percent(line.discount_pct) if line.discount_pct else ""

    def _line_taxes(self, line: PrintedLine) -> str:
        """`21 % + 5,2 % − 15 %`."""
        rates = {tax.code: tax.rate for tax in self.document.taxes}
        text = ""
        for rate in (rates[code] for code in line.taxes if code in rates):
            sign = "− " if rate < 0 else "+ " if text else ""
            text = f"{text} {sign}{self.figures.percent(abs(rate))}".strip()
        return text

    def _tax_row(self, tax: PrintedTax) -> list[str]:
        name = self.words.untaxed.get(tax.code, self.words.taxes[tax.kind])
        figures = self.figures
        return [name, figures.amount(tax.base), figures.percent(tax.rate), figures.amount(tax.amount)]

    def _sums(self) -> list[Pair]:
        """What leads to the total: the base, then one sum per kind of tax that there is."""
        sums = [(self.words.labels["subtotal"], self.figures.money(self.document.subtotal))]
        for kind in _TAX_KINDS:
            amounts = [tax.amount for tax in self.document.taxes if tax.kind == kind]
            if any(amounts):
                sums.append((self.words.taxes[kind], self.figures.money(sum(amounts, Decimal(0)))))
        return sums

    def _settled(self) -> list[Pair]:
        paid = self.document.paid_total
        if not paid:
            return []
        return _pairs(
            self.words,
            ("paid", self.figures.money(paid)),
            ("pending", self.figures.money(self.document.total - paid)),
        )

    def _payment(self) -> list[Pair]:
        """How and until when to pay; the due date alone is told above already."""
        document, words = self.document, self.words
        method, bic = _clean(document.payment_method), _clean(document.bic)
        payment = _pairs(words, ("payment", method and words.payment_methods.get(method, _spoken(method))))
        if document.iban:
            payment.append(("IBAN", _in_fours(document.iban)))
            payment += [("BIC", bic)] if bic else []
        if payment and document.due_date and document.type not in words.due:
            payment += _pairs(words, ("due_date", self.figures.date(document.due_date)))
        return payment


def _pairs(words: Words, *facts: tuple[str, str | None]) -> list[Pair]:
    return [(words.labels[label], value) for label, value in facts if value]


def _clean(text: str | None) -> str | None:
    """On one line; None when nothing is left of it."""
    return " ".join(letters.printable(text).split()) or None if text else None


def _shortened(text: str) -> str:
    """What fits half a line of a header at its widest letters."""
    return text if len(text) <= _RUNNING else f"{text[: _RUNNING - 1]}…"


def _multiline(text: str) -> str:
    return "\n".join(_paragraphs(text))


def _paragraphs(text: str | None) -> list[str]:
    return [line.strip() for line in letters.printable(text or "").expandtabs(4).splitlines() if line.strip()]


def _in_fours(iban: str) -> str:
    bare = "".join(iban.split())
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def _spoken(method: str) -> str:
    """A code of the organisation's own reads as words: `bank_draft` is `Bank draft`."""
    return method.replace("_", " ").capitalize() if _CODE.fullmatch(method) else method
