"""The checklist of an inspection: its answers go into the draft, and the form tells how far it is."""

from __future__ import annotations

import flet as ft

from services.workspace import Device, Workspace
from tests.views.headless import Client
from tests.views.inspection.conftest import begun, kept
from views.parts.places import round_address


async def test_answers_go_into_the_inspection_and_the_form_tells_how_far_it_is(
    workspace: Workspace, device: Device
) -> None:
    device.annex_groups.remember("09520007900017", "thuc_pham_bao_goi")
    draft = begun(device)
    route = round_address(draft.round, draft.id)
    async with Client(workspace, route=route) as app:
        await app.until(lambda: app.known("open-checklist"))
        assert app.says("Chưa bắt đầu")
        await app.fire(app.within("open-checklist", ft.OutlinedButton), "click")
        await app.until(lambda: [one for one in app.find(ft.Semantics) if str(one.identifier).endswith("-wrong")])
        answers = [one for one in app.find(ft.Semantics) if str(one.identifier).endswith("-wrong")]
        button = app.within(str(answers[0].identifier), ft.OutlinedButton)
        await app.fire(button, "click")

        def answered() -> list[str]:
            filled = kept(device, draft).found.checklist
            return [each.answer for each in filled.answers if each.by == "person"] if filled else []

        # The list that is begun with what is known is saved before the answer, if the device takes its time.
        await app.until(lambda: "wrong" in answered())
        await app.go(route)
        await app.until(lambda: app.says("1 chưa đạt"))
