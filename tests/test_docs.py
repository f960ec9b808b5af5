"""What the documents point to is there: links, pictures, commands with their options, files, sample accounts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from services.decoding import DESKTOP, PHONE
from services.decoding.cascade import Step

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [*sorted(ROOT.glob("*.md")), ROOT / "benchmarks" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EACH = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))

_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_SPAN = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"^(?:(?:\.venv/bin/)?python (?=\S+\.py))?((?:scripts|benchmarks)/[\w.]+|main\.py)(?: |$)(.*)")
_FILE = re.compile(r"^(?:\w[\w.-]*/)+(?:[\w.-]+\.(?:py|md|toml|svg|yml|png|txt)|[\w.-]+)?$")


def commands(document: Path) -> list[tuple[str, str]]:
    """Script and arguments of every command in an indented block or a code span."""
    text = document.read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")] + _SPAN.findall(text)
    found = [_COMMAND.match(line) for line in lines]
    return [(match[1], match[2].split("#")[0]) for match in found if match]


@cache
def help_of(script: str, subcommand: str = "") -> str:
    program = [*([sys.executable] if script.endswith(".py") else []), script, *subcommand.split()]
    run = subprocess.run([*program, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return run.stdout


def headings(document: Path) -> set[str]:
    """The anchors of a document's headings, as forges make them."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@EACH
def test_links_and_pictures_are_there(document: Path) -> None:
    for match in _LINK.findall(document.read_text(encoding="utf-8")):
        target, _, anchor = (match[0] or match[1]).partition("#")
        assert not re.match(r"\w+:", target), f"{target} is not a relative link"
        path = (document.parent / target).resolve() if target else document
        assert path.exists(), f"{target} is not there"
        assert path.is_relative_to(ROOT), f"{target} is outside the project"
        if anchor:
            assert anchor in headings(path), f"{path.name} has no heading {anchor}"


@pytest.mark.slow
@EACH
def test_commands_and_their_options_exist(document: Path) -> None:
    for script, arguments in commands(document):
        path = ROOT / script
        assert path.is_file(), script
        assert path.suffix == ".py" or os.access(path, os.X_OK), f"{script} cannot be run"
        words = ("check-label", "labels", "scan") if script == "main.py" else ()
        subcommand = next((word for word in words if word in arguments), "")
        for option in re.findall(r"--[a-z][\w-]*", arguments):
            there = help_of(script) + (help_of(script, subcommand) if subcommand else "")
            assert re.search(rf"{option}\b", there), f"{script} has no option {option}"


def test_the_readme_leads_with_the_two_commands() -> None:
    found = [script for script, _arguments in commands(ROOT / "README.md")]
    assert found[:2] == ["scripts/run", "scripts/test"]
    assert "main.py" in found


@EACH
def test_files_that_are_named_are_there(document: Path) -> None:
    for span in _SPAN.findall(document.read_text(encoding="utf-8")):
        name = span.split("...")[0]
        if _FILE.match(name) and (ROOT / name.split("/")[0]).is_dir():
            assert (ROOT / name).exists(), f"{name} is not there"


@EACH
def test_no_machine_and_no_package_registry_is_named(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    hosts = [
        ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("debian", "org"))
    ]
    assert [host for host in hosts if host in text] == []
    assert re.findall(r"(?<![\w.<>*}])/(?:work|root|home|tmp|Users|opt)/\S*", text) == []


def test_the_sample_accounts_are_those_of_the_sample_register() -> None:
    code = "from register.sample import ACCOUNTS\nfor a in ACCOUNTS: print(a.username, a.password)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "server", capture_output=True, text=True, timeout=60, check=True
    )
    known = {tuple(line.split()) for line in run.stdout.splitlines()}
    named = re.findall(r"`(\w+)` / `([\w-]+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(named) >= 3
    assert set(named) <= known


def test_the_figures_in_the_readme_come_from_the_benchmarks() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.compile(r"<!-- (\w+): begin -->(.*?)<!-- \1: end -->", re.DOTALL)
    found = {match[1]: match[2] for match in blocks.finditer(text)}
    assert set(found) == {"first_use", "first_visit", "store", "sync", "server_load"}
    for name, block in found.items():
        assert f"`python benchmarks/{name}.py" in block, "the command that printed it is not there"
    assert re.findall(r"\d (?:ms|s)\b", blocks.sub("", text)) == [], "a figure outside the blocks"


def test_the_pictures_stay_small() -> None:
    screens = {path.name: path.stat().st_size for path in (ROOT / "docs" / "images").glob("*.png")}
    steps = {path.name: path.stat().st_size for path in (ROOT / "docs" / "images" / "decoding").glob("*.png")}
    assert sum(screens.values()) < 600_000, screens
    assert max(steps.values()) < 150_000, steps


def when(step: Step) -> str:
    """The mark of a step that is taken even where there is enough."""
    if step.picture:
        return " *several*" if step.several else " *pictures*"
    return " *always*" if step.always else ""


def test_every_step_of_the_cascade_is_explained_in_its_order() -> None:
    text = (ROOT / "docs" / "decoding.md").read_text(encoding="utf-8")
    table = text[text.index("| desktop | phone |") :].partition("\n\n")[0].splitlines()[2:]
    for column, profile in ((1, DESKTOP), (2, PHONE)):
        cells = [line.split("|")[column].strip() for line in table]
        assert [cell for cell in cells if cell] == [f"`{step.name}`{when(step)}" for step in profile]


def test_every_picture_of_the_decoding_is_drawn_and_shown() -> None:
    text = (ROOT / "docs" / "decoding.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^]]+\]\(images/decoding/([\w-]+)\.png\)", text)
    there = {path.stem for path in (ROOT / "docs" / "images" / "decoding").iterdir()}
    drawn = re.findall(
        r'^    "([\w-]+)": ', (ROOT / "scripts" / "make_decoding_pictures").read_text("utf-8"), re.MULTILINE
    )
    assert shown == drawn
    assert set(shown) == there


def test_the_benchmark_finds_its_place_in_the_document() -> None:
    text = (ROOT / "docs" / "decoding.md").read_text(encoding="utf-8")
    assert text.count("<!-- decoding: begin -->") == text.count("<!-- decoding: end -->") == 1
    assert text.index("<!-- decoding: begin -->") < text.index("<!-- decoding: end -->")
