"""How a tax id identifies. Of those there are it is told from the number and its country, as of new ones."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from stdnum.eu import vat

revision = "c005"
down_revision = "c004"

_BATCH = 2000
_UNTOLD = sa.text(
    f"""SELECT contact.org_id, contact.id, tax_id,
        coalesce(billing_address ->> 'country', organization.country, 'ES') AS country
    FROM contact LEFT JOIN organization USING (org_id)
    WHERE tax_id IS NOT NULL AND (contact.org_id, contact.id) > (CAST(:org_id AS uuid), CAST(:id AS uuid))
    ORDER BY contact.org_id, contact.id LIMIT {_BATCH}"""
)
_TELL = sa.text(
    """UPDATE contact SET tax_id_type = told.tax_id_type
    FROM unnest(CAST(:org_ids AS uuid[]), CAST(:ids AS uuid[]), CAST(:numbers AS text[]), CAST(:types AS text[]))
        AS told (org_id, id, tax_id, tax_id_type)
    WHERE contact.org_id = told.org_id AND contact.id = told.id
        AND contact.tax_id = told.tax_id AND contact.tax_id_type IS NULL"""
)


def upgrade() -> None:
    # What the code before this one writes meanwhile has none until it is changed.
    op.execute("ALTER TABLE contact ADD COLUMN IF NOT EXISTS tax_id_type text")
    # The owner, who is nobody's organisation, has to see in which countries they are.
    op.execute("ALTER TABLE organization NO FORCE ROW LEVEL SECURITY")
    with op.get_context().autocommit_block():
        _tell_all(op.get_bind())
    op.execute("ALTER TABLE organization FORCE ROW LEVEL SECURITY")


def _tell_all(connection: sa.Connection) -> None:
    after = ("00000000-0000-0000-0000-000000000000",) * 2
    while rows := connection.execute(_UNTOLD, {"org_id": after[0], "id": after[1]}).all():
        connection.execute(_TELL, _told(rows))
        after = (str(rows[-1].org_id), str(rows[-1].id))


def _told(rows: Sequence[Any]) -> dict[str, list[str]]:
    return {
        "org_ids": [str(row.org_id) for row in rows],
        "ids": [str(row.id) for row in rows],
        "numbers": [row.tax_id for row in rows],
        "types": [_type_of(row.tax_id, row.country) for row in rows],
    }


def _type_of(tax_id: str, country: str) -> str:
    prefix = "EL" if country == "GR" else country
    if country == "ES":
        return "vat" if vat.is_valid(tax_id) and not tax_id.startswith(prefix) else "nif"
    return "vat" if tax_id.startswith(prefix) and vat.is_valid(tax_id) else "other"
