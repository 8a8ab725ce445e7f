"""Migrations: each service's own Alembic history, run by its owning role."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import sqlalchemy as sa
import structlog
from alembic import command, context, op
from alembic.config import Config
from sqlalchemy import pool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from shared.db.tenancy import lookup_policy, tenant_policy

logger = structlog.get_logger("migrate")

_LOCK_TIMEOUT = "2s"
_LOCKED_SECONDS = 300


def upgrade(package: str, url: str, *, revision: str = "head") -> None:
    """Bring `package`'s database to `revision`, in one transaction. Blocking; call it outside any running event loop.

    Those who use the tables go on meanwhile: whoever waits for a lock makes all others wait behind it, so a lock that
    is not had at once is asked for again, for some minutes. Raises DBAPIError.
    """
    config = migrations_of(package)
    config.attributes["url"] = url
    for attempt in Retrying(
        retry=retry_if_exception(_is_locked),
        wait=wait_random_exponential(max=10),
        stop=stop_after_delay(_LOCKED_SECONDS),
        before_sleep=lambda _: logger.warning("migration_waits_for_a_lock", service=package),
        reraise=True,
    ):
        with attempt:
            command.upgrade(config, revision)


def migrations_of(package: str) -> Config:
    """Alembic's configuration for its history."""
    config = Config()
    config.set_main_option("script_location", str(_migrations(package)))
    return config


def unreachable(url: str) -> str | None:
    """Why one cannot connect there; None when one can. Blocking; call it outside any running event loop."""
    import asyncio

    async def connect() -> None:
        engine = create_async_engine(url, poolclass=pool.NullPool)
        try:
            async with engine.connect():
                return
        finally:
            await engine.dispose()

    try:
        asyncio.run(connect())
    except (OSError, DBAPIError, asyncpg.PostgresError) as error:
        return str(error.orig if isinstance(error, DBAPIError) else error)
    return None


