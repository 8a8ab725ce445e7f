"""Text as it is searched and sorted: without accents, in lower case."""

import unicodedata

MOST_WORDS = 6


def fold(*parts: str | None) -> str:
    text = " ".join(part for part in parts if part)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.lower()


def words_of(q: str | None) -> list[str]:
    return fold(q).split()[:MOST_WORDS]
