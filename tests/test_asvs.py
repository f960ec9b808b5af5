"""What is claimed of security names its tests, and they are there: docs/asvs.md and docs/threat-model.md."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "docs" / "asvs.md", ROOT / "docs" / "threat-model.md"]
_REFERENCE = re.compile(r"`([\w/]+\.py)::(\w+)`")
# OWASP ASVS 5.0.0: how many requirements each section of these chapters has; those of level 3 alone.
SECTIONS = {
    "5": (1, 6, 3, 3), "6": (3, 12, 8, 6, 8, 4, 2, 4), "7": (3, 4, 2, 5, 3, 2), "8": (4, 4, 3, 2), "9": (3, 4),
    "16": (1, 5, 4, 3, 4),
}  # fmt: skip
LEVEL_3 = {
    "5.2.4", "5.2.5", "5.2.6", "5.3.3", "6.3.5", "6.3.6", "6.3.7", "6.3.8", "6.4.5", "6.4.6", "6.5.6", "6.5.7", "6.5.8",
    "6.6.4", "6.7.1", "6.7.2", "7.5.3", "8.1.3", "8.1.4", "8.2.4", "8.3.2", "8.3.3", "8.4.2", "16.5.4",
}  # fmt: skip
STATES = {"met", "by operators", "not met", "n/a"}


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of a module's tests."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def rows(document: Path) -> list[list[str]]:
    """The cells of every row of the document's tables."""
    lines = document.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if line.startswith("| ")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_is_named_is_there(document: Path) -> None:
    named = _REFERENCE.findall(document.read_text(encoding="utf-8"))
    assert len(named) > 40
    missing = []
    for module, name in named:
        path = ROOT / "tests" / module
        if not name.startswith("test_") or not path.is_file() or name not in names_in(path):
            missing.append(f"{module}::{name}")
    assert missing == []


def test_no_requirement_of_these_chapters_is_missing() -> None:
    wanted = {
        f"{chapter}.{section}.{number}"
        for chapter, sections in SECTIONS.items()
        for section, count in enumerate(sections, 1)
        for number in range(1, count + 1)
    } - LEVEL_3
    told = [row[0] for row in rows(DOCUMENTS[0]) if re.fullmatch(r"\d+\.\d+\.\d+", row[0])]
    assert sorted(told) == sorted(wanted)


def test_what_is_met_names_tests_and_what_is_not_says_why() -> None:
    items = [row for row in rows(DOCUMENTS[0]) if re.fullmatch(r"\d+\.\d+\.\d+", row[0])]
    assert {row[3] for row in items} == STATES
    assert [row[0] for row in items if row[3] == "met" and "::" not in row[-1]] == []
    assert [row[0] for row in items if row[3] != "met" and len(row[4]) < 10] == []
