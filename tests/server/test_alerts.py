"""Alerts ask for figures that there are, and each has a paragraph that says what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from observing import gauges, metrics

ROOT = Path(__file__).resolve().parents[2]
RULES: list[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"][0]["rules"]
_PARAGRAPH = re.compile(r"^## (\w+)\n\n(.+?)(?=\n## |\Z)", re.MULTILINE | re.DOTALL)
PARAGRAPHS = dict(_PARAGRAPH.findall((ROOT / "docs/alerts.md").read_text()))
pytestmark = pytest.mark.django_db
NAMED = re.compile(r"\bocop_\w+")


@pytest.fixture
def exported(settings: Any, tmp_path: Path) -> set[str]:
    """The metrics that /metrics has, by the names in its help lines."""
    settings.DATA_DIR = tmp_path
    (tmp_path / gauges.BACKUP_MARKER).touch()
    return set(re.findall(r"^# HELP (\w+)", metrics.exposition(gauges.GAUGES).decode(), re.MULTILINE))


def plain(name: str) -> str:
    return re.sub(r"_(bucket|sum|count)$", "", name)


def test_each_alert_asks_for_figures_that_there_are(exported: set[str]) -> None:
    for rule in RULES:
        assert {plain(name) for name in NAMED.findall(rule["expr"])} <= exported, rule["alert"]


def test_what_is_exported_is_documented(exported: set[str]) -> None:
    documented = set(re.findall(r"`(ocop_\w+)`", (ROOT / "docs/server.md").read_text()))
    assert {name for name in exported if name.startswith("ocop_") and not name.endswith("_created")} <= documented
    assert {plain(name) for name in documented} <= exported


def test_each_alert_has_its_paragraph_and_each_paragraph_its_alert() -> None:
    assert [rule["alert"] for rule in RULES] == list(PARAGRAPHS)
    for rule in RULES:
        name = rule["alert"]
        assert rule["annotations"]["runbook"] == f"docs/alerts.md#{name.lower()}"
        assert rule["labels"]["severity"] in {"page", "ticket", "office"}
        assert len(PARAGRAPHS[name].split()) > 25, name


def test_each_alert_is_tried_by_the_drill() -> None:
    tried = yaml.safe_load((ROOT / "deploy/prometheus/alerts.test.yml").read_text())["tests"]
    fired = {test["alertname"] for group in tried for test in group["alert_rule_test"] if test["exp_alerts"]}
    quiet = {test["alertname"] for group in tried for test in group["alert_rule_test"] if not test["exp_alerts"]}
    assert fired == quiet == {rule["alert"] for rule in RULES}
