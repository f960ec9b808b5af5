"""An address that cannot be taken apart opens the app all the same, on the screen that says so."""

from __future__ import annotations

import pytest

from services.workspace import Workspace
from tests.views.headless import Client


@pytest.mark.parametrize(
    ("address", "told"),
    [("//[", "/%5B"), ("//[::1/verdict?c=1", "/%5B::1/verdict?c=1"), ("//a\u2100/", "/a%E2%84%80/")],
)
async def test_the_app_opens_and_says_that_there_is_no_such_page(workspace: Workspace, address: str, told: str) -> None:
    async with Client(workspace, route=address) as app:
        assert app.says(told)
        assert app.known("missing")
