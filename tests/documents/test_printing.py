"""Printed documents: what they say, in which words and figures, and that nothing a user wrote is read as markup."""

import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from pypdf import PageObject, PdfReader

from documents.printing import PrintedDocument, PrintedLine, PrintedParty, PrintedTax
from documents.printing.colors import HOUSE, accent, readable
from documents.printing.model import Language
from documents.printing.render import render_pdf
from documents.printing.words import WORDS
from shared.events.contacts import TaxIdType
from shared.events.documents import DocumentType
from tests.support.pictures import png

TYPES: tuple[DocumentType, ...] = get_args(DocumentType)
MM = 72 / 25.4
LANGUAGES: tuple[Language, ...] = get_args(Language)

ORGANIZATION = PrintedParty(
    "Construcciones Peñalver, S.L.",
    tax_id="B85955367",
    street="Calle de Alcalá 128, 3.º izq.",
    postal_code="28009",
    city="Madrid",
    province="Madrid",
    country="ES",
    email="facturas@penalver.example",
    phone="+34 915 55 01 23",
)
CONTACT = PrintedParty(
    "Bodegas Ribera del Sil, S.A.",
    trade_name="Sil Vinos",
    tax_id="A78222114",
    street="Polígono Barreiros, parcela 14",
    postal_code="32915",
    city="San Cibrao das Viñas",
    province="Ourense",
    country="ES",
)
LINES = (
    PrintedLine(
        "Reforma de la nave",
        Decimal("2.5"),
        Decimal("1600"),
        Decimal("3600.00"),
        discount_pct=Decimal("10"),
        taxes=("iva_21", "re_5_2", "irpf_15"),
    ),
    PrintedLine("Agua mineral", Decimal("1200"), Decimal("0.123456"), Decimal("148.15"), taxes=("iva_10",)),
)
TAXES = (
    PrintedTax("iva_21", "vat", Decimal("21"), Decimal("3600.00"), Decimal("756.00")),
    PrintedTax("re_5_2", "surcharge", Decimal("5.2"), Decimal("3600.00"), Decimal("187.20")),
    PrintedTax("irpf_15", "retention", Decimal("-15"), Decimal("3600.00"), Decimal("-540.00")),
    PrintedTax("iva_10", "vat", Decimal("10"), Decimal("148.15"), Decimal("14.82")),
)
INVOICE = PrintedDocument(
    type="invoice",
    language="es",
    currency="EUR",
    issue_date=date(2026, 11, 3),
    due_date=date(2026, 12, 3),
    organization=ORGANIZATION,
    contact=CONTACT,
    lines=LINES,
    taxes=TAXES,
    subtotal=Decimal("3748.15"),
    total=Decimal("4166.17"),
    number="F260012",
    payment_method="transfer",
    iban="ES9121000418450200051332",
    notes="Gracias por su confianza.",
    accent="#f2b705",
)


