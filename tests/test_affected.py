"""Which tests a change can reach, shown on a small project."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.support.affected import affected, arrows

SOURCES = {
    path: dedent(source)
    for path, source in {
        "main.py": "def main():\n    from services.codes import parse",
        "services/__init__.py": "",
        "services/codes/__init__.py": "from services.codes.gtin import parse",
        "services/codes/gtin.py": "",
        "services/codes/days.py": "",
        "services/register/__init__.py": "",
        "services/register/products.py": "from services.codes import gtin",
        "services/links/known.py": 'HERE.with_name("domains.txt")',
        "views/settings.py": "",
        "server/serve.py": "import config.settings",
        "server/config/settings.py": 'INSTALLED_APPS = ["django", "issuing"]\nROOT_URLCONF = "config.urls"',
        "server/config/urls.py": "",
        "server/issuing/__init__.py": "",
        "server/issuing/models.py": "",
        "tests/support/registry_server.py": 'SERVE = ROOT / "server" / "serve.py"',
        "tests/services/conftest.py": """
            from tests.support.registry_server import RegistryServer
            from services.register.products import Product

            @pytest.fixture(autouse=True)
            def quiet(): ...

            @pytest.fixture
            def server():
                return RegistryServer()

            @pytest.fixture
            def client(server): ...

            @pytest.fixture
            def product():
                return Product()
            """,
        "tests/services/codes/test_gtin.py": "from services.codes.gtin import parse\ndef test_it(): ...",
        "tests/services/codes/test_days.py": "from services.codes.days import day\ndef test_it(): ...",
        "tests/services/register/test_products.py": "def test_it(product): ...",
        "tests/services/links/test_known.py": "from services.links import known",
        "services/client/__init__.py": "from services.codes import gtin",
        "tests/services/client/test_client.py": "import services.client\ndef test_it(client): ...",
        "tests/services/client/test_marked.py": '@pytest.mark.usefixtures("client")\ndef test_it(): ...',
        "tests/contract/test_page.py": "from tests.support.registry_server import RegistryServer",
        "tests/server/conftest.py": "import config.settings",
        "tests/server/issuing/test_keys.py": "import issuing.models",
        "tests/drills/test_drill.py": "from tests.drills.writer import write",
        "tests/drills/writer.py": "from tests.services.conftest import product",
        "tests/views/test_settings.py": "import views.settings",
        "tests/test_command.py": '[sys.executable, "main.py"]',
        "tests/test_docs.py": '(ROOT / "docs").glob("*.md")',
    }.items()
}
FILES = [
    *SOURCES,
    "assets/icon.png",
    "docs/api.md",
    "pyproject.toml",
    "requirements/dev.txt",
    "services/links/domains.txt",
    "services/register/table.json",
]
CODES = ["tests/services/codes/test_days.py", "tests/services/codes/test_gtin.py"]
PRODUCTS = ["tests/drills/test_drill.py", "tests/services/register/test_products.py"]
LIVE = ["tests/services/client/test_client.py", "tests/services/client/test_marked.py"]
CONTRACT = ["tests/contract/test_page.py"]
KEYS = ["tests/server/issuing/test_keys.py"]
SETTINGS = ["tests/views/test_settings.py"]


@pytest.mark.parametrize(
    ("changed", "reached"),
    [
        ("services/codes/days.py", [CODES[0]]),
        # Importing a module runs its package as well, and what that imports.
        ("services/codes/gtin.py", [*CODES, *PRODUCTS, "tests/test_command.py"]),
        ("services/register/products.py", PRODUCTS),
        ("main.py", ["tests/test_command.py"]),
        ("views/settings.py", SETTINGS),
        ("tests/services/codes/test_days.py", [CODES[0]]),
        # A program that is started, and what Django finds by its name.
        ("server/serve.py", CONTRACT),
        ("server/config/urls.py", [*CONTRACT, *KEYS]),
        ("server/issuing/models.py", [*CONTRACT, *KEYS]),
        # What asks the real server takes long: for its own room alone.
        ("services/client/__init__.py", [LIVE[0]]),
        ("tests/support/registry_server.py", [*CONTRACT, *LIVE]),
        # Files that are no Python: by who names them, or by the folder they are in.
        ("services/links/domains.txt", ["tests/services/links/test_known.py"]),
        ("services/register/table.json", PRODUCTS),
        ("docs/api.md", ["tests/test_docs.py"]),
        ("assets/icon.png", SETTINGS),
        # Gone: whoever still imports it cannot be told, so its folder counts.
        ("services/codes/removed.py", [*CODES, *PRODUCTS, "tests/test_command.py"]),
        ("LICENSE", []),
    ],
)
def test_a_change_reaches(changed: str, reached: list[str]) -> None:
    assert affected([changed], FILES, SOURCES) == sorted(reached)


def test_a_changed_conftest_reaches_all_tests_beside_and_below_it() -> None:
    found = affected(["tests/services/conftest.py"], FILES, SOURCES)
    beside = [path for path in SOURCES if path.startswith("tests/services/") and "/test_" in path]
    assert found == ["tests/drills/test_drill.py", *sorted(beside)]


@pytest.mark.parametrize("changed", ["pyproject.toml", "requirements/dev.txt"])
def test_what_each_test_depends_on_reaches_all(changed: str) -> None:
    assert affected([changed], FILES, SOURCES) == sorted(path for path in SOURCES if "/test_" in path)


def test_several_changes_reach_what_each_of_them_reaches() -> None:
    assert affected(["views/settings.py", "main.py"], FILES, SOURCES) == ["tests/test_command.py", *SETTINGS]
    assert affected([], FILES, SOURCES) == []


def test_a_file_that_is_still_being_written_reaches_those_that_use_it() -> None:
    sources = {**SOURCES, "services/codes/days.py": "def day(:"}
    assert affected(["services/codes/days.py"], FILES, sources) == [CODES[0]]


def test_nothing_uses_itself() -> None:
    assert all(path not in used for path, used in arrows(set(FILES), SOURCES).items())
