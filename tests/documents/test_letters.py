"""Documents in all scripts: what is written is printed, can be copied out again, and stays on the paper."""

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, get_args

import pypdfium2  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import ByteStringObject, TextStringObject

from documents.printing import PrintedDocument
from documents.printing.letters import SIGN
from documents.printing.model import Language
from documents.printing.render import render_pdf
from tests.documents.test_printing import CONTACT, INVOICE, LINES, MM, ORGANIZATION, TAXES

SCRIPTS: Final = {
    "Latin": "Peñíscola ĳ ß Łódź Tiếng Việt Ğ ſ",
    "Greek": "Οίνοι Αιγαίου ΑΕ",
    "Cyrillic": "Общество с ограниченной ответственностью Ўзбекистон",
    "Hebrew": "חברה לייבוא יין",
    "Arabic": "شركة التصميم والبناء المحدودة",
    "Persian": "پژوهش گیاه",
    "Thai": "บริษัทไทยแลนด์จำกัด",
    "Devanagari": "हिन्दी कंपनी लिमिटेड",
    "Bengali": "বাংলাদেশ",
    "Tamil": "தமிழ்நாடு",
    "Georgian": "საქართველო",
    "Armenian": "Հայաստան",
    "Amharic": "አዲስ አበባ",
    "Simplified Chinese": "北京贸易有限公司（发票）",
    "Traditional Chinese": "臺灣進出口股份有限公司「發票」",
    "Japanese": "株式会社スペインワイン、ひらがな髙𠮷",
    "Korean": "주식회사 스페인 와인",
    "Emoji": "🍷 👍🏽 👨‍👩‍👧‍👦 🇪🇸 ❤️ ☎",
    "Signs": "→ ✓ ± ≥ № ™ ½ µ Ω ₿ ♥ ■",
}


def printed_with(text: str, language: Language = "es") -> PrintedDocument:
    """Written wherever a user may write."""
    party = replace(CONTACT, name=text, trade_name=f"{text} 2", street=text, city=text, province=f"{text} 3")
    return replace(
        INVOICE,
        language=language,
        organization=replace(ORGANIZATION, name=text, street=text, email=text, tax_id=text),
        contact=party,
        lines=(replace(LINES[0], description=text), replace(LINES[1], description=f"Cosa: {text}")),
        payment_method=text,
        number="F-12",
        supplier_number=text,
        notes=f"{text}\n{text} 123 factura",
        bic=text,
    )


def copied(pdf: bytes) -> str:
    """What a reader copies from the pages, without the breaks between lines."""
    pages = pypdfium2.PdfDocument(pdf)
    return squeezed("".join(page.get_textpage().get_text_range() for page in pages))


