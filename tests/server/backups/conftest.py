"""What tests of backups share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from backup_place import PASSPHRASE, Place
from pytest_django.plugin import DjangoDbBlocker

from backups import sealing


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prepared") / "registry.sqlite3"


@pytest.fixture
def place(
    tmp_path: Path, settings: Any, template: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> Iterator[Place]:
    monkeypatch.setenv("OCOP_BACKUP_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(sealing, "_COST", 2**4)
    with django_db_blocker.unblock(), ExitStack() as stack:
        yield Place(tmp_path, settings, stack, template)
