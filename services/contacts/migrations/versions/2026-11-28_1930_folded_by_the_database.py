"""What is searched and sorted is folded by the database; addresses are searched too; ñ comes after n."""

from alembic import op

from shared.db.folding import create_folding, index_concurrently, keep_folded, refold

revision = "c004"
down_revision = "c003"

_ADDRESSES = "coalesce(nullif(NEW.billing_address, 'null'), '[]') || NEW.shipping_addresses"
_SEARCHED = f"""search_text(
    ARRAY[NEW.name, NEW.trade_name, NEW.tax_id, NEW.vat_number] || NEW.emails
    || ARRAY(SELECT split_part(phone, ';', 1) FROM unnest(NEW.phones) AS phone)
    || ARRAY(SELECT part FROM jsonb_array_elements({_ADDRESSES}) AS address, unnest(ARRAY[
        address ->> 'city', address ->> 'province', address ->> 'postal_code'
    ]) AS part))"""


def upgrade() -> None:
    create_folding()
    keep_folded("contact", search=_SEARCHED, sort_name="sort_key(NEW.name)")
    with op.get_context().autocommit_block():
        # `ix_contact_name` serves the code before this one; a release later it can go.
        index_concurrently("ix_contact_sorted", 'contact (org_id, sort_name COLLATE "C", id) WHERE deleted_at IS NULL')
        index_concurrently("ix_contact_lines", r"contact USING gin (org_id, string_to_array(search, E'\n'))")
        refold("contact", "search")
