"""Alembic's entry."""

from portal.models import Base
from shared.db.migrate import run_environment

run_environment(Base.metadata)
