"""Alembic's entry."""

from files.models import Base
from shared.db.migrate import run_environment

run_environment(Base.metadata)
