"""The table of metrics in shared/README.md says what the code does: written by hand, it would soon be wrong."""

from pathlib import Path

from prometheus_client import CollectorRegistry

from shared.bus.metrics import BusMetrics
from shared.web.metrics import HttpMetrics

README = Path(__file__).parents[2] / "shared/README.md"


def table() -> str:
    registry = CollectorRegistry()
    HttpMetrics(registry)
    registry.register(BusMetrics().registry)
    lines = ["| Metric | Kind | Meaning, and what to do |", "|---|---|---|"]
    for family in registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        lines.append(f"| `{name}` | {family.type} | {family.documentation} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_metrics_is_what_a_scrape_says() -> None:
    assert table() in README.read_text(), f"write into {README.name}:\n\n{table()}"