def run_environment(metadata: sa.MetaData) -> None:
    """The whole of a service's env.py: online only, one transaction for all steps."""
    import asyncio

    url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True).get("url")
    if not url:
        raise SystemExit("migrations need the owning role's URL: set <SERVICE>_MIGRATE_URL, or -x url=…")

    def migrate(connection: sa.Connection) -> None:
        context.configure(connection=connection, target_metadata=metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()

    async def connect() -> None:
        patience = {"server_settings": {"lock_timeout": _LOCK_TIMEOUT}}
        engine = create_async_engine(url, poolclass=pool.NullPool, connect_args=patience)
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
            await connection.commit()
        await engine.dispose()

    asyncio.run(connect())


def _is_locked(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "55P03"


def create_infrastructure() -> None:
    """The tables of `shared.db.infrastructure`: the first step of every service's history.

    Frozen, as every migration is: a later change gets a function of its own for later migrations to call.
    """
    _execute(
        [
            """CREATE TABLE outbox (
                position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                event_id uuid NOT NULL UNIQUE,
                org_id uuid NOT NULL,
                aggregate_id uuid NOT NULL,
                name text NOT NULL,
                body bytea NOT NULL,
                recorded_at timestamptz NOT NULL,
                attempts integer NOT NULL DEFAULT 0,
                not_before timestamptz,
                last_error text
            )""",
            "CREATE INDEX ix_outbox_not_before ON outbox (not_before) WHERE not_before IS NOT NULL",
            """CREATE TABLE inbox (
                consumer varchar(40) NOT NULL,
                event_id uuid NOT NULL,
                handled_at timestamptz NOT NULL,
                PRIMARY KEY (consumer, event_id)
            )""",
            "CREATE INDEX ix_inbox_handled_at ON inbox (handled_at)",
            """CREATE TABLE parked_message (
                consumer varchar(40) NOT NULL,
                event_id uuid NOT NULL,
                name text NOT NULL,
                body bytea NOT NULL,
                headers text NOT NULL,
                due_at timestamptz,
                PRIMARY KEY (consumer, event_id)
            )""",
            "CREATE INDEX ix_parked_message_due_at ON parked_message (due_at)",
            """CREATE TABLE idempotency_key (
                org_id uuid NOT NULL,
                key varchar(255) NOT NULL,
                fingerprint bytea NOT NULL,
                status smallint NOT NULL,
                headers text NOT NULL,
                body bytea NOT NULL,
                created_at timestamptz NOT NULL,
                PRIMARY KEY (org_id, key)
            )""",
            "CREATE INDEX ix_idempotency_key_org_id_created_at ON idempotency_key (org_id, created_at)",
        ]
    )
    hold_to_tenant("idempotency_key")


def create_dead_letters() -> None:
    """The tables of dead letters; those that the in-memory transport kept among its parked messages move over."""
    _execute(
        [
            """CREATE TABLE dead_letter (
                consumer varchar(40) NOT NULL,
                event_id uuid NOT NULL,
                org_id uuid,
                name text NOT NULL,
                body bytea NOT NULL,
                headers text NOT NULL,
                cause text NOT NULL,
                reason text NOT NULL,
                handler text NOT NULL,
                attempts integer NOT NULL,
                first_failed_at timestamptz NOT NULL,
                last_failed_at timestamptz NOT NULL,
                status varchar(20) NOT NULL,
                PRIMARY KEY (consumer, event_id)
            )""",
            "CREATE INDEX ix_dead_letter_status ON dead_letter (status, last_failed_at, event_id)",
            "CREATE INDEX ix_dead_letter_org_id ON dead_letter (org_id, status, last_failed_at, event_id)",
            """CREATE TABLE dead_letter_action (
                position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                consumer varchar(40) NOT NULL,
                event_id uuid NOT NULL,
                at timestamptz NOT NULL,
                actor text NOT NULL,
                action varchar(20) NOT NULL,
                reason text NOT NULL
            )""",
            "CREATE INDEX ix_dead_letter_action ON dead_letter_action (consumer, event_id, position)",
            """INSERT INTO dead_letter
                SELECT consumer, event_id, NULL, name, body, headers, 'before dead letters had a table',
                    coalesce(headers::jsonb ->> 'x-ficha-reason', ''),
                    coalesce(headers::jsonb ->> 'x-ficha-handler', ''),
                    coalesce((headers::jsonb ->> 'x-ficha-attempt')::integer, 0),
                    coalesce((headers::jsonb ->> 'x-ficha-first-failure')::timestamptz, now()),
                    coalesce((headers::jsonb ->> 'x-ficha-last-failure')::timestamptz, now()), 'dead'
                FROM parked_message WHERE due_at IS NULL""",
            "DELETE FROM parked_message WHERE due_at IS NULL",
        ]
    )


def create_log_position() -> None:
    """How far a consumer has compared the broker's log with its inbox."""
    _execute(
        [
            """CREATE TABLE log_position (
                consumer varchar(40) PRIMARY KEY,
                began_at timestamptz NOT NULL,
                checked_until timestamptz NOT NULL
            )"""
        ]
    )


def create_login_attempts() -> None:
    """The table of `shared.passwords.throttle`."""
    _execute(
        [
            """CREATE TABLE login_attempt (
                org_id uuid NOT NULL,
                key text NOT NULL,
                used_until timestamptz NOT NULL,
                PRIMARY KEY (org_id, key)
            )""",
            "CREATE INDEX ix_login_attempt_used_until ON login_attempt (org_id, used_until)",
        ]
    )
    hold_to_tenant("login_attempt")


def hold_to_tenant(*tables: str, lookup: str | None = None) -> None:
    """Hold rows of these tables to the transaction's organisation.

    `lookup`: a column by which one row is found before it is known whose it is.
    """
    for table in tables:
        _execute(tenant_policy(table, lookup=lookup))


def look_up_by(table: str, column: str) -> None:
    """Of a table that was held to the tenant without it."""
    _execute([lookup_policy(table, column)])


def _execute(statements: Sequence[str]) -> None:
    for statement in statements:
        op.execute(statement)


def _migrations(package: str) -> Path:
    """Beside `src/` in a checkout, inside the package in a wheel."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"no package {package}")
    inside = Path(spec.submodule_search_locations[0])
    for folder in (inside / "migrations", inside.parents[1] / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise LookupError(f"{package} has no migrations")
