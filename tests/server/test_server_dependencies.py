"""server/pyproject.toml names every distribution that the server's code imports, and nothing that it does not need."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from observing.logs import OWN

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server"
# What no line of ours imports.
BY_NAME = {
    "argon2-cffi": "Django hashes passwords with it",
    "django-cors-headers": "the settings name its middleware",
    "defusedxml": "openpyxl reads no entities where it is there",
    "tablib": "import-export writes its tables with it",
    "whitenoise": "the settings name its middleware",
}


def normal(requirement: str) -> str:
    """The name of a distribution as PyPA's specification of names compares it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def imported() -> set[str]:
    """Top-level names of what the server imports, its own rooms and Python's library left out."""
    own = {path.stem for path in SERVER.iterdir()}
    found: set[str] = set()
    for path in SERVER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - own - set(sys.stdlib_module_names)


def project(folder: str) -> dict[str, Any]:
    """The table `project` of a pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def declared() -> set[str]:
    return {normal(requirement) for requirement in project("server")["dependencies"]}


def test_every_import_is_declared() -> None:
    distributions = packages_distributions()
    missing = {name: distributions.get(name) for name in imported()}
    missing = {n: d for n, d in missing.items() if not d or not {normal(one) for one in d} & declared()}
    assert missing == {}


def test_everything_declared_is_needed() -> None:
    distributions = packages_distributions()
    needed = {normal(one) for name in imported() for one in distributions[name]}
    assert declared() - needed == set(BY_NAME)


def test_what_is_installed_is_what_is_declared() -> None:
    """printing/ is installed from this tree; what it needs comes with the server's."""
    printing = project("printing")
    needed = [*printing["dependencies"], *printing["optional-dependencies"]["data-matrix"], "setuptools"]
    wanted = (ROOT / "requirements" / "server.in").read_text("utf-8").splitlines()
    expected = (declared() | {normal(one) for one in needed}) - {normal(printing["name"])}
    assert {normal(line) for line in wanted if line and line[0] not in "#-"} == expected
    pinned = (ROOT / "requirements" / "server.txt").read_text("utf-8").splitlines()
    assert expected <= {normal(line) for line in pinned if "==" in line}


def test_every_room_is_under_the_import_rules_and_has_its_messages_in_the_log() -> None:
    rooms = {path.parent.name for path in SERVER.glob("*/__init__.py")}
    rules = tomllib.loads((SERVER / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = {room.strip() for layer in rules["contracts"][0]["layers"] for room in layer.split("|")}
    assert layers == set(rules["root_packages"]) == set(OWN) == rooms
