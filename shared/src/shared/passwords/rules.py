"""Which passwords are taken: long enough, and not among the first that somebody would guess (NIST SP 800-63B).

No rules of composition. How hard one is to guess zxcvbn says, told beside its own lists the words that people here make
passwords of, and those that are known of the person and the organisation.
"""

import re
import unicodedata
from collections.abc import Iterable
from importlib.resources import files
from typing import Annotated, Final, Literal

from pydantic import StringConstraints
from zxcvbn_rs_py import zxcvbn

from shared.errors import invalid

LEAST: Final = 12
MOST: Final = 200
"""argon2 would take any number; nobody types more."""
_LOOKED_AT: Final = 72
"""What is hard to guess in its beginning does not become easier by what follows."""

Weakness = Literal["password_common", "password_personal"]
Lack = Literal["string_too_short", "string_too_long", "password_common", "password_personal"]

NewPassword = Annotated[str, StringConstraints(min_length=LEAST, max_length=MOST, strip_whitespace=False)]
"""As a person sends it; `demand_strong` then says the rest."""


def lack_of(password: str, *, about: Iterable[str | None]) -> Lack | None:
    """The code that `NewPassword` or `demand_strong` would refuse it with; None where both take it."""
    if len(password) < LEAST:
        return "string_too_short"
    return "string_too_long" if len(password) > MOST else weakness(password, about=about)


def demand_strong(field: str, password: str, *, about: Iterable[str | None]) -> None:
    """`about`: names and addresses of the person and the organisation, as they are. Raises Invalid, at `field`."""
    weak = weakness(password, about=about)
    if weak:
        raise invalid(field, weak, _DETAILS[weak])


def weakness(password: str, *, about: Iterable[str | None] = ()) -> Weakness | None:
    """`password_personal`: only what is known of the person makes it easy to guess. The length is not looked at."""
    if _is_weak(password, _COMMON):
        return "password_common"
    # A name in the password is what a guesser tries first, so it counts as nothing.
    names = sorted({word for text in about if text for word in _words(text)})
    return "password_personal" if names and _is_weak(password, [*names, *_COMMON]) else None


def _is_weak(password: str, words: list[str]) -> bool:
    """Found within 10^10 guesses."""
    return int(zxcvbn(password[:_LOOKED_AT], words).score) < 4


def _words(text: str) -> set[str]:
    """The whole, its words, and these joined; with and without their accents."""
    found: set[str] = set()
    for form in (text.casefold(), _plain(text.casefold())):
        parts = re.findall(r"\w+", form)
        found |= {form, "".join(parts), *(part for part in parts if len(part) > 2)}
    return found


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


_COMMON: Final = sorted(
    form
    for word in files("shared.passwords").joinpath("words.txt").read_text(encoding="utf-8").split()
    for form in {word, _plain(word)}
)
_DETAILS: Final[dict[Weakness, str]] = {
    "password_common": "This password is among the first that people guess. Several unrelated words are better.",
    "password_personal": "This password is made of names that are known here. Several unrelated words are better.",
}
