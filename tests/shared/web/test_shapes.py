"""Texts of every request: one line, nothing hidden, and null where nothing is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.web.shapes import Email, Line, LongText, Shape, ShortText, Website
from shared.web.texts import is_empty, one_line

INVISIBLE = [
    "",
    " ",
    "\u200b",
    "\ufeff",
    "\u2060\u200e",
    "\u3164",
    "\u2800",
    "\u00ad",
    "\u200d",
    "\u00a0\t\r\n",
    "\ufe0f",
]


class Card(Shape):
    name: Line = "Ana"
    alias: Line | None = None
    note: ShortText | None = None
    body: LongText | None = None
    email: Email | None = None
    website: Website | None = None


@pytest.mark.parametrize("nothing", INVISIBLE)
def test_what_cannot_be_seen_is_null_where_it_may_be_and_refused_where_not(nothing: str) -> None:
    fields = ("alias", "note", "body", "email", "website")
    card = Card.model_validate(dict.fromkeys(fields, nothing))
    assert {field: getattr(card, field) for field in fields} == dict.fromkeys(fields)
    assert card.model_fields_set == set(fields), "null was said; it is not absent"
    with pytest.raises(ValidationError):
        Card.model_validate({"name": nothing})


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Ana\r\nBcc: eva@x.example", "Ana Bcc: eva@x.example"),
        ("Ana\n\n Ruiz\t", "Ana Ruiz"),
        ("Ana\u2028Ruiz\u2029", "Ana Ruiz"),
        ("factura\u202egpj.exe", "facturagpj.exe"),
        ("\u202a+34 612\u202c", "+34 612"),
        ("\u2067שלום\u2069", "שלום"),
        ("A\u200bna", "Ana"),
        ("\ufeffAna", "Ana"),
        ("Pa\u00adra", "Para"),
        ("👩\u200d🍳", "👩\u200d🍳"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("Núñez  e  hijos", "Núñez  e  hijos"),
    ],
)
def test_a_name_is_one_line_that_hides_nothing(written: str, kept: str) -> None:
    assert Card(name=written, alias=written, note=written).model_dump(include={"name", "alias", "note"}) == {
        "name": kept, "alias": kept, "note": kept,
    }  # fmt: skip


@pytest.mark.parametrize("control", ["\x00", "\x01", "\x1b", "\x7f", "\x9f"])
@pytest.mark.parametrize("field", ["name", "note", "body"])
def test_control_characters_are_refused(field: str, control: str) -> None:
    with pytest.raises(ValidationError):
        Card.model_validate({field: f"a{control}b"})


def test_a_long_text_keeps_its_lines() -> None:
    assert Card(body="uno\r\n\tdos\n").body == "uno\r\n\tdos"


@given(st.text(max_size=40))
def test_cleaning_is_done_once_and_leaves_what_is_seen(given_text: str) -> None:
    try:
        line: Any = one_line(given_text)
    except ValueError:
        return
    assert one_line(line) == line
    assert len(line.splitlines()) <= 1
    assert is_empty(line) == (line == "")
    assert [c for c in given_text if c.isalnum() and not is_empty(given_text)] == [c for c in line if c.isalnum()]


@pytest.mark.parametrize(
    ("website", "taken"),
    [
        ("https://straße.example/ñ?x=1", True),
        ("http://ñandú.example:8080", True),
        ("https://☃.example", False),
        ("https://", False),
        ("https://a b.example", False),
        ("https://user:secret@x.example", False),
        ("https://x.example:99999", False),
        ("ftp://x.example", False),
        ("javascript:alert(1)", False),
    ],
)
def test_a_website_has_a_host_there_could_be(website: str, taken: bool) -> None:
    if taken:
        assert Card(website=website).website == website
    else:
        with pytest.raises(ValidationError):
            Card(website=website)
