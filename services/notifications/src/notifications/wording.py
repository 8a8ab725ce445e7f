"""A wish for a mail, put into words: subject, text, HTML and the attachment's name."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications.addresses import one_line, several_lines
from notifications.phrases import PHRASES, Phrases
from shared.currencies import currency_pattern
from shared.events.documents import SendState
from shared.events.gateway import SecurityNoticeState
from shared.events.portal import ClientNoticeState, NewDeviceState, PasswordResetState

_MOST_SUBJECT = 200
_NO_TOTAL = ("delivery_note",)
"""Delivery notes may be meant to show no prices."""

LINK_PLACE = "[link]"
"""Where a secret link stands in what is kept of a mail."""

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
    attachment_name: str | None = None


def word(send: SendState) -> Wording:
    """In the language asked for (`es` where it is none of ours); a subject or message of the sender's own wins."""
    language, phrases = _phrases_in(send.language)
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
    return _rendered("document", values, attachment_name=_attachment_name(send, phrases))


def word_reset(reset: PasswordResetState) -> Wording:
    """In the client's language, with all whose portals it opens by name. LINK_PLACE stands for what it is about."""
    language, phrases = _phrases_in(reset.language)
    sender = one_line(reset.organization_name, most=120)
    values = {
        "language": language,
        "subject": one_line(phrases.reset_subject.format(sender=sender), most=_MOST_SUBJECT),
        "greeting": phrases.greeting.format(name=one_line(reset.contact_name, most=200)),
        "opening": phrases.reset_opening.format(sender=sender),
        "portals": [one_line(contact.name, most=200) for contact in reset.contacts],
        "opens": phrases.reset_opens,
        "button": phrases.reset_button,
        "link": LINK_PLACE,
        "closing": phrases.reset_closing,
        "sender": sender,
    }
    return _rendered("password_reset", values)


def word_notice(notice: SecurityNoticeState | ClientNoticeState | NewDeviceState) -> Wording:
    """In the language that was asked for."""
    language, phrases = _phrases_in(notice.language)
    sender = one_line(notice.organization_name, most=120)
    named = notice.subject_name if isinstance(notice, SecurityNoticeState) else None
    what = phrases.notices[notice.kind].format(name=one_line(named or "", most=200))
    values = {
        "language": language,
        "subject": one_line(phrases.notice_subject.format(sender=sender), most=_MOST_SUBJECT),
        "greeting": phrases.greeting.format(name=one_line(notice.name, most=200)),
        "what": what,
        # Told before it was told where: UTC says so itself.
        "at": format_datetime(notice.at, "long", tzinfo=ZoneInfo(notice.time_zone or "UTC"), locale=language),
        "closing": phrases.notice_closing,
        "sender": sender,
    }
    return _rendered("security_notice", values)


def _phrases_in(language: str) -> tuple[str, Phrases]:
    known = language[:2].lower() if language[:2].lower() in PHRASES else "es"
    return known, PHRASES[known]


def _rendered(template: str, values: dict[str, Any], *, attachment_name: str | None = None) -> Wording:
    return Wording(
        language=values["language"],
        subject=values["subject"],
        text=_templates.get_template(f"{template}.txt").render(values),
        html=_templates.get_template(f"{template}.html").render(values),
        attachment_name=attachment_name,
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
        facts.append((phrases.total, _money(send.total, send.currency, language)))
    return facts


def _money(amount: Decimal, currency: str, language: str) -> str:
    pattern = currency_pattern(str(Locale(language).currency_formats["standard"].pattern), currency)
    return format_currency(amount, currency, pattern, locale=language, currency_digits=False)


def _attachment_name(send: SendState, phrases: Phrases) -> str:
    """`Factura-F260001.pdf`: plain ASCII, so that every mail program and file system keeps it."""
    title = phrases.documents[send.document_type][0]
    ascii_only = unicodedata.normalize("NFKD", f"{title} {send.number or ''}").encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^A-Za-z0-9_]+', '-', ascii_only).strip('-')[:100]}.pdf"
