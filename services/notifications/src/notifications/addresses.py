"""E-mail addresses and one-line texts in a form that can stand in a mail's header and on an SMTP command line."""

import re
import unicodedata
from email.header import Header

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
_MOST = 254
_QUOTED = re.compile(r'(["\\])')
_ESCAPED = r"\\\1"
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


def mailbox(name: str | None, address: str) -> str:
    """`"Name" <address>` as it stands in a header. `address` is one that `normalise` gave."""
    shown = one_line(name or "", most=120)
    if not shown:
        return address
    if shown.isascii():
        return f'"{_QUOTED.sub(_ESCAPED, shown)}" <{address}>'
    return f"{encoded(shown)} <{address}>"


def encoded(line: str) -> str:
    """Unstructured header text: as it is when ASCII, else as encoded words (RFC 2047), folded."""
    return line if line.isascii() else Header(line, "utf-8", maxlinelen=75).encode(linesep="\r\n")


def one_line(text: str, *, most: int) -> str:
    """No line break, control character or lone surrogate is left: nothing that could begin another header.

    Nor what a mail program would take for an encoded word and show as something else.
    """
    clean = "".join(" " if unicodedata.category(c) in _BREAKING else c for c in text).replace("=?", "= ?")
    return " ".join(clean.split())[:most].rstrip()


def several_lines(text: str) -> str:
    """The same for a body: line breaks stay, as \\n."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(
        "".join(" " if unicodedata.category(c) in _BREAKING else c for c in line).rstrip() for line in lines
    )
