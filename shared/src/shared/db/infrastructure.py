"""The bus tables that every service's database has beside its own.

Outbox, inbox and parked messages are the service's own machinery, read across organisations by its
worker, so they are no tenant tables. Created by `shared.db.migrate.create_infrastructure`.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
)

metadata = MetaData()

outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("org_id", Uuid, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", DateTime(timezone=True)),
    Column("last_error", Text),
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", String(40), primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("handled_at", DateTime(timezone=True), nullable=False),
)

parked = Table(
    "parked_message",
    metadata,
    Column("consumer", String(40), primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("headers", Text, nullable=False),
    Column("due_at", DateTime(timezone=True)),
)
"""Where the in-memory transport keeps what waits for a retry (`due_at`) or is dead (`due_at` is null)."""
