"""Names and one-line texts in a form that can stand in a mail's header; of addresses, `shared.addresses.mailable`."""

import re
import unicodedata
from email.header import Header

_QUOTED = re.compile(r'(["\\])')
_ESCAPED = r"\\\1"
_BREAKING = {"Cc", "Cs", "Zl", "Zp"}


def mailbox(name: str | None, address: str) -> str:
    """`"Name" <address>` as it stands in a header. `address` is one that `mailable` gave."""
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
