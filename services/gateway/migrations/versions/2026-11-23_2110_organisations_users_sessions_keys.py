"""Organisations, their users, the sessions of those and the keys of their programs."""

from alembic import op

from shared.db.migrate import create_infrastructure, hold_to_tenant

revision = "g001"
down_revision = None


def upgrade() -> None:
    create_infrastructure()
    op.execute(
        """CREATE TABLE organization (
            org_id uuid PRIMARY KEY,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            name text NOT NULL,
            slug text NOT NULL CONSTRAINT uq_organization_slug UNIQUE,
            tax_id text,
            email text,
            phone text,
            website text,
            address jsonb,
            iban text,
            bic text,
            currency text NOT NULL,
            language text NOT NULL,
            color text
        )"""
    )
    op.execute(
        """CREATE TABLE user_account (
            org_id uuid NOT NULL REFERENCES organization (org_id),
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            name text NOT NULL,
            email text NOT NULL CONSTRAINT uq_user_account_email UNIQUE,
            password_hash text NOT NULL,
            is_admin boolean NOT NULL,
            active boolean NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute(
        """CREATE TABLE login_session (
            org_id uuid NOT NULL,
            token_hash text NOT NULL CONSTRAINT uq_login_session_token_hash UNIQUE,
            user_id uuid NOT NULL,
            created_at timestamptz NOT NULL,
            seen_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (org_id, token_hash),
            FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id)
        )"""
    )
    op.execute("CREATE INDEX ix_login_session_user ON login_session (org_id, user_id)")
    op.execute(
        """CREATE TABLE api_key (
            org_id uuid NOT NULL REFERENCES organization (org_id),
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            name text NOT NULL,
            prefix text NOT NULL,
            key_hash text NOT NULL CONSTRAINT uq_api_key_key_hash UNIQUE,
            scopes text[] NOT NULL,
            created_by text NOT NULL,
            expires_at timestamptz,
            last_used_at timestamptz,
            PRIMARY KEY (org_id, id)
        )"""
    )
    # What is read before the organisation is known is found by one exact value, and by nothing else.
    hold_to_tenant("organization", lookup="slug")
    hold_to_tenant("user_account", lookup="email")
    hold_to_tenant("login_session", lookup="token_hash")
    hold_to_tenant("api_key", lookup="key_hash")
