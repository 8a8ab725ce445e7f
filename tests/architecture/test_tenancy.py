"""Row-level security, read from the catalogue of every service's real database."""

import pytest
from sqlalchemy import text

from tests.support.postgres import Databases

SERVICES = ("contacts", "documents", "crm", "files", "portal", "notifications", "gateway")
INFRASTRUCTURE = {
    "alembic_version",
    "outbox",
    "inbox",
    "parked_message",
    "dead_letter",
    "dead_letter_action",
    "log_position",
}
"""The service's own machinery, read by its worker across organisations; holds no tenant's table."""
SEEN_BY_OWNER = {"contacts": {"contact"}, "documents": {"document", "product"}}
"""Tables whose policy does not hold their owner, who reads them for a view that has a condition of its own."""
QUEUES = {"notifications": {"delivery", "webhook_lane", "webhook_wake"}}


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
    exempt = INFRASTRUCTURE | QUEUES.get(service, set())
    tables = [row for row in rows if row.relname not in exempt]
    assert tables
    assert [row.relname for row in tables if not (row.relrowsecurity and row.policy)] == []
    assert {row.relname for row in tables if not row.relforcerowsecurity} == SEEN_BY_OWNER.get(service, set())
    assert [row.relname for row in tables if row.leads != "org_id"] == []
    assert [row.relname for row in rows if row.mine] == []


@pytest.mark.parametrize("service", SERVICES)
async def test_the_working_role_cannot_step_around_it(databases: Databases, service: str) -> None:
    async with databases.connect(service) as database, database.engine.connect() as connection:
        row = (
            await connection.execute(text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"))
        ).one()
        can_create = await connection.scalar(text("SELECT has_schema_privilege('public', 'CREATE')"))
    assert (row.rolsuper, row.rolbypassrls, can_create) == (False, False, False)
