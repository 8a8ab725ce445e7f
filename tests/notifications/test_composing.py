"""Whatever people are called, a mail stays one mail to the same addresses."""

import email
import email.policy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from notifications.addresses import normalise, one_line
from notifications.composing import compose
from notifications.models import Message
from notifications.sources import Pdf
from shared.clock import utc_now
from shared.identifiers import new_id

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


def a_message(name: str, subject: str) -> Message:
    recipients: list[dict[str, Any]] = [
        {"kind": kind, "email": f"{kind}{number}@x.example", "name": one_line(name, most=120), "status": "pending"}
        for kind in ("to", "cc", "bcc")
        for number in range(2)
    ]
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


@given(st.text(max_size=60) | st.from_regex(r"[a-zñ. <>\r\n@\"]{1,40}@[a-zñ. ]{1,40}"))
def test_an_address_is_plain_ascii_or_none(given_text: str) -> None:
    address = normalise(given_text)
    assert address is None or (address.isascii() and address.isprintable() and not set(address) & set(' <>",;:()\\'))
    if address:
        assert normalise(address) == address
