"""Products, series, documents, payments, running totals, and our copies of contacts and organisation."""

from alembic import op

from shared.db.migrate import create_infrastructure, hold_to_tenant

revision = "d001"
down_revision = None

_ENTITY = """org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL"""

_TYPES = """'invoice', 'sales_receipt', 'credit_note', 'estimate', 'proforma', 'delivery_note', 'sales_order',
            'purchase_invoice', 'purchase_receipt', 'purchase_credit_note', 'purchase_order'"""


def upgrade() -> None:
    for extension in ("pg_trgm", "btree_gin"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    create_infrastructure()
    for statement in (*_PRODUCTS, *_SERIES, *_DOCUMENTS, *_FROZEN, *_COPIES, *_TOTALS):
        op.execute(statement)
    hold_to_tenant(
        "product",
        "series",
        "series_counter",
        "document",
        "payment",
        "contact_copy",
        "person_link_copy",
        "organization",
        "month_total",
        "item_total",
        "sold_line",
        "open_amount",
        "document_count",
    )


_PRODUCTS = (
    f"""CREATE TABLE product (
            {_ENTITY},
            name text NOT NULL,
            sku text,
            description text,
            category text,
            unit_price numeric(18, 6) NOT NULL,
            cost numeric(18, 6),
            currency text NOT NULL,
            taxes text[] NOT NULL,
            in_catalogue boolean NOT NULL,
            active boolean NOT NULL,
            sort_name text NOT NULL,
            search text NOT NULL,
            PRIMARY KEY (org_id, id)
        )""",
    "CREATE INDEX ix_product_name ON product (org_id, sort_name, id)",
    "CREATE INDEX ix_product_catalogue ON product (org_id, sort_name, id) WHERE in_catalogue AND active",
    "CREATE INDEX ix_product_search ON product USING gin (org_id, search gin_trgm_ops)",
)

_SERIES = (
    f"""CREATE TABLE series (
            {_ENTITY},
            name text NOT NULL,
            format text NOT NULL,
            document_type text NOT NULL CHECK (document_type IN ({_TYPES})),
            is_default boolean NOT NULL,
            PRIMARY KEY (org_id, id),
            CONSTRAINT uq_series_format UNIQUE (org_id, format)
        )""",
    "CREATE UNIQUE INDEX uq_series_default ON series (org_id, document_type) WHERE is_default",
    """CREATE TABLE series_counter (
            org_id uuid NOT NULL,
            series_id uuid NOT NULL,
            year smallint NOT NULL,
            last_number integer NOT NULL,
            PRIMARY KEY (org_id, series_id, year),
            FOREIGN KEY (org_id, series_id) REFERENCES series (org_id, id)
        )""",
)

_DOCUMENTS = (
    f"""CREATE TABLE document (
            {_ENTITY},
            type text NOT NULL CHECK (type IN ({_TYPES})),
            side text NOT NULL CHECK (side IN ('sales', 'purchases')),
            status text NOT NULL CHECK (
                status IN ('draft', 'approved', 'partially_paid', 'paid', 'accepted', 'rejected', 'voided')
            ),
            series_id uuid,
            number text,
            contact_id uuid NOT NULL,
            contact_name text NOT NULL,
            issue_date date NOT NULL,
            tax_date date NOT NULL,
            due_date date,
            currency text NOT NULL,
            language text NOT NULL,
            payment_method text,
            supplier_number text,
            corrects_id uuid,
            source_id uuid,
            notes text,
            lines jsonb NOT NULL,
            taxes jsonb NOT NULL,
            subtotal numeric(16, 2) NOT NULL,
            tax_total numeric(16, 2) NOT NULL,
            total numeric(16, 2) NOT NULL,
            paid_total numeric(16, 2) NOT NULL CHECK (paid_total >= 0),
            pending_total numeric(16, 2) NOT NULL CHECK (pending_total >= 0),
            answer_reason text,
            organization_snapshot jsonb,
            contact_snapshot jsonb,
            approved_at timestamptz,
            search text NOT NULL,
            PRIMARY KEY (org_id, id),
            CHECK ((status = 'draft') = (number IS NULL)),
            CHECK (status = 'draft' OR (organization_snapshot IS NOT NULL AND contact_snapshot IS NOT NULL)),
            FOREIGN KEY (org_id, series_id) REFERENCES series (org_id, id)
        )""",
    "CREATE UNIQUE INDEX uq_document_number ON document (org_id, type, number) WHERE number IS NOT NULL",
    "CREATE INDEX ix_document_date ON document (org_id, issue_date, id)",
    "CREATE INDEX ix_document_type ON document (org_id, type, issue_date, id)",
    "CREATE INDEX ix_document_status ON document (org_id, status, issue_date, id)",
    "CREATE INDEX ix_document_contact ON document (org_id, contact_id, issue_date, id)",
    "CREATE INDEX ix_document_contact_side ON document (org_id, contact_id, side, issue_date, id)",
    "CREATE INDEX ix_document_open ON document (org_id, issue_date, id) WHERE pending_total > 0",
    "CREATE INDEX ix_document_contact_open ON document (org_id, contact_id, issue_date, id) WHERE pending_total > 0",
    "CREATE INDEX ix_document_corrects ON document (org_id, corrects_id) WHERE corrects_id IS NOT NULL",
    "CREATE INDEX ix_document_search ON document USING gin (org_id, search gin_trgm_ops)",
    f"""CREATE TABLE payment (
            {_ENTITY},
            document_id uuid NOT NULL,
            date date NOT NULL,
            amount numeric(16, 2) NOT NULL CHECK (amount > 0),
            method text NOT NULL,
            credit_note_id uuid,
            PRIMARY KEY (org_id, id),
            FOREIGN KEY (org_id, document_id) REFERENCES document (org_id, id)
        )""",
    "CREATE INDEX ix_payment_document ON payment (org_id, document_id, date, id)",
    "CREATE INDEX ix_payment_credit_note ON payment (org_id, credit_note_id) WHERE credit_note_id IS NOT NULL",
)

_FROZEN = (
    """CREATE FUNCTION keep_document_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            living CONSTANT text[] := ARRAY[
                'status', 'paid_total', 'pending_total', 'answer_reason', 'version', 'updated_at'
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
        END $$""",
    """CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON document
        FOR EACH ROW EXECUTE FUNCTION keep_document_frozen()""",
)

_COPIES = (
    """CREATE TABLE contact_copy (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            deleted boolean NOT NULL,
            state jsonb NOT NULL,
            PRIMARY KEY (org_id, id)
        )""",
    """CREATE TABLE person_link_copy (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            deleted boolean NOT NULL,
            company_id uuid NOT NULL,
            person_id uuid NOT NULL,
            job_title text,
            is_primary boolean NOT NULL,
            send_copies boolean NOT NULL,
            PRIMARY KEY (org_id, id)
        )""",
    """CREATE INDEX ix_person_link_copy_copies ON person_link_copy (org_id, company_id)
        WHERE send_copies AND NOT deleted""",
    """CREATE TABLE organization (
            org_id uuid PRIMARY KEY,
            version integer NOT NULL,
            currency text NOT NULL,
            state jsonb NOT NULL
        )""",
)

_TOTALS = (
    """CREATE TABLE month_total (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            currency text NOT NULL,
            year smallint NOT NULL,
            month smallint NOT NULL,
            type text NOT NULL,
            net numeric(20, 2) NOT NULL,
            gross numeric(20, 2) NOT NULL,
            count integer NOT NULL,
            PRIMARY KEY (org_id, contact_id, currency, year, month, type)
        )""",
    """CREATE TABLE item_total (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            side text NOT NULL,
            currency text NOT NULL,
            grain text NOT NULL CHECK (grain IN ('month', 'day')),
            starts_on date NOT NULL,
            item_key uuid NOT NULL,
            product_id uuid,
            name text NOT NULL,
            quantity numeric(24, 6) NOT NULL,
            amount numeric(20, 2) NOT NULL,
            PRIMARY KEY (org_id, contact_id, side, currency, grain, starts_on, item_key)
        )""",
    """CREATE TABLE sold_line (
            org_id uuid NOT NULL,
            document_id uuid NOT NULL,
            position smallint NOT NULL,
            contact_id uuid NOT NULL,
            side text NOT NULL,
            currency text NOT NULL,
            item_key uuid NOT NULL,
            sold_on date NOT NULL,
            unit_price numeric(18, 6) NOT NULL,
            PRIMARY KEY (org_id, document_id, position)
        )""",
    """CREATE INDEX ix_sold_line_last
        ON sold_line (org_id, contact_id, side, currency, item_key, sold_on, document_id, position)""",
    """CREATE TABLE open_amount (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            currency text NOT NULL,
            grain text NOT NULL CHECK (grain IN ('month', 'day')),
            starts_on date NOT NULL,
            side text NOT NULL,
            amount numeric(20, 2) NOT NULL,
            PRIMARY KEY (org_id, contact_id, currency, grain, starts_on, side)
        )""",
    """CREATE TABLE document_count (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            side text NOT NULL,
            count integer NOT NULL,
            PRIMARY KEY (org_id, contact_id, side)
        )""",
)
