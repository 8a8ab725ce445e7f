"""What the database holds to be unique, read from the catalogue: nobody is told to try again what can never succeed.

`shared.web.problems` answers a violation that nobody caught with 409 "somebody else was faster; try again". That is
true only where the next try finds out by itself. So each constraint is one of these, and a new one has to say which.
"""

import importlib

import pytest
from sqlalchemy import text

from shared.errors import FichaError
from tests.architecture.test_tenancy import INFRASTRUCTURE, SERVICES
from tests.support.postgres import Databases

LOOKED_UP_FIRST = {
    "uq_person_link_pair": "contacts.already_linked",
    "uq_series_format": "documents.series_taken",
    "uq_document_number": "documents.number_taken",
    "estimate_answer_pkey": "portal.already_answered",
    "uq_user_account_email": "gateway.email_taken",
}
"""Asked for before writing, and refused by this code: only who writes at the same moment meets the constraint."""

ONE_AT_A_TIME = {"uq_series_default", "uq_pipeline_default", "uq_organization_slug", "sold_line_pkey"}
"""Made when first needed, under a lock or from nothing: who comes second finds what the first made."""

OF_CHANCE = {
    "uq_login_session_token_hash",
    "login_session_pkey",
    "uq_api_key_key_hash",
    "uq_client_session_token_hash",
    "client_session_pkey",
    "uq_preview_log_token_hash",
    "uq_password_reset_token_hash",
    "uq_reset_wish_token_hash",
    "client_choice_pkey",
    "reset_login_pkey",
}
"""Hashes of at least 128 random bits."""

KEPT = {
    "contacts": {"organization_pkey"},
    "documents": {
        "document_count_pkey",
        "item_total_pkey",
        "pk_logo_copy",
        "month_total_pkey",
        "open_amount_pkey",
        "organization_pkey",
        "series_counter_pkey",
    },
    "crm": {"note_count_pkey", "open_activities_pkey", "open_opportunities_pkey", "organization_pkey"},
    "files": {"file_count_pkey"},
    "portal": {
        "access_pkey",
        "contact_pkey",
        "document_view_pkey",
        "known_device_pkey",
        "login_pkey",
        "login_salt_pkey",
        "organization_pkey",
        "password_reset_pkey",
        "uq_login_salt_key",
        "payment_attempt_pkey",
    },
    "notifications": {
        "attempt_pkey",
        "delivery_pkey",
        "webhook_delivery_pkey",
        "webhook_lane_pkey",
        "webhook_wake_pkey",
    },
    "gateway": {
        "audit_tally_pkey",
        "event_log_pkey",
        "feed_head_pkey",
        "known_device_pkey",
        "organization_pkey",
        "organization_logo_pkey",
    },
}
"""Written with ON CONFLICT, or numbered under its owner's lock."""

_EVERYWHERE = {"idempotency_key_pkey", "login_attempt_pkey"}
_UNIQUE = text(
    """
    SELECT i.relname FROM pg_index x
      JOIN pg_class t ON t.oid = x.indrelid
      JOIN pg_class i ON i.oid = x.indexrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE n.nspname = 'public' AND x.indisunique AND t.relname <> ALL (:machinery)
       AND NOT (x.indisprimary AND pg_get_indexdef(x.indexrelid) LIKE '%(org_id, id)')
    """
)


@pytest.mark.parametrize("service", SERVICES)
async def test_every_constraint_says_what_meeting_it_means(databases: Databases, service: str) -> None:
    async with databases.connect(service) as database, database.engine.connect() as connection:
        found = set((await connection.execute(_UNIQUE, {"machinery": list(INFRASTRUCTURE)})).scalars())
    known = LOOKED_UP_FIRST.keys() | ONE_AT_A_TIME | OF_CHANCE | KEPT[service] | _EVERYWHERE
    assert found - known == set()
    assert KEPT[service] - found == set()


@pytest.mark.parametrize("code", LOOKED_UP_FIRST.values())
def test_each_code_is_an_error_of_its_service(code: str) -> None:
    service = code.split(".")[0]
    for module in (f"{service}.errors", f"{service}.accounts.errors"):
        try:
            importlib.import_module(module)
        except ModuleNotFoundError:
            continue
    assert code in {error.code for error in _all(FichaError)}


def _all(error: type[FichaError]) -> set[type[FichaError]]:
    return {error}.union(*(_all(below) for below in error.__subclasses__()))
