"""Contacts, the links between people and companies, and our copy of the organisation."""

from alembic import op

from shared.db.migrate import create_infrastructure, hold_to_tenant

revision = "c001"
down_revision = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
    create_infrastructure()
    op.execute(
        """CREATE TABLE contact (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            kind text NOT NULL CHECK (kind IN ('company', 'person')),
            name text NOT NULL,
            trade_name text,
            roles text[] NOT NULL,
            tax_id text,
            vat_number text,
            emails text[] NOT NULL,
            phones text[] NOT NULL,
            website text,
            billing_address jsonb,
            shipping_addresses jsonb NOT NULL,
            bank_accounts jsonb NOT NULL,
            defaults jsonb NOT NULL,
            tags text[] NOT NULL,
            custom_fields jsonb NOT NULL,
            deleted_at timestamptz,
            sort_name text NOT NULL,
            search text NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute("CREATE INDEX ix_contact_name ON contact (org_id, sort_name, id) WHERE deleted_at IS NULL")
    op.execute("CREATE INDEX ix_contact_updated ON contact (org_id, updated_at, id) WHERE deleted_at IS NULL")
    op.execute("CREATE INDEX ix_contact_tax_id ON contact (org_id, tax_id) WHERE tax_id IS NOT NULL")
    op.execute("CREATE INDEX ix_contact_search ON contact USING gin (org_id, search gin_trgm_ops)")
    op.execute("CREATE INDEX ix_contact_tags ON contact USING gin (org_id, tags)")
    op.execute(
        """CREATE TABLE person_link (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            company_id uuid NOT NULL,
            person_id uuid NOT NULL,
            job_title text,
            is_primary boolean NOT NULL,
            send_copies boolean NOT NULL,
            PRIMARY KEY (org_id, id),
            CONSTRAINT uq_person_link_pair UNIQUE (org_id, company_id, person_id),
            FOREIGN KEY (org_id, company_id) REFERENCES contact (org_id, id),
            FOREIGN KEY (org_id, person_id) REFERENCES contact (org_id, id)
        )"""
    )
    op.execute("CREATE INDEX ix_person_link_person ON person_link (org_id, person_id)")
    op.execute(
        """CREATE TABLE organization (
            org_id uuid PRIMARY KEY,
            version integer NOT NULL,
            country text NOT NULL
        )"""
    )
    hold_to_tenant("contact", "person_link", "organization")
