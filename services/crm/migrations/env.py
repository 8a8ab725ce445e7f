"""Alembic's entry."""

from crm.models import Base
from shared.db.migrate import run_environment

run_environment(Base.metadata)
