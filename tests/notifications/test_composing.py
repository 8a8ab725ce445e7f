"""Whatever people are called, a mail stays one mail to the same addresses."""

import email
import email.policy
from typing import Any

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from notifications.addresses import one_line
from notifications.composing import compose
from notifications.models import Message
from notifications.sources import Pdf
from shared.addresses import mailable
from shared.clock import utc_now
from shared.identifiers import new_id
from shared.web.shapes import Email

DOOR: TypeAdapter[str] = TypeAdapter(Email)

PIECES = [
    "Núñez,",
    "S.L.",
    "«x»",
    '"a"',
    "=?utf-8?q?x?=",
    "a" * 40,
    "ñ" * 40,
    "(c)",
    "<b@c.d>",
    ",",
    ";",
    "\r\nBcc: e@x.y",
]
TEXTS = st.text(max_size=150) | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)


def a_message(name: str, subject: str, *, to: str = "") -> Message:
    recipients: list[dict[str, Any]] = (
        [{"kind": "to", "email": to, "name": None, "status": "pending"}]
        if to
        else [
            {"kind": kind, "email": f"{kind}{number}@x.example", "name": one_line(name, most=120), "status": "pending"}
            for kind in ("to", "cc", "bcc")
            for number in range(2)
        ]
    )
    return Message(
        id=new_id(),
        created_at=utc_now(),
        sender_name=one_line(name, most=120),
        reply_to="r@x.example",
        subject=one_line(subject, most=200),
        text="Hola",
        html="<p>Hola</p>",
        attachment_name=f"{'F' * 100}.pdf",
        recipients=recipients,
        language="es",
    )


@given(name=TEXTS, subject=TEXTS)
def test_names_and_subjects_arrive_as_they_are_and_change_nothing_else(name: str, subject: str) -> None:
    mail = compose(a_message(name, subject), Pdf(b"%PDF-"), mail_from="ficha@ficha.example")
    raw = mail.to_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert read["From"].addresses[0].addr_spec == "ficha@ficha.example"
    # Python's reader puts a blank between two encoded words of one name; RFC 2047 has none there.
    names = [a.display_name.replace(" ", "") for a in read["To"].addresses]
    assert names == [one_line(name, most=120).replace(" ", "")] * 2
    assert (read["Subject"] or "") == one_line(subject, most=200)
    for header, kind in (("To", "to"), ("Cc", "cc")):
        assert [a.addr_spec for a in read[header].addresses] == [f"{kind}0@x.example", f"{kind}1@x.example"]
    assert set(read.keys()) <= {
        "From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
        "Content-Type",
    }  # fmt: skip
    assert [part.get_filename() for part in read.iter_attachments()] == [f"{'F' * 100}.pdf"]
    assert mail.envelope == tuple(f"{kind}{n}@x.example" for kind in ("to", "cc", "bcc") for n in range(2))


LOCAL_PARTS = st.text("abzÑñ019._%+-'@\" ", min_size=1, max_size=70)
LABELS = st.text("abzñßłçÑÀåß例えمثا☃_- .。ｅ\u200d", min_size=1, max_size=12)
ADDRESSES = st.builds(lambda local, *labels: f"{local}@{'.'.join(labels)}", LOCAL_PARTS, LABELS, LABELS) | st.builds(
    "{}@{}.example".format, st.from_regex(r"[a-z]{1,64}", fullmatch=True), LABELS
)


@given(ADDRESSES | st.text(max_size=60))
def test_what_is_taken_as_an_address_is_mailed_to_that_very_address(given_text: str) -> None:
    try:
        taken = DOOR.validate_python(given_text)
    except ValidationError:
        return
    local, _, domain = taken.rpartition("@")
    expected = f"{local}@{idna.encode(domain).decode()}"
    assert mailable(taken) == mailable(expected) == expected
    assert expected.isascii()
    assert expected.isprintable()
    message = a_message("Ana", "Hola", to=expected)
    mail = compose(message, Pdf(b"%PDF-"), mail_from="ficha@ficha.example")
    read = email.message_from_bytes(mail.to_bytes(), policy=email.policy.default)
    assert [a.addr_spec for a in read["To"].addresses] == [expected]
    assert mail.envelope[0] == expected


@pytest.mark.parametrize(
    ("written", "mailed"),
    [
        ("ana@straße.example.com", "ana@xn--strae-oqa.example.com"),
        ("ana@STRASSE.example.com", "ana@strasse.example.com"),
        ("ana@faß.example", "ana@xn--fa-hia.example"),
        ("ana@ñandú.example", "ana@xn--and-6ma2c.example"),
        ("ana@xn--and-6ma2c.example", "ana@xn--and-6ma2c.example"),
        ("Ana.Ruiz+facturas@x.example", "Ana.Ruiz+facturas@x.example"),
        (f"{'a' * 64}@x.example", f"{'a' * 64}@x.example"),
        (f"{'a' * 65}@x.example", None),
        ("ñandú@x.example", None),
        ("ana@☃.example", None),
        ("ana@x_y.example", None),
        ("Ana <ana@x.example>", None),
        ("ana@x.example, eva@x.example", None),
        ("ana\u200b@x.example", None),
        ("ana@x\u202e.example", None),
        ("ana@nowhere", None),
    ],
)
def test_an_address_goes_by_one_standard(written: str, mailed: str | None) -> None:
    assert mailable(written) == mailed
    if mailed is None:
        with pytest.raises(ValidationError):
            DOOR.validate_python(written)
