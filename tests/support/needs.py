"""Tells what the chosen tests need of the system: `python -m tests.support.needs PYTEST-ARGUMENTS`.

Prints one word a line: chromium, strace, postgresql. The tests are collected but not run.
"""

from __future__ import annotations

import contextlib
import io
import sys

import pytest

NEEDS = {"e2e": "chromium", "strace": "strace", "postgresql": "postgresql"}
"""What a test with this marker needs."""


class _Collected:
    def __init__(self) -> None:
        self.items: list[pytest.Item] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the tests that remain after all deselecting."""
        self.items = session.items


def main(arguments: list[str]) -> int:
    """Print what is needed; errors in the arguments are left to the test run itself."""
    collected = _Collected()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main(["--collect-only", "-p", "no:cacheprovider", *arguments], plugins=[collected])
    for marker, need in NEEDS.items():
        if any(item.get_closest_marker(marker) for item in collected.items):
            print(need)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
