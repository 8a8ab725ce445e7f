"""What a file may be called, and what it is: its bytes decide, its name must agree."""

import mimetypes
import unicodedata
from pathlib import PurePosixPath

import puremagic

HEAD_BYTES = 8192
"""How much of a file is looked at."""
OCTETS = "application/octet-stream"
SHOWN = frozenset(
    {"application/pdf", "image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain"}
)
"""What a browser may show in place: none of these runs a script of its own in our name."""

_LONGEST_NAME = 200
_LONGEST_SUFFIX = 20
_JOINERS = "\u200c\u200d"
"""Persian needs the one, families in emoji the other."""
_TEXTUAL = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/xml",
        "application/x-sh",
        "image/svg+xml",
        "message/rfc822",
    }
)
_CONTROLS = frozenset(range(32)) - set(b"\t\n\r\f\x1b")
_TYPES = mimetypes.MimeTypes(filenames=())
for _suffix, _type in {
    ".avif": "image/avif",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".webp": "image/webp",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}.items():
    _TYPES.add_type(_type, _suffix)


def clean_name(given: str) -> str:
    """One line of text that names no folder and hides nothing; "" when nothing is left.

    Format characters go too: a right-to-left override makes `gpj.exe` read as `exe.jpg`.
    """
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(_visible(character) for character in last)
    name = " ".join(visible.split()).strip(" .")
    if last.startswith(".") and name:
        name = f".{name}"
    if len(name) > _LONGEST_NAME:
        suffix = PurePosixPath(name).suffix[-_LONGEST_SUFFIX:]
        name = name[: _LONGEST_NAME - len(suffix)].rstrip(" .") + suffix
    return name


def _visible(character: str) -> str:
    if character in _JOINERS:
        return character
    category = unicodedata.category(character)
    return "" if category in ("Cf", "Cs") else " " if category in ("Cc", "Zl", "Zp") else character


def media_type_of(head: bytes, name: str) -> str:
    """The type that bytes and name agree on, else `application/octet-stream`, which nothing shows or runs.

    Text has no signature: it is what its name says among the textual types.
    """
    suffix = PurePosixPath(name.lower()).suffix
    named, encoding = _TYPES.guess_type(f"file{suffix}")
    if encoding:  # `.gz` would answer for what is inside
        named = None
    if named is None or named.startswith("text/") or named in _TEXTUAL:
        if not _CONTROLS & set(head):
            return named or "text/plain"
        if named:
            return OCTETS
    found = _signatures(head)
    if named:
        agreeing = any(match.mime_type == named or match.extension == suffix for match in found)
        return named if agreeing else OCTETS
    return next((match.mime_type for match in found if suffix in ("", match.extension) and match.mime_type), OCTETS)


def _signatures(head: bytes) -> list[puremagic.PureMagicWithConfidence]:
    try:
        return [match for match in puremagic.magic_string(head) if match.byte_match]
    except (puremagic.PureError, ValueError):  # ValueError: no bytes at all
        return []
