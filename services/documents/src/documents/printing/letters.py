"""Letters of all scripts: whose shapes Chinese characters take, and what is shown for letters that no font has."""

import re
from typing import Final

from documents.printing.model import PrintedDocument

SIGN: Final = "\N{REPLACEMENT CHARACTER}"

_HAN_OF_COUNTRIES = {"CN": "SC", "SG": "SC", "TW": "TC", "HK": "HK", "MO": "HK", "JP": "JP", "KR": "KR"}
_KANA = re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
# Control characters, lone surrogates and what Unicode leaves to private use have no look, and PDF/A refuses them.
_NO_LETTER = re.compile(
    r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
    r"\U000f0000-\U0010ffff]"
)
_MISSING = re.compile(r'the (?:text|PDF contains the codepoint) `"((?:[^"\\]|\\.)*)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_UNCOMMON = re.compile(r"[^\x00-\x7f\xa1-\xac\xae-\u017f\u2010-\u2027\u2030-\u203a\u20ac\u2212]")


def han_of(document: PrintedDocument, contents: str) -> str:
    """Whose shapes Chinese characters take: a font of Noto Sans CJK. By where it goes, else by what else is written."""
    for party in (document.contact, document.organization):
        if party and party.country in _HAN_OF_COUNTRIES:
            return _HAN_OF_COUNTRIES[party.country]
    return "JP" if _KANA.search(contents) else "KR" if _HANGUL.search(contents) else "SC"


def printable(text: str) -> str:
    return _NO_LETTER.sub(SIGN, text)


def without_missing(contents: str, diagnostic: str) -> str:
    """`diagnostic` is what Typst says of letters that no font has, or that an archive refuses: each with its marks."""
    for missing in {_unescaped(found) for found in _MISSING.findall(diagnostic)}:
        contents = contents.replace(missing, _BEYOND_ASCII.sub(SIGN, missing))
    return contents


def only_common(contents: str) -> str:
    return _UNCOMMON.sub(SIGN, contents)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)
