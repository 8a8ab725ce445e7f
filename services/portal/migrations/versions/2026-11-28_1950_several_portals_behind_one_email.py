"""Several portals behind one e-mail: who is let in, one salt, a choice after the password, one mail for all."""

from alembic import op

from shared.db.migrate import hold_to_tenant

revision = "p007"
down_revision = "p006"

_CLIENT = "nullif(current_setting('app.contact_id', true), '')"
_LOGIN = "FOREIGN KEY (org_id, contact_id, email) REFERENCES login (org_id, contact_id, email) ON DELETE CASCADE"


def upgrade() -> None:
    op.execute("ALTER TABLE access ADD COLUMN emails text[]")
    op.execute("ALTER TABLE access ADD COLUMN other_hashes text[] NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE client_session ADD COLUMN choices_hash text")
    op.execute(
        """CREATE TABLE login_salt (
            org_id uuid NOT NULL,
            key text NOT NULL CONSTRAINT uq_login_salt_key UNIQUE,
            salt text NOT NULL,
            PRIMARY KEY (org_id, key)
        )"""
    )
    op.execute(
        f"""CREATE TABLE client_choice (
            org_id uuid NOT NULL,
            choices_hash text NOT NULL,
            contact_id uuid NOT NULL,
            email text NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (org_id, choices_hash, contact_id),
            {_LOGIN}
        )"""
    )
    op.execute("CREATE INDEX ix_client_choice_hash ON client_choice (choices_hash)")
    op.execute("CREATE INDEX ix_client_choice_login ON client_choice (org_id, contact_id, email)")
    # In the place of password_reset, which a later step takes away: a wish may be about several logins.
    op.execute(
        """CREATE TABLE reset_wish (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            email text NOT NULL,
            token_hash text CONSTRAINT uq_reset_wish_token_hash UNIQUE,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute("CREATE INDEX ix_reset_wish_email ON reset_wish (org_id, email)")
    op.execute(
        f"""CREATE TABLE reset_login (
            org_id uuid NOT NULL,
            reset_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            email text NOT NULL,
            PRIMARY KEY (org_id, reset_id, contact_id),
            FOREIGN KEY (org_id, reset_id) REFERENCES reset_wish (org_id, id) ON DELETE CASCADE,
            {_LOGIN}
        )"""
    )
    op.execute("CREATE INDEX ix_reset_login_login ON reset_login (org_id, contact_id, email)")
    hold_to_tenant("login_salt", lookup="key")
    hold_to_tenant("client_choice", lookup="choices_hash")
    hold_to_tenant("reset_wish", lookup="token_hash")
    hold_to_tenant("reset_login")
    for table in ("client_choice", "reset_login"):
        op.execute(
            f"CREATE POLICY client ON {table} AS RESTRICTIVE USING ({_CLIENT} IS NULL OR contact_id = {_CLIENT}::uuid)"
        )
