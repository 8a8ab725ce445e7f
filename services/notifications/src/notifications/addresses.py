"""E-mail addresses and one-line texts in a form that can stand in a mail's header and on an SMTP command line."""

import re
import unicodedata
from email.headerregistry import Address

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
_MOST = 254
_BREAKING = {"Cc", "Cs", "Zl", "Zp"}


def normalise(email: str) -> str | None:
    """The address with an ASCII domain, or None when no plain SMTP server could deliver to it.

    Letters beyond ASCII before the @ are refused: few servers take them, and the whole mail would hang on it.
    """
    local, at, domain = email.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        return None
    address = f"{local}@{domain}"
    if not at or len(address) > _MOST or len(local) > 64:
        return None
    return address if _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) else None


def header_address(name: str | None, email: str) -> Address | None:
    """For a From, To, Cc or Reply-To header; None when `email` is no address."""
    address = normalise(email)
    return Address(display_name=one_line(name or "", most=120), addr_spec=address) if address else None


def one_line(text: str, *, most: int) -> str:
    """No line break, control character or lone surrogate is left: nothing that could begin another header."""
    clean = "".join(" " if unicodedata.category(c) in _BREAKING else c for c in text)
    return " ".join(clean.split())[:most]


def several_lines(text: str) -> str:
    """The same for a body: line breaks stay, as \\n."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(
        "".join(" " if unicodedata.category(c) in _BREAKING else c for c in line).rstrip() for line in lines
    )
