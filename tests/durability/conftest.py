from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability import traced, writer
from tests.durability.writer import Moment


@pytest.fixture(scope="session")
def moments(tmp_path_factory: pytest.TempPathFactory) -> list[Moment]:
    """Before the first save and after each. Making them also imports whatever a save imports on first use."""
    found = writer.moments(tmp_path_factory.mktemp("moments"))
    assert all(one.contents != other.contents for one, other in itertools.pairwise(found))
    return found


@pytest.fixture
def strace() -> None:
    if why := traced.why_not():
        pytest.skip(why)


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder in memory where there is one: a kill does not ask the disk, and hundreds of fsyncs would."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder) / "data"
