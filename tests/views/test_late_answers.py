"""The client's answers that come when nobody waits for them any more."""

from __future__ import annotations

import flet as ft
import flet_camera as fc

from services.workspace import Workspace
from tests.views.headless import NEVER, Client
from tests.views.plugin import BACK, Plugin


async def test_a_picture_that_comes_when_its_camera_has_left_the_screen_is_let_pass(workspace: Workspace) -> None:
    """Flet's loop over the client's messages ends on what is raised here, and no button would be answered any more."""
    plugin = Plugin(BACK, streams=False, picture=NEVER)
    async with Client(workspace, web=True, answers=plugin.answers) as app:
        await app.until(lambda: app.called("take_picture"))
        camera = app.one(fc.Camera)._i
        await app.go("/notes")
        assert camera not in app.page.session.index
        app.page.session.handle_invoke_method_results(camera, "late", b"a picture", None)
        assert app.one(ft.NavigationBar)
