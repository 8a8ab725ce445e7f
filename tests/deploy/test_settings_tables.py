"""Every setting is documented once, in its class; the READMEs repeat it."""

import pytest

from local.wiring import SERVICES
from tests.deploy.settings_tables import ROOT, outdated, readme_of, settings_of

PARTS = ("Owns", "Publishes", "Listens to", "Asks", "Deploy", "Settings")


def test_the_tables_of_settings_are_up_to_date() -> None:
    assert [str(path.relative_to(ROOT)) for path in outdated()] == [], "write them by `make settings`"


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_says_what_it_means(service: str) -> None:
    assert [name for name, field in settings_of(service).model_fields.items() if not field.description] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_readme_says_what_a_platform_engineer_asks(service: str) -> None:
    lines = readme_of(service).read_text().splitlines()
    headings = [line for line in lines if line.startswith("#")]
    assert headings == [f"# {service}", *(f"## {part}" for part in PARTS)]
    away = lines[lines.index("| Away | What happens |") + 2 :]
    assert {"its PostgreSQL", "RabbitMQ"} <= {row.split("|")[1].strip() for row in away if row.startswith("|")}
