"""Companies are found by the names and e-mails of their people."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.db.folding import keep_folded

revision = "c006"
down_revision = "c005"

_BATCH = 1000
_ADDRESSES = "coalesce(nullif(NEW.billing_address, 'null'), '[]') || NEW.shipping_addresses"
_PEOPLE = """SELECT person.name, person.emails
    FROM person_link JOIN contact AS person ON person.org_id = person_link.org_id AND person.id = person_link.person_id
    WHERE person_link.org_id = NEW.org_id AND person_link.company_id = NEW.id AND person.deleted_at IS NULL
    ORDER BY person_link.is_primary DESC, person_link.id LIMIT 200"""
_SEARCHED = f"""search_text(
    ARRAY[NEW.name, NEW.trade_name, NEW.tax_id, NEW.vat_number] || NEW.emails
    || ARRAY(SELECT split_part(phone, ';', 1) FROM unnest(NEW.phones) AS phone)
    || ARRAY(SELECT part FROM jsonb_array_elements({_ADDRESSES}) AS address, unnest(ARRAY[
        address ->> 'city', address ->> 'province', address ->> 'postal_code'
    ]) AS part)
    || ARRAY(SELECT part FROM ({_PEOPLE}) AS person, unnest(person.name || person.emails) AS part))"""

# Any update folds a company anew: who changes a person changes nothing of its companies but what they are found by.
_REFOLD = "UPDATE contact SET search = '' FROM told WHERE contact.org_id = told.org_id AND contact.id = told.company_id"
_ON_LINK = f"""CREATE OR REPLACE FUNCTION fold_linked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    WITH told AS (SELECT (coalesce(NEW, OLD)).org_id, (coalesce(NEW, OLD)).company_id) {_REFOLD};
    RETURN NULL;
END $$"""
_ON_PERSON = f"""CREATE OR REPLACE FUNCTION fold_companies() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    WITH told AS (
        SELECT contact.org_id, contact.id AS company_id
        FROM person_link JOIN contact ON contact.org_id = person_link.org_id AND contact.id = person_link.company_id
        WHERE person_link.org_id = NEW.org_id AND person_link.person_id = NEW.id
        -- In one order, so that those who change two people of the same companies wait, and nobody for both.
        ORDER BY contact.id FOR NO KEY UPDATE OF contact
    ) {_REFOLD};
    RETURN NULL;
END $$"""
_LINKED = sa.text(
    f"""WITH told AS (
        SELECT DISTINCT org_id, company_id FROM person_link
        WHERE (org_id, company_id) > (CAST(:org_id AS uuid), CAST(:company_id AS uuid))
        ORDER BY org_id, company_id LIMIT {_BATCH}
    ), folded AS ({_REFOLD})
    SELECT org_id, company_id FROM told ORDER BY org_id DESC, company_id DESC LIMIT 1"""
)


def upgrade() -> None:
    keep_folded("contact", search=_SEARCHED, sort_name="sort_key(NEW.name)")
    op.execute(_ON_LINK)
    op.execute(_ON_PERSON)
    op.execute(
        "CREATE OR REPLACE TRIGGER folds_company AFTER INSERT OR DELETE ON person_link "
        "FOR EACH ROW EXECUTE FUNCTION fold_linked()"
    )
    op.execute(
        """CREATE OR REPLACE TRIGGER folds_companies AFTER UPDATE ON contact FOR EACH ROW
        WHEN ((OLD.name, OLD.emails, OLD.deleted_at IS NULL) IS DISTINCT FROM
            (NEW.name, NEW.emails, NEW.deleted_at IS NULL))
        EXECUTE FUNCTION fold_companies()"""
    )
    # The owner, who is nobody's organisation, has to see who belongs to whom.
    op.execute("ALTER TABLE person_link NO FORCE ROW LEVEL SECURITY")
    with op.get_context().autocommit_block():
        _refold_linked(op.get_bind())
    op.execute("ALTER TABLE person_link FORCE ROW LEVEL SECURITY")


def _refold_linked(connection: sa.Connection) -> None:
    after: Any = ("00000000-0000-0000-0000-000000000000",) * 2
    while after:
        last = {"org_id": str(after[0]), "company_id": str(after[1])}
        after = connection.execute(_LINKED, last).first()
