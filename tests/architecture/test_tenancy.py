"""Row-level security, read from the catalogue of every service's real database."""

import pytest
from sqlalchemy import text

from tests.support.postgres import Databases

SERVICES = ("contacts", "documents", "crm", "files", "portal", "notifications", "gateway")
INFRASTRUCTURE = {
    "alembic_version": "the schema's own state",
    "outbox": "the relay publishes every organisation's events, in one order",
    "inbox": "ids of events, no organisation's rows",
    "parked_message": "the consumer tries again whatever waits, whosever it is",
    "dead_letter": "the same; the door reads it by organisation (tests/shared/web/test_dead_letters.py)",
    "dead_letter_action": "the same",
    "log_position": "how far the log was compared",
}
"""The service's own machinery, read by its worker across organisations, and why no policy holds it."""
SEEN_BY_OWNER = {
    "contacts": {"contact": "contact_found reads with its owner's rights"},
    "documents": {
        "document": "document_found reads with its owner's rights",
        "product": "product_found reads with its owner's rights",
    },
}
"""Tables whose policy does not hold their owner (D-022): forced, LIKE and word similarity could use no index. The view
named has the organisation as its own condition, and the working role, which owns nothing, is held by both.
"""
QUEUES = {
    "notifications": {
        "delivery": "the worker sends what is due, whosever it is",
        "webhook_lane": "the worker looks for lanes with something due",
        "webhook_wake": "the worker is woken for whichever lane",
    }
}
"""What a worker takes from across organisations; every row that it leads to is read under its organisation."""


@pytest.mark.parametrize("service", SERVICES)
async def test_every_tenant_table_is_held_to_its_organisation(databases: Databases, service: str) -> None:
    async with databases.connect(service) as database, database.engine.connect() as connection:
        rows = (
            await connection.execute(
                text(
                    "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, "
                    "pg_get_userbyid(c.relowner) = current_user AS mine, "
                    "EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS policy, "
                    "(SELECT attname FROM pg_attribute a JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
                    " WHERE a.attrelid = c.oid AND a.attnum = i.indkey[0]) AS leads "
                    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                    "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
                )
            )
        ).all()
    exempt = INFRASTRUCTURE.keys() | QUEUES.get(service, {}).keys()
    tables = [row for row in rows if row.relname not in exempt]
    assert tables
    assert QUEUES.get(service, {}).keys() <= {row.relname for row in rows}, "what is no more needs no exception"
    assert [row.relname for row in tables if not (row.relrowsecurity and row.policy)] == []
    assert {row.relname for row in tables if not row.relforcerowsecurity} == set(SEEN_BY_OWNER.get(service, {}))
    assert [row.relname for row in tables if row.leads != "org_id"] == []
    assert [row.relname for row in rows if row.mine] == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_view_that_reads_with_its_owners_rights_names_the_organisation_itself(
    databases: Databases, service: str
) -> None:
    """Any other has to read with its asker's (`security_invoker`), whom the tables' policies hold."""
    async with databases.connect(service) as database, database.engine.connect() as connection:
        views = (
            await connection.execute(
                text(
                    "SELECT c.relname, CAST(c.relkind AS text) AS relkind, pg_get_viewdef(c.oid) AS definition, "
                    "'security_invoker=true' = ANY (coalesce(c.reloptions, '{}')) AS as_asker "
                    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                    "WHERE n.nspname = 'public' AND c.relkind IN ('v', 'm')"
                )
            )
        ).all()
    assert {f"{table}_found" for table in SEEN_BY_OWNER.get(service, {})} <= {view.relname for view in views}
    for view in views:
        assert view.relkind == "v", f"{view.relname}: no policy holds a materialised view"
        assert view.as_asker or "org_id = (NULLIF(current_setting('app.org_id'" in view.definition, view.definition


@pytest.mark.parametrize("service", SERVICES)
async def test_the_working_role_cannot_step_around_it(databases: Databases, service: str) -> None:
    async with databases.connect(service) as database, database.engine.connect() as connection:
        row = (
            await connection.execute(text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"))
        ).one()
        can_create = await connection.scalar(text("SELECT has_schema_privilege('public', 'CREATE')"))
    assert (row.rolsuper, row.rolbypassrls, can_create) == (False, False, False)
