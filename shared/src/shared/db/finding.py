"""Finding rows through a view, so that searches have their index.

Under row-level security the planner lets no operator near an index that might leak what it sees; LIKE and word
similarity might. A view `<table>_found` has the organisation as a condition of its own instead and reads with its
owner's rights, for which the table's policy must not be forced on the owner. Who works is no owner and is held by both.
"""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, select

from shared.db.tenancy import ORG_SETTING

T = TypeVar("T")


def found_view(table: str, *columns: str) -> list[str]:
    """DDL of the view; `org_id` and `id` are always in it."""
    return [
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"""CREATE VIEW {table}_found AS
            SELECT {", ".join(("org_id", "id", *columns))} FROM {table}
            WHERE org_id = nullif(current_setting('{ORG_SETTING}', true), '')::uuid
            WITH CHECK OPTION""",  # noqa: S608 - names written in migrations
    ]


def read_found(entity: type[T], page: Select[UUID, UUID], *, limit: int) -> Select[T]:
    """The rows whose `org_id` and `id` are among the first `limit` of `page`, a query of the view; in no order.

    Joined with the view itself, the table's policy would reach the view's rows too, through `org_id`, and take their
    index away again. A subquery with a limit is planned alone.
    """
    found = page.limit(limit).subquery("found").c
    columns: Any = entity
    return select(entity).where(and_(columns.org_id == found.org_id, columns.id == found.id))
