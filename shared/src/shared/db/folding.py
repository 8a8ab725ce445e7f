"""Text as it is searched and sorted. The database folds it, both what is stored and what is asked: they cannot differ.

Two functions of SQL do it: `search_forms` for searching, `sort_key` for sorting as Spanish dictionaries do. They need
PostgreSQL 18 and no ICU. Frozen, as every migration is: a change is a function of another name, for a later migration.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

_BATCH = 2000

# Compatibility forms (ﬁ, full-width), accents, ß ł ø æ, case and what is invisible make no difference.
_FOLD = r"""CREATE OR REPLACE FUNCTION fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN normalize(regexp_replace(
        normalize(casefold(public.unaccent('public.unaccent', value) COLLATE pg_unicode_fast), NFKD),
        '[\u0300-\u036f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]', '', 'g'
    ), NFKC)"""

# "Paral·lel, S.L." is both "paral lel s l" and "parallel sl". What consists of signs alone is kept as it is.
_SEARCH_FORMS = r"""CREATE OR REPLACE FUNCTION search_forms(value text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
    DECLARE
        folded text := public.fold(value);
        signs CONSTANT text := '[[:punct:]$<=>^`|~]+';
        parted text := btrim(regexp_replace(
            regexp_replace(folded COLLATE pg_unicode_fast, signs, ' ', 'g'), '\s+', ' ', 'g'));
        joined text := btrim(regexp_replace(
            regexp_replace(folded COLLATE pg_unicode_fast, signs, '', 'g'), '\s+', ' ', 'g'));
    BEGIN
        IF parted = '' THEN
            parted := btrim(regexp_replace(folded, '\s+', ' ', 'g'));
            joined := parted;
        END IF;
        RETURN CASE WHEN parted = '' THEN '{}' WHEN joined IN ('', parted) THEN ARRAY[parted]
            ELSE ARRAY[parted, joined] END;
    END $$"""

# A form to a line: a whole value is what stands between two line ends.
_SEARCH_TEXT = r"""CREATE OR REPLACE FUNCTION search_text(given text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT coalesce(E'\n' || string_agg(DISTINCT form, E'\n') || E'\n', '')
        FROM unnest(given) AS value, unnest(public.search_forms(value)) AS form)"""

# ñ after n: "~" is greater than every letter that may follow an n, and nothing else leaves one.
_SORT_KEY = r"""CREATE OR REPLACE FUNCTION sort_key(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN coalesce(replace(
        (public.search_forms(translate(normalize(value, NFC), 'ñÑ', U&'\E000\E000')))[1], U&'\E000', 'n~'
    ), '')"""


def create_folding() -> None:
    """The functions, and the trusted extensions that they and the indexes need."""
    for extension in ("pg_trgm", "unaccent", "btree_gin"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    for function in (_FOLD, _SEARCH_FORMS, _SEARCH_TEXT, _SORT_KEY):
        op.execute(function)


def keep_folded(table: str, **columns: str) -> None:
    """From now on each of these columns of `table` is what its expression over NEW gives, whoever writes."""
    assignments = "; ".join(f"NEW.{column} := {expression}" for column, expression in columns.items())
    op.execute(
        f"CREATE OR REPLACE FUNCTION fold_{table}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {assignments}; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE OR REPLACE TRIGGER folded BEFORE INSERT OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION fold_{table}()"
    )


def refold(table: str, column: str) -> None:
    """Fold the rows there are, some at a time, so that nobody waits long. Call it in an `autocommit_block`."""
    after: tuple[Any, ...] = ("00000000-0000-0000-0000-000000000000",) * 2
    batch = sa.text(
        f"""WITH batch AS (
            SELECT org_id, id FROM {table} WHERE (org_id, id) > (CAST(:org_id AS uuid), CAST(:id AS uuid))
            ORDER BY org_id, id LIMIT {_BATCH}
        ), folded AS (
            UPDATE {table} SET {column} = '' FROM batch
            WHERE {table}.org_id = batch.org_id AND {table}.id = batch.id
        ) SELECT org_id, id FROM batch ORDER BY org_id DESC, id DESC LIMIT 1"""  # noqa: S608 - names written in migrations
    )
    while True:
        last = op.get_bind().execute(batch, {"org_id": str(after[0]), "id": str(after[1])}).first()
        if last is None:
            return
        after = tuple(last)


def index_concurrently(name: str, definition: str) -> None:
    """While others write. Call it in an `autocommit_block`; one that was interrupted is made anew."""
    op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {definition}")
