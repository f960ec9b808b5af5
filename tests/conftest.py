"""What holds for every test: what it needs of the system, and which tests run beside each other."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).resolve().parent

# How long something takes is measured in benchmarks/: here a busy machine is no failure.
hypothesis.settings.register_profile("whatever the load", deadline=None)
hypothesis.settings.load_profile("whatever the load")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spare the collector of garbage the thousands of tests, which stay to the end, now and each time it runs."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    return collected


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark drills and what needs strace; begin with the folders that take longest, so that none is left at the end."""
    for item in items:
        if _room(item.nodeid) in ("tests/faults", "tests/durability"):
            item.add_marker(pytest.mark.slow)
        if "strace" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.strace)
    items.sort(key=_begins)


def pytest_sessionfinish() -> None:
    """Lets go of the decoding engines: at the end of Python, zxing-cpp reports each of its things that still stands."""
    if engines := sys.modules.get("services.decoding.engines"):
        engines.find.cache_clear()
        gc.collect()


_LIVE = re.compile(r"tests/e2e/test_(busy_line|camera|inspectors_day|live|several_codes)")
"""Browser tests in which time counts: the camera's frames, a scanner's keys."""
_LONG = re.compile(r"tests/e2e/test_(killed_while_typing|notes|screen_reader|signed_codes)")
"""Half of the other browser tests, by time: in one process all of them would run on alone at the end."""
_ORDER = (_LIVE, _LONG, re.compile("tests/faults/"), re.compile("tests/e2e/"), re.compile("tests/durability/"))


def _begins(item: pytest.Item) -> int:
    return next((place for place, tests in enumerate(_ORDER) if tests.match(item.nodeid)), len(_ORDER))


def _room(nodeid: str) -> str:
    return "/".join(nodeid.split("/")[:2])


class _FilesAndThreeBrowsers(LoadScopeScheduling):
    """One file's tests run in one process, one after another, and so do the browser tests, in three parts.

    A file shares its server among its tests, and a part of the browser tests its server and app. Two live cameras
    beside each other would draw too slowly on two processors.
    Tests that pytest-django has put at the end of its database's, because they empty it, stay behind the file's others.
    """

    _scopes: dict[str, str] | None = None

    def _split_scope(self, nodeid: str) -> str:
        if self._scopes is None:
            self._scopes = _scopes(next(iter(self.registered_collections.values())))
        return self._scopes[nodeid]


def _scopes(nodeids: list[str]) -> dict[str, str]:
    """What each test runs together with: those of its file that stand beside it in the order."""
    found: dict[str, str] = {}
    last, parts = "", 0
    for nodeid in nodeids:
        file = nodeid.split("::", 1)[0]
        if nodeid.startswith("tests/e2e/"):
            file = f"tests/e2e, part {next(part for part, tests in enumerate(_ORDER) if tests.match(nodeid))}"
        if file != last:
            last, parts = file, parts + 1
        found[nodeid] = f"{parts} {file}"
    return found


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    if config.option.dist != "load":  # another way was asked for by name
        return None
    config.option.loadscopereorder = False  # their order is already the one to begin in
    return _FilesAndThreeBrowsers(config, log)
