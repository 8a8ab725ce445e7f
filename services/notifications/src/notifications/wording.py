"""A wish to mail a document, put into words: subject, text, HTML and the attachment's name."""

import re
import unicodedata
from dataclasses import dataclass

from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications.addresses import one_line, several_lines
from notifications.phrases import PHRASES, Phrases
from shared.events.documents import SendState

_MOST_SUBJECT = 200
_NO_TOTAL = ("delivery_note",)
"""Delivery notes may be meant to show no prices."""

_templates = Environment(
    loader=PackageLoader("notifications"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Wording:
    language: str
    subject: str
    text: str
    html: str
    attachment_name: str


def word(send: SendState) -> Wording:
    """In the language asked for (`es` where it is none of ours); a subject or message of the sender's own wins."""
    language = send.language[:2].lower() if send.language[:2].lower() in PHRASES else "es"
    phrases = PHRASES[language]
    sender = one_line(send.organization_name, most=120)
    subject = one_line(send.subject or "", most=_MOST_SUBJECT) or _subject(send, phrases, sender)
    values = {
        "language": language,
        "subject": subject,
        "opening": several_lines(send.message or "").strip() or _opening(send, phrases),
        "facts": _facts(send, phrases, language),
        "closing": phrases.closing if send.reply_to and not send.message else "",
        "sender": sender,
    }
    return Wording(
        language=language,
        subject=subject,
        text=_templates.get_template("document.txt").render(values),
        html=_templates.get_template("document.html").render(values),
        attachment_name=_attachment_name(send, phrases),
    )


def _subject(send: SendState, phrases: Phrases, sender: str) -> str:
    title = phrases.documents[send.document_type][0]
    return one_line(" ".join(part for part in (title, send.number, "·", sender) if part), most=_MOST_SUBJECT)


def _opening(send: SendState, phrases: Phrases) -> str:
    document = one_line(f"{phrases.documents[send.document_type][1]} {send.number or ''}", most=120)
    greeting = phrases.greeting.format(name=one_line(send.contact_name, most=200))
    return f"{greeting}\n\n{phrases.attached.format(document=document)}"


def _facts(send: SendState, phrases: Phrases, language: str) -> list[tuple[str, str]]:
    facts = [(phrases.issue_date, format_date(send.issue_date, "long", locale=language))]
    if send.number:
        facts.insert(0, (phrases.number, one_line(send.number, most=100)))
    if send.due_date:
        facts.append((phrases.due_date, format_date(send.due_date, "long", locale=language)))
    if send.document_type not in _NO_TOTAL:
        facts.append((phrases.total, format_currency(send.total, send.currency, locale=language)))
    return facts


def _attachment_name(send: SendState, phrases: Phrases) -> str:
    """`Factura-F260001.pdf`: plain ASCII, so that every mail program and file system keeps it."""
    title = phrases.documents[send.document_type][0]
    ascii_only = unicodedata.normalize("NFKD", f"{title} {send.number or ''}").encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^A-Za-z0-9_]+', '-', ascii_only).strip('-')[:100]}.pdf"
