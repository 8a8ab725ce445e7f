"""What the consumer gave up on, and who decided what about it."""

from shared.db.migrate import create_dead_letters

revision = "g002"
down_revision = "g001"


def upgrade() -> None:
    create_dead_letters()
