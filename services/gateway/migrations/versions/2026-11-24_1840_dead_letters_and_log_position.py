"""Dead letters, what was decided about them, and how far the log was compared with the inbox."""

from shared.db.migrate import create_dead_letters, create_log_position

revision = "g002"
down_revision = "g001"


def upgrade() -> None:
    create_dead_letters()
    create_log_position()