def pages_of(document: PrintedDocument) -> list[str]:
    reader = PdfReader(io.BytesIO(render_pdf(document)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def text_of(document: PrintedDocument) -> str:
    return " ".join(pages_of(document))


def assert_says(text: str, facts: Iterable[str]) -> None:
    missing = [fact for fact in facts if fact not in text]
    assert not missing, text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document_type", TYPES)
def test_every_type_is_printed_in_every_language(document_type: DocumentType, language: Language) -> None:
    text = text_of(replace(INVOICE, type=document_type, language=language))
    total = {"es": "4.166,17 €", "en": "€4,166.17", "ca": "4.166,17 €"}[language]
    assert_says(text, [WORDS[language].titles[document_type], "F260012", total, ORGANIZATION.name, CONTACT.name])


@pytest.mark.parametrize("size", [(512, 512), (512, 40), (40, 512), (1, 1)], ids=str)
def test_a_logo_stands_above_the_name_and_keeps_within_its_place(size: tuple[int, int]) -> None:
    [page] = PdfReader(io.BytesIO(render_pdf(replace(INVOICE, logo=png(size, "#145aa0c8"))))).pages
    [placed] = drawn_at(page)
    width, height = placed.width / MM, placed.height / MM
    assert width <= 60.1
    assert height <= 15.1
    assert width == pytest.approx(60, abs=0.1) or height == pytest.approx(15, abs=0.1)
    assert width / height == pytest.approx(size[0] / size[1], rel=0.01)
    assert placed.left / MM == pytest.approx(20, abs=0.1)
    assert_says(" ".join(page.extract_text().split()), [ORGANIZATION.name, "F260012"])


def test_what_others_issue_bears_no_logo_of_ours() -> None:
    logo = png((90, 30))
    for document_type in TYPES:
        reader = PdfReader(io.BytesIO(render_pdf(replace(INVOICE, type=document_type, logo=logo))))
        ours = document_type not in ("purchase_invoice", "purchase_receipt", "purchase_credit_note")
        assert len(reader.pages[0].images) == ours, document_type


def test_with_a_logo_it_can_be_archived_too() -> None:
    pdf = render_pdf(replace(INVOICE, logo=png((90, 30), "#145aa0c8")))
    assert b"pdfaid" in pdf
    assert b"pdfuaid" in pdf


@dataclass(frozen=True)
class Placed:
    """In points."""

    left: float
    width: float
    height: float


def drawn_at(page: PageObject) -> list[Placed]:
    """Where its pictures are."""
    placed: list[Placed] = []

    def before(operator: bytes, _: object, matrix: list[float], __: object) -> None:
        if operator == b"Do":
            placed.append(Placed(matrix[4], matrix[0], abs(matrix[3])))

    page.extract_text(visitor_operand_before=before)
    return placed


def test_every_language_has_every_word() -> None:
    spanish = WORDS["es"]
    for words in WORDS.values():
        assert words.titles.keys() == set(TYPES)
        assert words.kinds.keys() == spanish.kinds.keys()
        assert words.due.keys() == spanish.due.keys()
        assert words.labels.keys() == spanish.labels.keys()
        assert words.untaxed.keys() == spanish.untaxed.keys()
        assert words.payment_methods.keys() == spanish.payment_methods.keys()


@pytest.mark.parametrize(
    ("document_type", "title"),
    [
        ("invoice", "Factura"),
        ("sales_receipt", "Factura simplificada Ticket de venta"),
        ("credit_note", "Factura rectificativa"),
        ("estimate", "Presupuesto"),
        ("proforma", "Proforma"),
        ("delivery_note", "Albarán"),
        ("sales_order", "Pedido de venta"),
        ("purchase_invoice", "Factura de compra"),
        ("purchase_receipt", "Ticket de compra"),
        ("purchase_credit_note", "Factura de compra rectificativa"),
        ("purchase_order", "Pedido de compra"),
    ],
)
def test_the_title_is_what_people_call_the_document(document_type: DocumentType, title: str) -> None:
    assert f"{title} F260012" in text_of(replace(INVOICE, type=document_type))


def test_an_invoice_says_all_that_the_law_and_the_client_ask_for() -> None:
    assert_says(
        text_of(INVOICE),
        [
            "NIF B85955367",
            "28009 Madrid",
            "NIF A78222114",
            "Sil Vinos",
            "32915 San Cibrao das Viñas (Ourense)",
            "Fecha 3 de noviembre de 2026",
            "Vencimiento 3 de diciembre de 2026",
            "Reforma de la nave 2,5 1.600,00 10 % 21 % + 5,2 % − 15 % 3.600,00",
            "Agua mineral 1.200 0,123456 10 % 148,15",
            "IVA 3.600,00 21 % 756,00",
            "IVA 148,15 10 % 14,82",
            "Recargo de equivalencia 3.600,00 5,2 % 187,20",
            "Retención IRPF 3.600,00 −15 % −540,00",
            "Base imponible 3.748,15 €",
            "IVA 770,82 €",
            "Retención IRPF −540,00 €",
            "Total 4.166,17 €",
            "Forma de pago Transferencia bancaria",
            "ES91 2100 0418 4502 0005 1332",
            "Gracias por su confianza.",
            "Página 1 de 1",
        ],
    )


def test_figures_and_dates_follow_the_language() -> None:
    assert_says(
        text_of(replace(INVOICE, language="en", currency="USD")),
        ["3 November 2026", "US$4,166.17", "1,200 0.123456", "−15%", "Page 1 of 1"],
    )
    assert_says(text_of(replace(INVOICE, language="ca")), ["3 de novembre del 2026", "Venciment", "Pàgina 1 de 1"])
    assert "4.166 JPY" in text_of(replace(INVOICE, currency="JPY", total=Decimal(4166))).replace("¥", "JPY")


def test_a_credit_note_names_the_invoice_that_it_corrects() -> None:
    note = replace(INVOICE, type="credit_note", corrects_number="F260007", corrects_date=date(2026, 10, 1))
    assert "Rectifica la factura F260007 · 1 de octubre de 2026" in text_of(note)


def test_the_supplier_issues_what_is_bought_but_for_the_order() -> None:
    bought = replace(INVOICE, type="purchase_invoice", supplier_number="2026/118")
    assert_says(text_of(bought), ["Cliente Construcciones Peñalver", "N.º del proveedor 2026/118"])
    assert "Proveedor Bodegas Ribera" in text_of(replace(INVOICE, type="purchase_order"))


def test_drafts_and_voided_documents_are_stamped() -> None:
    assert "BORRADOR" in text_of(replace(INVOICE, stamp="draft", number=None))
    assert "ANULADA" in text_of(replace(INVOICE, stamp="voided"))
    assert "ANULADO" in text_of(replace(INVOICE, type="estimate", stamp="voided"))
    unstamped = text_of(INVOICE)
    assert "BORRADOR" not in unstamped
    assert "ANULAD" not in unstamped


def test_what_was_paid_and_what_is_pending_are_told() -> None:
    assert_says(text_of(replace(INVOICE, paid_total=Decimal("4000"))), ["Pagado 4.000,00 €", "Pendiente 166,17 €"])
    assert "Pendiente" not in text_of(INVOICE)


def test_columns_that_no_line_needs_are_left_out() -> None:
    plain = replace(INVOICE, lines=(replace(LINES[1], taxes=()),), taxes=())
    text = text_of(plain)
    assert "Dto." not in text
    assert "Impuestos" not in text
    assert "Descripción Cantidad Precio Importe Agua mineral 1.200 0,123456 148,15" in text


def test_a_tax_of_nothing_says_why() -> None:
    exempt = PrintedTax("exempt", "vat", Decimal(0), Decimal("148.15"), Decimal(0))
    text = text_of(replace(INVOICE, lines=(replace(LINES[1], taxes=("exempt",)),), taxes=(exempt,)))
    assert "Exento de IVA 148,15 0 % 0,00" in text


def test_a_foreign_end_shows_its_country_and_vat_number() -> None:
    abroad = replace(CONTACT, country="PT", tax_id="502011378", vat_number="PT502011378")
    assert_says(text_of(replace(INVOICE, contact=abroad)), ["NIF-IVA PT502011378", "Portugal"])
    at_home = text_of(replace(INVOICE, contact=replace(CONTACT, vat_number="ESA78222114")))
    assert "NIF-IVA" not in at_home
    assert "España" not in at_home


@pytest.mark.parametrize(
    ("kind", "number", "said"),
    [
        ("nif", "A78222114", ("NIF A78222114", "Tax ID A78222114", "NIF A78222114")),
        ("vat", "DE136695976", ("NIF-IVA DE136695976", "VAT no. DE136695976", "NIF-IVA DE136695976")),
        ("passport", "AAB123456", ("Pasaporte AAB123456", "Passport AAB123456", "Passaport AAB123456")),
        (
            "residence",
            "CR-1",
            ("Certificado de residencia CR-1", "Certificate of residence CR-1", "Certificat de residència CR-1"),
        ),
        ("other", "94-2404110", ("N.º de identificación 94-24", "ID no. 94-24", "Núm. d’identificació 94-24")),
    ],
)
def test_a_number_is_called_what_it_is(kind: TaxIdType, number: str, said: tuple[str, str, str]) -> None:
    contact = replace(CONTACT, tax_id=number, tax_id_type=kind, vat_number=None)
    for language, expected in zip(LANGUAGES, said, strict=True):
        assert_says(text_of(replace(INVOICE, contact=contact, language=language)), [expected])


@pytest.mark.parametrize(
    "hostile",
    [
        '#import "x": *',
        "*bold* _it_ $x^2$ `raw` @ref <label>",
        '#read("/etc/passwd")',
        "] #panic() [",
        "\\u{41} \\ // /* */ = - + 1. ~ -- ---",
        '"quotes" \\" {"a": 1}',
        "<script>alert(1)</script>",
    ],
)
def test_hostile_text_is_printed_literally(hostile: str) -> None:
    document = replace(
        INVOICE,
        lines=(replace(LINES[0], description=hostile),),
        notes=hostile,
        contact=replace(CONTACT, name=hostile, street=hostile),
        payment_method=hostile,
        iban=None,
        corrects_number=hostile,
    )
    assert text_of(document).count(hostile) == 6


def test_a_long_document_repeats_its_header_and_counts_its_pages() -> None:
    lines = tuple(replace(LINES[0], description=f"Partida {number:03}") for number in range(300))
    pages = pages_of(replace(INVOICE, lines=lines))
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        assert "Descripción Cantidad Precio Dto. Impuestos Importe" in page
        assert f"Página {number} de {len(pages)}" in page
        assert "Factura F260012" in page
    text = " ".join(pages)
    assert all(text.count(f"Partida {number:03}") == 1 for number in range(300))
    assert_says(pages[-1], ["Base imponible", "Total 4.166,17 €"])


def test_words_without_an_end_stay_on_the_paper() -> None:
    endless = "W" * 190
    document = replace(
        INVOICE,
        number="F" * 60,
        supplier_number=endless,
        organization=replace(ORGANIZATION, name=endless, email=f"{endless}@example.org"),
        contact=replace(CONTACT, name=endless, street=endless),
        lines=(replace(LINES[0], description=endless, subtotal=Decimal("99999999999999.99")),),
        notes=endless * 20,
    )
    starts: list[float] = []

    def note_start(text: str, _matrix: object, text_matrix: list[float], *_: object) -> None:
        if text.strip():
            starts.append(text_matrix[4])

    for page in PdfReader(io.BytesIO(render_pdf(document))).pages:
        page.extract_text(visitor_text=note_start)
    assert starts
    assert max(starts) < 595 - 40
    assert "99.999.999.999.999,99" in text_of(document)


def test_the_least_that_a_document_may_say_is_enough() -> None:
    least = PrintedDocument(
        type="sales_receipt",
        language="es",
        currency="EUR",
        issue_date=date(2026, 1, 2),
        organization=PrintedParty("Ana"),
        lines=(),
        taxes=(),
        subtotal=Decimal(0),
        total=Decimal(0),
    )
    for document_type in TYPES:
        assert "Total 0,00 €" in text_of(replace(least, type=document_type))


def test_letters_that_no_font_has_do_not_stop_the_document() -> None:
    assert "F260012" in text_of(replace(INVOICE, contact=replace(CONTACT, name="漢字 😀")))


def test_the_same_document_gives_the_same_bytes() -> None:
    first = render_pdf(INVOICE)
    render_pdf(replace(INVOICE, number="F260013"))
    assert render_pdf(INVOICE) == first


def test_threads_may_print_at_once() -> None:
    documents = [replace(INVOICE, number=f"F26{number:04}") for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        printed = list(pool.map(render_pdf, documents))
    assert printed == [render_pdf(document) for document in documents]


def test_the_file_describes_itself() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(replace(INVOICE, language="ca"))))
    assert reader.metadata is not None
    assert reader.metadata.title == "Factura F260012"
    assert reader.metadata.author == ORGANIZATION.name
    assert reader.metadata.creation_date_raw is not None
    assert reader.metadata.creation_date_raw.startswith("D:20261103")
    assert str(reader.root_object["/Lang"]).startswith("ca")
    assert "/StructTreeRoot" in reader.root_object
    page = reader.pages[0].mediabox
    assert (round(page.width), round(page.height)) == (595, 842)


def test_the_file_may_be_archived() -> None:
    pdf = render_pdf(INVOICE)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


@pytest.mark.parametrize("color", ["", "red", "#fff", '#ffffff")', None])
def test_what_is_no_colour_becomes_the_colour_of_the_house(color: str | None) -> None:
    assert accent(color) == HOUSE


def test_a_pale_colour_is_darkened_for_text() -> None:
    assert readable("#24506b") == "#24506b"
    assert readable("#ffffff") < "#808080"
