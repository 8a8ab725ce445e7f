"""Every setting is documented once, in its class; the READMEs repeat it."""

import pytest

from local.wiring import SERVICES
from tests.deploy.settings_tables import ROOT, outdated, settings_of


def test_the_tables_of_settings_are_up_to_date() -> None:
    assert [str(path.relative_to(ROOT)) for path in outdated()] == [], "write them by `make settings`"


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_says_what_it_means(service: str) -> None:
    assert [name for name, field in settings_of(service).model_fields.items() if not field.description] == []
