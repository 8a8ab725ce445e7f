"""Where nothing was to be paid, it is paid: also what was approved before that was so. Listeners are told."""

import sqlalchemy as sa
from alembic import op

revision = "d009"
down_revision = "d008"

_BATCH = sa.text(
    """WITH found AS (
        SELECT org_id, id FROM document
        WHERE status = 'approved' AND total = 0 AND pending_total = 0 AND type IN ('invoice', 'sales_receipt',
            'credit_note', 'purchase_invoice', 'purchase_receipt', 'purchase_credit_note')
        LIMIT 500 FOR UPDATE
    ), paid AS (
        UPDATE document d SET status = 'paid', version = version + 1, updated_at = now() FROM found
        WHERE d.org_id = found.org_id AND d.id = found.id
        RETURNING d.*, uuidv7() AS event_id
    ) INSERT INTO outbox (event_id, org_id, aggregate_id, name, body, recorded_at)
    SELECT event_id, org_id, id, 'ficha.documents.document.updated.v1', convert_to(json_build_object(
        'specversion', '1.0', 'id', event_id, 'type', 'ficha.documents.document.updated.v1',
        'source', '/services/documents', 'subject', id, 'time', updated_at, 'datacontenttype', 'application/json',
        'orgid', org_id, 'aggregateversion', version, 'actor', 'system',
        'data', json_build_object(
            'id', id, 'type', type, 'side', side, 'status', status, 'number', number, 'contact_id', contact_id,
            'contact_name', contact_name, 'issue_date', issue_date, 'due_date', due_date, 'currency', currency,
            'subtotal', subtotal::text, 'tax_total', tax_total::text, 'total', total::text,
            'paid_total', paid_total::text, 'payment_method', payment_method, 'language', language,
            'supplier_number', supplier_number, 'corrects_id', corrects_id, 'source_id', source_id,
            'deleted', false, 'created_at', created_at, 'updated_at', updated_at, 'changed', json_build_array('status')
        )
    )::text, 'UTF8'), updated_at FROM paid RETURNING event_id"""
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        while op.get_bind().execute(_BATCH).all():
            continue
