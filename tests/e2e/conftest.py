from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.support.browser import CHROMIUM, ROOT, app, chromium
from tests.support.registry_server import RegistryServer, free_port


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith("tests/e2e/"):
            item.add_marker(pytest.mark.e2e)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="needs Chromium, which scripts/test installs"))


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright, closed again before other tests: while it is open, an event loop runs in this thread."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a camera."""
    with chromium(playwright) as running:
        yield running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    with RegistryServer(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RegistryServer]:
    """A server of one test's own, to stop and start as it likes."""
    server = RegistryServer(tmp_path / "registry")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def address(server: RegistryServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The browser version, connected to the sample register."""
    with app(tmp_path_factory.mktemp("app"), server.url, free_port()) as running:
        yield running


@pytest.fixture(scope="session")
def samples() -> dict[str, dict[str, Any]]:
    """The sample labels by file name, with what they say and their verdict."""
    index = json.loads((ROOT / "assets/samples/index.json").read_text())
    return {label["file"]: label for label in index}
