"""An installation of the server within a test: a database and a data folder of its own, which others may follow."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections
from django.db.utils import load_backend
from scratch_database import scratch_database

from config import environment
from issuing import keys
from tests.support.registry_server import prepared_register


@contextmanager
def database(url: str, data: Path) -> Iterator[None]:
    """Lead the server's code in this process to another database; it has to be allowed to open one."""
    here = connections["default"]
    told = {**here.settings_dict, "CONN_MAX_AGE": 0, "USER": "", "PASSWORD": "", "HOST": "", "PORT": ""}
    told |= environment.database(url, data)
    connections["default"] = load_backend(told["ENGINE"]).DatabaseWrapper(told, "default")
    try:
        yield
    finally:
        connection.close()
        connections["default"] = here


@contextmanager
def installation(data: Path, settings: Any, *, template: Path | None = None) -> Iterator[None]:
    """An installation in `data`: empty, or with the prepared register; `template` keeps an SQLite one between tests."""
    data.mkdir(mode=0o700)
    (data / "secret-key").write_text(f"the secret key of {data.name}", "ascii")
    settings.DATA_DIR, settings.MEDIA_ROOT, settings.ISSUER_KEYS = data, data, data / "issuer-keys"
    settings.SECRET_KEY = f"the secret key of {data.name}"
    on_postgresql = os.environ.get("DATABASE_URL", "").startswith("postgres")
    if template is not None and not on_postgresql:
        if not template.exists():
            shutil.copy(prepared_register() / "registry.sqlite3", template)
            with database(f"sqlite:///{template}", data):
                call_command("migrate", verbosity=0)
        shutil.copy(template, data / "registry.sqlite3")
        shutil.copytree(prepared_register() / "issuer-keys", data / "issuer-keys")
    with scratch_database(empty=template is None) as env, database(env.get("DATABASE_URL", ""), data):
        if on_postgresql and template is not None:
            call_command("migrate", verbosity=0)
            keys.ensure_one()
        yield
