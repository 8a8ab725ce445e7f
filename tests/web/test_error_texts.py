"""Whatever is refused is told in the user's language: what happened, and what to do."""

import json
from pathlib import Path

import pytest

from tests.web.error_codes import field_codes, problem_codes, unreadable

TEXTS = Path("services/gateway/web/src/i18n/refusals")
LANGUAGES = ("es", "en", "ca")
CODES = {"problems": problem_codes, "fields": field_codes}


def texts_in(language: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((TEXTS / f"{language}.json").read_text())
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CODES)
def test_every_code_has_a_text(kind: str, language: str) -> None:
    """A new code needs one line in each of three files."""
    texts = texts_in(language)[kind]
    missing = {code: said for code, said in CODES[kind]().items() if not texts.get(code, "").strip()}
    assert not missing, f"add to {TEXTS}/{language}.json, {kind!r}: {missing}"


def test_every_code_can_be_read_from_the_source() -> None:
    assert unreadable() == [], "say in tests/web/error_codes.py which codes these may be"


@pytest.mark.parametrize("kind", CODES)
def test_the_languages_say_the_same_things_each_in_its_own_words(kind: str) -> None:
    spanish, english, catalan = (texts_in(language)[kind] for language in LANGUAGES)
    assert list(spanish) == list(english) == list(catalan) == sorted(spanish)
    same = [code for code in spanish if len({spanish[code], english[code], catalan[code]}) < 3]
    assert same == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CODES)
def test_a_text_begins_as_a_sentence_does(kind: str, language: str) -> None:
    assert [text for text in texts_in(language)[kind].values() if not text[0].isupper()] == []
