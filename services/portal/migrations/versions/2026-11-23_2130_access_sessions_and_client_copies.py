"""Access per contact, logins and sessions, what a client may see, and what a client did."""

from alembic import op

from shared.db.migrate import create_infrastructure, hold_to_tenant

revision = "p001"
down_revision = None

_PAYABLE = (
    "type IN ('invoice', 'sales_receipt', 'credit_note') AND status IN ('approved', 'partially_paid') AND NOT deleted"
)
_CLIENT = "nullif(current_setting('app.contact_id', true), '')"


def upgrade() -> None:
    create_infrastructure()
    _create_parties()
    _create_access()
    _create_documents()
    _create_catalogue()
    # What is read before the organisation is known is found by one exact value, and by nothing else.
    hold_to_tenant("organization", lookup="slug")
    hold_to_tenant("login", lookup="email")
    hold_to_tenant("client_session", lookup="token_hash")
    hold_to_tenant("preview_log", lookup="token_hash")
    hold_to_tenant("contact", "access", "login_attempt", "document", "estimate_answer", "document_view")
    hold_to_tenant("product", "client_order", "payment_attempt")
    _hold_to_client("contact", "access", "login", "client_session", "preview_log")
    _hold_to_client("estimate_answer", "document_view", "client_order", "payment_attempt")
    _hold_to_client("document", and_also="visible")


def _create_parties() -> None:
    op.execute(
        """CREATE TABLE organization (
            org_id uuid PRIMARY KEY,
            version integer NOT NULL,
            name text NOT NULL,
            slug text NOT NULL,
            iban text,
            bic text,
            color text,
            language text NOT NULL,
            currency text NOT NULL
        )"""
    )
    op.execute("CREATE INDEX ix_organization_slug ON organization (slug)")
    op.execute(
        """CREATE TABLE contact (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            version integer NOT NULL,
            name text NOT NULL,
            language text,
            emails text[] NOT NULL,
            deleted boolean NOT NULL,
            PRIMARY KEY (org_id, contact_id)
        )"""
    )


def _create_access() -> None:
    op.execute(
        """CREATE TABLE access (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            enabled boolean NOT NULL,
            payment_methods text[] NOT NULL,
            catalogue boolean NOT NULL,
            password_hash text,
            PRIMARY KEY (org_id, contact_id)
        )"""
    )
    op.execute(
        """CREATE TABLE login (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            email text NOT NULL,
            password_hash text NOT NULL,
            PRIMARY KEY (org_id, contact_id, email)
        )"""
    )
    op.execute("CREATE INDEX ix_login_email ON login (email, contact_id)")
    op.execute(
        """CREATE TABLE client_session (
            org_id uuid NOT NULL,
            token_hash text NOT NULL CONSTRAINT uq_client_session_token_hash UNIQUE,
            contact_id uuid NOT NULL,
            email text,
            actor text NOT NULL,
            actor_name text NOT NULL,
            read_only boolean NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (org_id, token_hash)
        )"""
    )
    op.execute("CREATE INDEX ix_client_session_contact ON client_session (org_id, contact_id)")
    op.execute(
        """CREATE TABLE preview_log (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            contact_id uuid NOT NULL,
            token_hash text NOT NULL CONSTRAINT uq_preview_log_token_hash UNIQUE,
            actor text NOT NULL,
            actor_name text NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            opened_at timestamptz,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute(
        """CREATE TABLE login_attempt (
            org_id uuid NOT NULL,
            key text NOT NULL,
            used_until timestamptz NOT NULL,
            PRIMARY KEY (org_id, key)
        )"""
    )
    op.execute("CREATE INDEX ix_login_attempt_used_until ON login_attempt (org_id, used_until)")


def _create_documents() -> None:
    op.execute(
        f"""CREATE TABLE document (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            contact_id uuid NOT NULL,
            version integer NOT NULL,
            type text NOT NULL,
            status text NOT NULL,
            number text,
            issue_date date NOT NULL,
            due_date date,
            currency text NOT NULL,
            subtotal numeric(16, 2) NOT NULL,
            tax_total numeric(16, 2) NOT NULL,
            total numeric(16, 2) NOT NULL,
            paid_total numeric(16, 2) NOT NULL,
            corrects_id uuid,
            deleted boolean NOT NULL,
            visible boolean NOT NULL GENERATED ALWAYS AS (status <> 'draft' AND NOT deleted) STORED,
            is_open boolean NOT NULL GENERATED ALWAYS AS ({_PAYABLE} AND total > paid_total) STORED,
            pending_total numeric(16, 2) NOT NULL GENERATED ALWAYS AS (
                CASE WHEN {_PAYABLE} THEN total - paid_total ELSE 0 END) STORED,
            PRIMARY KEY (org_id, id)
        )"""
    )
    for name, columns, which in (
        ("issued", "issue_date DESC, id DESC", "visible"),
        ("type", "type, issue_date DESC, id DESC", "visible"),
        ("status", "status, issue_date DESC, id DESC", "visible"),
        ("open", "issue_date DESC, id DESC", "visible AND is_open"),
        ("due", "due_date, id", "visible AND is_open"),
    ):
        op.execute(f"CREATE INDEX ix_document_{name} ON document (org_id, contact_id, {columns}) WHERE {which}")
    op.execute(
        """CREATE TABLE estimate_answer (
            org_id uuid NOT NULL,
            document_id uuid NOT NULL,
            id uuid NOT NULL,
            contact_id uuid NOT NULL,
            accepted boolean NOT NULL,
            reason text,
            answered_at timestamptz NOT NULL,
            PRIMARY KEY (org_id, document_id)
        )"""
    )
    op.execute(
        """CREATE TABLE document_view (
            org_id uuid NOT NULL,
            document_id uuid NOT NULL,
            id uuid NOT NULL,
            contact_id uuid NOT NULL,
            viewed_at timestamptz NOT NULL,
            PRIMARY KEY (org_id, document_id)
        )"""
    )
    op.execute(
        """CREATE TABLE payment_attempt (
            org_id uuid NOT NULL,
            document_id uuid NOT NULL,
            method text NOT NULL,
            contact_id uuid NOT NULL,
            reference text NOT NULL,
            amount numeric(16, 2) NOT NULL,
            currency text NOT NULL,
            asked_at timestamptz NOT NULL,
            PRIMARY KEY (org_id, document_id, method)
        )"""
    )


def _create_catalogue() -> None:
    op.execute(
        """CREATE TABLE product (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            name text NOT NULL,
            sort_name text NOT NULL,
            sku text,
            description text,
            category text,
            unit_price numeric(18, 6) NOT NULL,
            currency text NOT NULL,
            taxes text[] NOT NULL,
            in_catalogue boolean NOT NULL,
            active boolean NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute("CREATE INDEX ix_product_catalogue ON product (org_id, sort_name, id) WHERE in_catalogue AND active")
    op.execute(
        """CREATE TABLE client_order (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            contact_id uuid NOT NULL,
            lines jsonb NOT NULL,
            notes text,
            placed_at timestamptz NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute("CREATE INDEX ix_client_order_contact ON client_order (org_id, contact_id, id)")


def _hold_to_client(*tables: str, and_also: str = "true") -> None:
    """While a client's session holds the transaction, it sees rows of its own contact only.

    Restrictive: it narrows the organisation's policy and can never widen it.
    """
    for table in tables:
        op.execute(
            f"CREATE POLICY client ON {table} AS RESTRICTIVE "
            f"USING ({_CLIENT} IS NULL OR (contact_id = {_CLIENT}::uuid AND {and_also}))"
        )
