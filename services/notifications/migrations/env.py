"""Alembic's entry."""

from notifications.models import Base
from shared.db.migrate import run_environment

run_environment(Base.metadata)
