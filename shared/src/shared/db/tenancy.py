"""On whose behalf a transaction runs, and the row-level security that holds it to that organisation."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

ORG_SETTING = "app.org_id"
LOOKUP_SETTING = "app.lookup"


@dataclass(frozen=True, slots=True)
class Scope:
    """Who acts, for which organisation, in the course of what. Travels into every event recorded under it.

    `org_id` is None only before a login has told the organisation: such a transaction sees no tenant row. `address` and
    `agent`: from where, as the door sees it: the client's IP address, and what its program calls itself.
    """

    org_id: UUID | None
    actor: str = "system"
    actor_name: str = ""
    correlation_id: str = ""
    causation_id: str = ""
    traceparent: str = ""
    address: str = ""
    agent: str = ""


def scope_of(session: AsyncSession) -> Scope:
    """Returns the scope that the session's transaction was opened with."""
    scope = session.info["scope"]
    assert isinstance(scope, Scope)
    return scope


def org_of(session: AsyncSession) -> UUID:
    """The organisation this session is held to. Raises RuntimeError when nobody has logged in yet."""
    org_id = scope_of(session).org_id
    if org_id is None:
        raise RuntimeError("this transaction belongs to no organisation")
    return org_id


async def enter(session: AsyncSession, scope: Scope) -> None:
    """Hold the session's transaction to the scope's organisation, from now on.

    Transaction-local on purpose: a session-level setting would leak the tenant to the next pooled checkout.
    """
    before: Scope | None = session.info.get("scope")
    session.info["scope"] = scope
    if before and before.org_id == scope.org_id:
        return  # a session is one transaction: it is held to it already
    await session.execute(_SET, {"name": ORG_SETTING, "value": str(scope.org_id) if scope.org_id else ""})


def entered(session: AsyncSession, scope: Scope) -> None:
    """As `enter`, where a statement of the caller's own sets ORG_SETTING: one round trip less."""
    session.info["scope"] = scope


async def look_up(session: AsyncSession, key: str) -> None:
    """Let this transaction also see the rows whose lookup column equals `key` (a login's e-mail, a token's hash).

    For tables made with `tenant_policy(table, lookup=column)` only; everything else stays invisible.
    """
    await session.execute(_SET, {"name": LOOKUP_SETTING, "value": key})


_SET = text("SELECT set_config(:name, :value, true)")


def tenant_policy(table: str, *, lookup: str | None = None) -> list[str]:
    """DDL that holds `table` to one organisation, also against its owner (FORCE).

    After a transaction the setting reads '' rather than NULL, hence nullif.
    """
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} USING ({_seen(lookup)}) WITH CHECK ({_MINE})",
    ]


def lookup_policy(table: str, lookup: str) -> str:
    """DDL that gives a table of `tenant_policy` its lookup column later."""
    return f"ALTER POLICY tenant ON {table} USING ({_seen(lookup)})"


def _seen(lookup: str | None) -> str:
    return f"{_MINE} OR {lookup} = nullif(current_setting('{LOOKUP_SETTING}', true), '')" if lookup else _MINE


_MINE = f"org_id = nullif(current_setting('{ORG_SETTING}', true), '')::uuid"
