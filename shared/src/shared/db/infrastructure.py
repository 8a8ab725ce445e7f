"""The bus tables that every service's database has beside its own.

Outbox, inbox, parked messages and dead letters are the service's own machinery, read across organisations by its
worker, so they are no tenant tables. Created by `create_infrastructure` and what follows it in `shared.db.migrate`.
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
"""Where the in-memory transport keeps what waits for a retry."""

log_position = Table(
    "log_position",
    metadata,
    Column("consumer", String(40), primary_key=True),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("checked_until", DateTime(timezone=True), nullable=False),
)
"""Since when a consumer listens, and up to when it has compared the broker's log with its inbox."""

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("consumer", String(40), primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("org_id", Uuid),
    Column("name", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("headers", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("handler", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("first_failed_at", DateTime(timezone=True), nullable=False),
    Column("last_failed_at", DateTime(timezone=True), nullable=False),
    Column("status", String(20), nullable=False),
)
"""What a consumer gave up on. `status`: `dead`, then `replaying` and `replayed`, or `discarded`. `org_id` is null
where the body did not tell. `cause` is the reason without what differs from case to case, to group by.
"""

dead_letter_action = Table(
    "dead_letter_action",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("consumer", String(40), nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(20), nullable=False),
    Column("reason", Text, nullable=False),
)
"""Who did what to a dead letter, and why: only ever added to."""
