"""Which organisations there are: to be asked by who rebuilds copies of all of them."""

from alembic import op

revision = "g004"
down_revision = "g003"


def upgrade() -> None:
    # One table, to be read only, and only by a transaction that says so: everything else stays held to its tenant.
    op.execute(
        "CREATE POLICY listing ON organization FOR SELECT "
        "USING (current_setting('app.listing', true) = 'organizations')"
    )
