"""What is open of a document is kept by a trigger: a derived column cannot change without writing its table anew."""

from alembic import op

revision = "p010"
down_revision = "p009"

_PAYABLE = """NEW.type IN ('invoice', 'sales_receipt', 'credit_note')
        AND NEW.status IN ('approved', 'partially_paid') AND NOT NEW.deleted"""


def upgrade() -> None:
    # Where the step before the last but one was taken as it was first written, they are derived still.
    op.execute(
        "-- squawk-ignore ban-drop-generated-expression\n"
        "ALTER TABLE document ALTER COLUMN is_open DROP EXPRESSION IF EXISTS, "
        "ALTER COLUMN pending_total DROP EXPRESSION IF EXISTS"
    )
    op.execute(
        f"""CREATE OR REPLACE FUNCTION derive_document() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            NEW.pending_total := CASE WHEN {_PAYABLE} THEN NEW.total - NEW.paid_total ELSE 0 END;
            NEW.is_open := {_PAYABLE} AND NEW.total > NEW.paid_total;
            RETURN NEW;
        END $$"""
    )
    op.execute(
        "CREATE OR REPLACE TRIGGER derived BEFORE INSERT OR UPDATE ON document "
        "FOR EACH ROW EXECUTE FUNCTION derive_document()"
    )
