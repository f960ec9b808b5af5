from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.registry_server import RegistryServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    """The real registry server with the sample register, for tests that do not change the register."""
    with RegistryServer(tmp_path_factory.mktemp("registry")) as running:
        yield running
