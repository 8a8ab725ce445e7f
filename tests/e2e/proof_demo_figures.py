"""All of the demo data, as `make run` loads it: the same figures as of its recent part."""

from collections.abc import Iterator

import pytest

from tests.e2e.test_demo_figures import (  # noqa: F401  collected here for this Ficha
    client,
    customers,
    expected,
    test_invoice_numbers_have_no_gap,
    test_loading_again_repeats_nothing,
    test_panel_totals_and_counts_of_all_customers,
    test_the_product_report_of_all_customers,
)
from tests.support.ficha import Ficha, started


@pytest.fixture(scope="module")
def ficha(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ficha]:
    with started("run", tmp_path_factory.mktemp("whole"), demo="1") as ficha:
        yield ficha