def squeezed(text: str) -> str:
    """Breaks, and signs that only steer how letters join, are the reader's own business; so are forms of one letter."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(
        letter for letter in normal if not letter.isspace() and unicodedata.category(letter) not in ("Cf", "Mn")
    )


@dataclass(frozen=True)
class Box:
    letter: str
    page: int
    left: float
    bottom: float
    right: float
    top: float


def boxes_of(pdf: bytes) -> Iterator[Box]:
    for number, page in enumerate(pypdfium2.PdfDocument(pdf)):
        text = page.get_textpage()
        for at in range(text.count_chars()):
            letter = text.get_text_range(at, 1)
            if letter.strip():
                yield Box(letter, number, *text.get_charbox(at))


def assert_archivable(pdf: bytes) -> None:
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert descendant["/FontDescriptor"].keys() & {"/FontFile2", "/FontFile3"}, descendant
        assert 0 not in glyphs_of(page)


def glyphs_of(page: object) -> set[int]:
    """The numbers of all glyphs that are drawn: 0 is the box that stands for a letter which the font has not."""
    drawn: set[int] = set()

    def before(operator: bytes, operands: list[object], *_: object) -> None:
        if operator in (b"Tj", b"TJ"):
            shown = operands[0] if operator == b"TJ" else operands
            for part in shown:  # type: ignore[attr-defined]
                if isinstance(part, ByteStringObject | TextStringObject):
                    raw = part.original_bytes
                    drawn.update(int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))

    page.extract_text(visitor_operand_before=before)  # type: ignore[attr-defined]
    return drawn


def assert_on_paper(pdf: bytes) -> None:
    out = [
        box for box in boxes_of(pdf) if box.left / MM < 19 or box.right / MM > 191 or box.bottom < 0 or box.top > 842
    ]
    assert not out, out[:3]


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_every_script_is_printed_where_a_user_may_write(text: str) -> None:
    pdf = render_pdf(printed_with(text))
    assert_archivable(pdf)
    assert_on_paper(pdf)
    assert SIGN not in copied(pdf)
    for word in text.split():
        assert copied(pdf).count(squeezed(word)) >= 12, (word, copied(pdf))


@pytest.mark.parametrize("language", get_args(Language))
def test_all_scripts_stand_on_one_invoice_in_every_language(language: Language) -> None:
    lines = tuple(replace(LINES[0], description=f"{name}: {text}") for name, text in SCRIPTS.items())
    pdf = render_pdf(replace(INVOICE, language=language, lines=lines))
    assert_archivable(pdf)
    missing = [word for text in SCRIPTS.values() for word in text.split() if squeezed(word) not in copied(pdf)]
    assert not missing


@pytest.mark.parametrize("script", ["Hebrew", "Arabic"])
def test_from_right_to_left_is_read_in_the_order_of_writing(script: str) -> None:
    text = SCRIPTS[script]
    pdf = render_pdf(replace(INVOICE, notes=f"{text} 1234 Peñalver."))
    assert squeezed(text) in copied(pdf)
    letters = [box for box in boxes_of(pdf) if unicodedata.bidirectional(box.letter) in ("R", "AL")]
    beside = [box for box in boxes_of(pdf) if abs(box.bottom - letters[0].bottom) < 6]
    [first] = [box for box in beside if box.letter == "P"]
    digits = [box for box in beside if box.letter.isdigit()]
    assert max(box.right for box in digits) < min(box.left for box in letters)
    assert first.right < min(box.left for box in digits)
    assert max(box.right for box in letters) / MM == pytest.approx(190, abs=1)


def test_chinese_characters_look_as_the_reader_writes_them() -> None:
    def fonts(country: str, description: str = "直骨") -> str:
        document = replace(
            INVOICE, contact=replace(CONTACT, country=country), lines=(replace(LINES[0], description=description),)
        )
        return " ".join(
            str(font.get_object()["/BaseFont"])
            for font in PdfReader(io.BytesIO(render_pdf(document))).pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
        )

    for country, face in [("CN", "sc"), ("TW", "tc"), ("HK", "hk"), ("JP", "jp"), ("KR", "kr"), ("ES", "sc")]:
        assert f"NotoSansCJK{face}" in fonts(country), country
    assert "NotoSansCJKjp" in fonts("ES", "直骨の")
    assert "NotoSansCJKkr" in fonts("ES", "直骨 한국")


ENDLESS: Final = {
    "an address of the web": "https://www.example.org/" + "a1b2c3d4e5/" * 170,
    "capitals": "W" * 2000,
    "small letters": "m" * 2000,
    "digits": "8" * 2000,
    "signs": "%" * 2000,
    "Cyrillic": "щ" * 2000,
    "Cyrillic capitals": "Ш" * 2000,
    "Greek": "ω" * 2000,
    "Hebrew": "ש" * 2000,
    "Arabic": "شركة" * 500,
    "Chinese": "中文段落很长" * 333,
    "Chinese signs": "。」、！" * 500,
    "Japanese": "スペインワインの請求書です。" * 140,
    "Korean": "한국어로된긴문장" * 250,
    "Thai": "บริษัทไทยแลนด์จำกัด" * 100,
    "Devanagari": "हिन्दी" * 330,
    "Amharic": "አዲስ" * 600,
    "Khmer": "កម្ពុជា" * 250,
    "Georgian": "საქართველო" * 200,
    "emoji": "😀👨‍👩‍👧‍👦" * 190,
    "marks": "a" + "\u0301" * 30 + "b\u0302" * 900,
    "from both sides": "عربيLatin" * 220,
    "hard spaces": "palabra\u00a0" * 250,
    "hyphens that do not break": "pala\u2011" * 400,
    "joined by nothing": "pala\u2060" * 400,
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_words_without_an_end_keep_within_their_place(text: str) -> None:
    assert len(text) >= 1500
    document = printed_with(text[:180])
    organization = replace(document.organization, tax_id=text[:20])
    document = replace(document, organization=organization, lines=(replace(LINES[0], description=text),), notes=text)
    pdf = render_pdf(document)
    assert_archivable(pdf)
    assert_on_paper(pdf)
    first = squeezed(text)[0]
    assert copied(pdf).count(first) >= squeezed(text).count(first) * 2


def test_figures_of_any_length_leave_room_for_the_description() -> None:
    widest = replace(
        LINES[0],
        quantity=Decimal("-99999999.999999"),
        unit_price=Decimal("-9999999999.999999"),
        subtotal=Decimal("-99999999999999.99"),
        discount_pct=Decimal("99.999"),
        description="Consultoría y desarrollo",
    )
    pdf = render_pdf(replace(INVOICE, lines=(widest,), taxes=TAXES))
    assert_on_paper(pdf)
    assert squeezed("Consultoría y desarrollo") in copied(pdf)


MISSING: Final = ["\u0378", "\ue000", "\U000f0000", "\x01", "\x7f", "\uffff", "\U0001fffe", "\U00020000", "\ud800"]


@pytest.mark.parametrize("text", MISSING, ids=ascii)
def test_what_no_font_has_is_shown_as_a_sign_of_that(text: str) -> None:
    pdf = render_pdf(printed_with(f"x{text}y"))
    assert_archivable(pdf)
    assert len(re.findall(f"x{SIGN}y", copied(pdf))) >= 12, copied(pdf)


def test_hundreds_of_missing_letters_are_no_more_trouble_than_one() -> None:
    pdf = render_pdf(replace(INVOICE, notes=" ".join(chr(0x20000 + at) for at in range(500))))
    assert_archivable(pdf)
    assert copied(pdf).count(SIGN) > 400


ANY = st.text(st.characters(), max_size=60)
"""Lone surrogates and control characters too."""


@settings(max_examples=60, deadline=None)
@given(text=ANY, other=ANY)
def test_whatever_is_written_is_printed_for_the_archive(text: str, other: str) -> None:
    pdf = render_pdf(replace(printed_with(text or "x"), notes=other, contact=replace(CONTACT, name=other, street=text)))
    assert_archivable(pdf)
    assert "F-12" in copied(pdf)
