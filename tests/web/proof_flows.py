"""The eleven flows once more, by mouse."""

import pytest
from playwright.sync_api import Page

from tests.web.input_methods import InputMethod, Mouse
from tests.web.test_flows import (  # noqa: F401  collected here for the other hand
    test_a_contact_is_edited_and_deleted_from_the_sidebar_and_comes_back,
    test_a_document_made_from_the_sidebar_is_approved_sent_and_paid,
    test_a_file_is_chosen_confirmed_and_deleted,
    test_a_note_is_written_in_markdown_pinned_edited_deleted_and_restored,
    test_a_person_is_linked_to_one_more_company_from_the_persons_panel,
    test_a_person_made_on_the_way_gets_copies_once_the_box_is_ticked,
    test_an_activity_is_planned_done_and_undone,
    test_an_opportunity_is_opened_moved_and_lost_with_its_reason,
    test_every_type_of_document_starts_from_the_plus_of_the_panel,
    test_the_portal_is_set_up_and_seen_as_the_client_sees_it,
    test_the_report_lists_what_was_sold_and_is_exported,
    test_the_year_is_chosen_and_every_sale_is_listed,
)

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)


@pytest.fixture
def hand(page: Page) -> InputMethod:
    return Mouse(page)
