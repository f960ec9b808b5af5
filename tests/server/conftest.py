"""The server's tests: Django with SQLite in memory, or with PostgreSQL where DATABASE_URL names one.

Beside the server's own kinds of records there is one that is made up for tests (tests/support/made_up).
"""
# ruff: noqa: E402 - Django is set up before anything of it is imported

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from copy import copy
from functools import cache as cache_of_process
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
for folder in (TESTS, TESTS.parent / "server"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
SETTINGS = "tests.support.made_up.settings"
if os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS) == SETTINGS:
    data = tempfile.mkdtemp(prefix="ocop-server-tests-")
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    os.environ["OCOP_SERVER_DATA"] = data

import django

django.setup()
if os.environ["DJANGO_SETTINGS_MODULE"] == SETTINGS:
    # Programs that tests start, other servers and this run's own processes among them, find settings of their own.
    del os.environ["DJANGO_SETTINGS_MODULE"], os.environ["OCOP_SERVER_DATA"]

import pytest
from django.core.cache import cache
from django.test import Client
from django.test.utils import ContextList
from migrated import migrated_once
from registry_notes import TODAY, Sender
from rows import WrittenOnce
from scratch_database import scratch_database
from whitenoise.middleware import WhiteNoiseMiddleware

from accounts.models import User
from register import sample
from register.management.commands.sample_register import write
from tests.support.registry_server import MADE_UP, RegistryServer

_THE_SAME = {
    "test_roles.py", "test_vietnamese.py", "test_backoffice_pages.py", "test_label_sheets.py", "test_office_texts.py",
    "test_dates.py", "test_content_policy.py", "test_product_page.py", "test_public_pages.py", "test_resolver.py",
    "test_code_tester.py", "test_backup_folder.py", "test_api_at_random.py",
}  # fmt: skip
"""What pages say, and to whom, and what files hold: the database plays no part in it. And the API at random, which
takes long: with OCOP_API_RANDOM=1 it is tried on PostgreSQL too."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With PostgreSQL, leave out what opens no database, or asks for words and permissions: it runs in the same way."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    ours = [item for item in items if isinstance(item, pytest.Function) and Path(__file__).parent in item.path.parents]
    left_out = _THE_SAME - {"test_api_at_random.py" if os.environ.get("OCOP_API_RANDOM") else ""}
    same = {item for item in ours if item.path.name in left_out or not _opens_a_database(item)}
    config.hook.pytest_deselected(items=list(same))
    items[:] = [item for item in items if item not in same]


def _opens_a_database(item: pytest.Function) -> bool:
    """Whether a test may: through a fixture, or in a program that it starts."""
    asks = {"db", "transactional_db", "live"}.intersection(item.fixturenames)
    starts = {"Place", "RegistryServer", "scratch_database", "subprocess"}.intersection(vars(item.module))
    return bool(asks or starts or item.get_closest_marker("django_db"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Before pytest-django makes the tests' database."""
    with migrated_once():
        yield


@pytest.fixture(autouse=True, scope="session")
def static_files_found_once() -> Iterator[None]:
    """Each test client makes the middleware anew, which would look for the same files as often."""
    find, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def find_once(self: Any) -> None:
        if not found:
            find(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", find_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def first_context_alone() -> Iterator[None]:
    """Django keeps a copy of each template's context, hundreds a page; tests look at the page's own, the first."""

    def store(stored: dict[str, Any], template: Any, context: Any, **_: Any) -> None:
        stored.setdefault("templates", []).append(template)
        if "context" not in stored:
            stored["context"] = ContextList([copy(context)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.client.store_rendered_templates", store)
        yield


@pytest.fixture(autouse=True)
def photo_folder(settings: Any, tmp_path: Path) -> Path:
    """Photos of one test stay in its folder; the fastest hasher stands in for Argon2."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def no_requests_counted(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        cache.clear()


@pytest.fixture
def register(db: None) -> sample.SampleRegister:
    """A small sample register in the test's database."""
    built, written = _small_sample()
    written()
    return built


@cache_of_process
def _small_sample() -> tuple[sample.SampleRegister, WrittenOnce]:
    built = sample.build(sample.SEED, TODAY, products=30, producers=12)
    return built, WrittenOnce(lambda: write(built))


@pytest.fixture
def inspector(register: sample.SampleRegister) -> User:
    return User.objects.get(username="kiemtra01")


@pytest.fixture
def anonymous(db: None, client: Client) -> Sender:
    """Somebody without an account."""
    return Sender(client)


@pytest.fixture
def sign_in(register: sample.SampleRegister) -> Callable[[str], Sender]:
    """Sign a sample account in and return what it sends with."""

    def signed_in(username: str) -> Sender:
        password = next(account.password for account in sample.ACCOUNTS if account.username == username)
        sender = Sender(Client(), account=username)
        answer = sender.post(
            "/api/v1/auth/sign-in", {"username": username, "password": password, "device": sender.device}
        )
        assert answer.status_code == 200, answer.content
        sender.tokens = answer.json()
        return sender

    return signed_in


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    """The real server, on SQLite or on a database of its own in the PostgreSQL that DATABASE_URL names.

    What is queued stays there: looking at the queue to the end of the run would take the processor from the tests.
    """
    folder = tmp_path_factory.mktemp("registry")
    with scratch_database() as env, RegistryServer(folder, env={**env, **MADE_UP}, arguments=["--no-queue"]) as server:
        yield server
