"""What is searched and sorted is folded by the database, as contacts does it."""

from alembic import op

from shared.db.folding import create_folding, index_concurrently, keep_folded, refold

revision = "d005"
down_revision = "d004"

_FROZEN = """CREATE OR REPLACE FUNCTION keep_document_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            living CONSTANT text[] := ARRAY[
                'status', 'paid_total', 'pending_total', 'answer_reason', 'version', 'updated_at', 'search'
            ];
        BEGIN
            IF OLD.status <> 'draft' AND (
                TG_OP = 'DELETE'
                OR NEW.status = 'draft'
                OR to_jsonb(NEW) - living IS DISTINCT FROM to_jsonb(OLD) - living
            ) THEN
                RAISE EXCEPTION 'document % is approved and never changes', OLD.id
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        END $$"""
"""As before; but how an approved document is found may change."""


def upgrade() -> None:
    create_folding()
    op.execute(_FROZEN)
    keep_folded("document", search="search_text(ARRAY[NEW.number, NEW.contact_name, NEW.supplier_number])")
    keep_folded("product", search="search_text(ARRAY[NEW.name, NEW.sku, NEW.category])", sort_name="sort_key(NEW.name)")
    with op.get_context().autocommit_block():
        # `ix_product_name` and `ix_product_catalogue` serve the code before this one; a release later they can go.
        index_concurrently("ix_product_sorted", 'product (org_id, sort_name COLLATE "C", id)')
        index_concurrently(
            "ix_product_catalogue_sorted",
            'product (org_id, sort_name COLLATE "C", id) WHERE in_catalogue AND active',
        )
        for table in ("document", "product"):
            index_concurrently(f"ix_{table}_lines", rf"{table} USING gin (org_id, string_to_array(search, E'\n'))")
        refold("document", "search")
        refold("product", "search")
