"""What the consumer gave up on, and who decided what about it."""

from shared.db.migrate import create_dead_letters

revision = "p002"
down_revision = "p001"


def upgrade() -> None:
    create_dead_letters()
