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
from notifications.translations import TRANSLATIONS, Translation
from shared.currencies import currency_pattern
from shared.events.documents import SendState
from shared.events.gateway import SecurityNoticeState
from shared.events.portal import ClientNoticeState, NewDeviceState, PasswordResetState

_MOST_SUBJECT = 200
_NO_TOTAL = ("delivery_note",)
"""Delivery notes may be meant to show no prices."""

LINK_PLACEHOLDER = "[link]"
"""Where a secret link stands in what is kept of a mail."""

_templates = Environment(
    loader=PackageLoader("notifications"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class RenderedMail:
    language: str
    subject: str
    text: str
    html: str
    attachment_name: str | None = None


def render_document_mail(send: SendState) -> RenderedMail:
    """In the language asked for (`es` where it is none of ours); a subject or message of the sender's own wins."""
    language, texts = _translation_for(send.language)
    sender = one_line(send.organization_name, most=120)
    subject = one_line(send.subject or "", most=_MOST_SUBJECT) or _subject(send, texts, sender)
    values = {
        "language": language,
        "subject": subject,
        "opening": several_lines(send.message or "").strip() or _opening(send, texts),
        "facts": _facts(send, texts, language),
        "closing": texts.closing if send.reply_to and not send.message else "",
        "sender": sender,
    }
    return _rendered("document", values, attachment_name=_attachment_name(send, texts))


def render_reset_mail(reset: PasswordResetState) -> RenderedMail:
    """In the client's language, with all whose portals it opens by name; LINK_PLACEHOLDER is where the link goes."""
    language, texts = _translation_for(reset.language)
    sender = one_line(reset.organization_name, most=120)
    values = {
        "language": language,
        "subject": one_line(texts.reset_subject.format(sender=sender), most=_MOST_SUBJECT),
        "greeting": texts.greeting.format(name=one_line(reset.contact_name, most=200)),
        "opening": texts.reset_opening.format(sender=sender),
        "portals": [one_line(contact.name, most=200) for contact in reset.contacts],
        "opens": texts.reset_opens,
        "button": texts.reset_button,
        "link": LINK_PLACEHOLDER,
        "closing": texts.reset_closing,
        "sender": sender,
    }
    return _rendered("password_reset", values)


def render_notice_mail(notice: SecurityNoticeState | ClientNoticeState | NewDeviceState) -> RenderedMail:
    """In the language that was asked for."""
    language, texts = _translation_for(notice.language)
    sender = one_line(notice.organization_name, most=120)
    named = notice.subject_name if isinstance(notice, SecurityNoticeState) else None
    what = texts.notices[notice.kind].format(name=one_line(named or "", most=200))
    values = {
        "language": language,
        "subject": one_line(texts.notice_subject.format(sender=sender), most=_MOST_SUBJECT),
        "greeting": texts.greeting.format(name=one_line(notice.name, most=200)),
        "what": what,
        # Told before it was told where: UTC says so itself.
        "at": format_datetime(notice.at, "long", tzinfo=ZoneInfo(notice.time_zone or "UTC"), locale=language),
        "closing": texts.notice_closing,
        "sender": sender,
    }
    return _rendered("security_notice", values)


def _translation_for(language: str) -> tuple[str, Translation]:
    known = language[:2].lower() if language[:2].lower() in TRANSLATIONS else "es"
    return known, TRANSLATIONS[known]


def _rendered(template: str, values: dict[str, Any], *, attachment_name: str | None = None) -> RenderedMail:
    return RenderedMail(
        language=values["language"],
        subject=values["subject"],
        text=_templates.get_template(f"{template}.txt").render(values),
        html=_templates.get_template(f"{template}.html").render(values),
        attachment_name=attachment_name,
    )


def _subject(send: SendState, texts: Translation, sender: str) -> str:
    title = texts.documents[send.document_type][0]
    return one_line(" ".join(part for part in (title, send.number, "·", sender) if part), most=_MOST_SUBJECT)


def _opening(send: SendState, texts: Translation) -> str:
    document = one_line(f"{texts.documents[send.document_type][1]} {send.number or ''}", most=120)
    greeting = texts.greeting.format(name=one_line(send.contact_name, most=200))
    return f"{greeting}\n\n{texts.attached.format(document=document)}"


def _facts(send: SendState, texts: Translation, language: str) -> list[tuple[str, str]]:
    facts = [(texts.issue_date, format_date(send.issue_date, "long", locale=language))]
    if send.number:
        facts.insert(0, (texts.number, one_line(send.number, most=100)))
    if send.due_date:
        facts.append((texts.due_date, format_date(send.due_date, "long", locale=language)))
    if send.document_type not in _NO_TOTAL:
        facts.append((texts.total, _money(send.total, send.currency, language)))
    return facts


def _money(amount: Decimal, currency: str, language: str) -> str:
    pattern = currency_pattern(str(Locale(language).currency_formats["standard"].pattern), currency)
    return format_currency(amount, currency, pattern, locale=language, currency_digits=False)


def _attachment_name(send: SendState, texts: Translation) -> str:
    """`Factura-F260001.pdf`: plain ASCII, so that every mail program and file system keeps it."""
    title = texts.documents[send.document_type][0]
    ascii_only = unicodedata.normalize("NFKD", f"{title} {send.number or ''}").encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^A-Za-z0-9_]+', '-', ascii_only).strip('-')[:100]}.pdf"
