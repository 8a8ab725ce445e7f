"""How bytes are answered: which range of them, under which name, and in which cage."""

import re
import unicodedata
from urllib.parse import quote

from files.media import OCTETS, SHOWN
from files.schemas import FileOut

_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.IGNORECASE)
_CAGE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
_PDF_CAGE = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
"""Browsers refuse to open their own PDF viewer in a sandbox; it runs apart from our origin anyway."""


class RangeNotSatisfiable(Exception):
    """The range starts past the end."""


def etag_of(file: FileOut) -> str:
    """Of the bytes, not of the record: they never change under one id."""
    return f'"{file.sha256}"'


def not_modified(if_none_match: str | None, file: FileOut) -> bool:
    if if_none_match is None:
        return False
    offered = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in offered or etag_of(file) in offered


def wanted_range(header: str | None, if_range: str | None, file: FileOut) -> tuple[int, int] | None:
    """(first, last), both included; None for the whole. Raises RangeNotSatisfiable.

    Several ranges, other units and nonsense are answered by the whole, as RFC 9110 section 14.2 allows; so is a
    range of another state of the file.
    """
    found = _RANGE.fullmatch(header) if header else None
    if not found or not (found[1] or found[2]) or (if_range is not None and if_range != etag_of(file)):
        return None
    if not found[1]:
        first, last = max(file.size - int(found[2]), 0), file.size - 1
        if int(found[2]) == 0:
            raise RangeNotSatisfiable
    else:
        first, last = int(found[1]), min(int(found[2] or file.size - 1), file.size - 1)
        if found[2] and int(found[2]) < first:
            return None
    if first >= file.size:
        raise RangeNotSatisfiable
    return first, last


def headers_of(file: FileOut, *, inline: bool) -> dict[str, str]:
    """Everything but length and range. Only types in SHOWN are ever shown in place."""
    shown = inline and file.media_type in SHOWN
    return {
        "Content-Type": "text/plain; charset=utf-8" if file.media_type == "text/plain" else file.media_type or OCTETS,
        "Content-Disposition": _disposition("inline" if shown else "attachment", file.name),
        "ETag": etag_of(file),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _PDF_CAGE if file.media_type == "application/pdf" else _CAGE,
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _disposition(kind: str, name: str) -> str:
    """RFC 6266: a name of plain ASCII for the old, the whole one for everybody else."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'["\\%]', "_", plain).strip() or "file"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
