"""Alerts and dashboard: valid for Prometheus, tried on made-up series, and about figures that the services have."""

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from local.distribution import find_or_install
from local.wiring import SERVICES
from shared.bus.metrics import BusMetrics
from shared.web.metrics import HttpMetrics
from tests.deploy.compose import ROOT, of_ficha, resolved

FOLDER = ROOT / "deploy/observability"
DASHBOARDS = sorted((FOLDER / "grafana/dashboards").glob("*.json"))
_GROUPED = re.compile(r"\bby \(([a-z_, ]+)\)")
_LABELS = {"le", "service", "method", "route", "status", "name", "outcome", "reason", "queue"}
_METRIC = re.compile(r"\b(?:ficha|http)_[a-z_]+")


@cache
def promtool() -> Path:
    return find_or_install("promtool", "prometheus", needed_for="Checking alerts")


def check(*arguments: str | Path) -> None:
    done = subprocess.run([promtool(), *arguments], capture_output=True, text=True, check=False, cwd=FOLDER)
    assert done.returncode == 0, done.stdout + done.stderr


def known() -> set[str]:
    registry = CollectorRegistry()
    HttpMetrics(registry)
    registry.register(BusMetrics().registry)
    families = list(registry.collect())
    series = {f"{family.name}_total" if family.type == "counter" else family.name for family in families}
    return series | {f"{family.name}_bucket" for family in families if family.type == "histogram"}


def panels(dashboard: Path) -> Iterator[dict[str, Any]]:
    yield from json.loads(dashboard.read_text())["panels"]


def test_alerts_and_scraping_are_valid() -> None:
    check("check", "config", "prometheus.yml")
    check("check", "rules", "--lint-fatal", "alerts.yml")


def test_alerts_fire_when_they_should_and_only_then() -> None:
    check("test", "rules", "alerts.test.yml")


def test_every_alert_says_what_is_wrong_and_what_to_look_at() -> None:
    for rule in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]:
        assert set(rule["annotations"]) == {"summary", "description"}, rule["alert"]
        assert rule["labels"]["severity"] in ("critical", "warning")


@pytest.mark.parametrize("path", [FOLDER / "alerts.yml", *DASHBOARDS], ids=lambda path: path.name)
def test_they_ask_for_figures_that_there_are(path: Path) -> None:
    asked = set(_METRIC.findall(path.read_text())) - {"http_sd"}
    assert asked
    assert asked <= known()
    grouped = {label for labels in _GROUPED.findall(path.read_text()) for label in labels.split(", ")}
    assert grouped <= _LABELS


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.name)
def test_every_panel_of_the_dashboard_can_be_computed(path: Path, tmp_path: Path) -> None:
    """As recording rules, whose expressions promtool parses; Grafana's own variables filled in before."""
    expressions = [target["expr"] for panel in panels(path) for target in panel["targets"]]
    filled = [text.replace("$__rate_interval", "1m").replace("$service", ".+") for text in expressions]
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(filled)]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    check("check", "rules", tmp_path / "rules.yml")
    titles = [panel["title"] for panel in panels(path)]
    assert len(titles) == len(set(titles))
    sources = {panel["datasource"]["uid"] for panel in panels(path)}
    provisioned = yaml.safe_load((FOLDER / "grafana/provisioning/datasources/ficha.yml").read_text())["datasources"]
    assert sources <= {source["uid"] for source in provisioned}


def test_every_process_of_the_compose_file_is_scraped(tmp_path: Path) -> None:
    jobs = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    scraped = {target for job in jobs for config in job["static_configs"] for target in config["targets"]}
    running = {f"{name}:8000" for name in of_ficha(resolved(tmp_path)) if not name.endswith("-migrate")}
    assert len(running) == 2 * len(SERVICES)
    assert running <= scraped
