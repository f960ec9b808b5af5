"""The camera of a running audit: packs are taken by themselves, as long as they are believed, each once in view."""

from __future__ import annotations

import asyncio
from functools import partial

import flet as ft

from services.accounts.invitation import read_invitation
from services.audits.audit import Input
from services.camera.continuous import Continuous
from services.camera.frames import Frame
from views.audits.desk import Desk
from views.camera.live import LiveCamera
from views.camera.overlay import Overlay, Viewfinder
from views.camera.reading import read_frame, switch_torch
from views.camera.stage import LiveView
from views.parts.packs import JudgedCodes
from views.parts.question import Scanned, scanned
from views.parts.scanning import use_scanning
from views.parts.shared import use_workspace
from views.parts.shell import use_shell


@ft.component
def TakingCamera(camera: LiveView, desk: Desk) -> ft.Control:
    """The live picture, read frame by frame; each pack that comes is counted."""
    shell, scanning, workspace = use_shell(), use_scanning(), use_workspace()
    reader, run = scanning.reader, camera.state.run
    viewfinder = ft.use_memo(Viewfinder, [])
    judged = ft.use_memo(lambda: JudgedCodes(workspace), [])
    packs = ft.use_memo(lambda: Continuous(judged.packs, judged.names_product), [])
    over = ft.use_ref(False)

    async def frame(picture: bytes | Frame) -> None:
        sight = await read_frame(reader, camera, run, picture)
        if sight is None or over.current:
            return
        # An invitation is on no pack, so it is no line of an audit.
        believed = [code for code in scanned(sight.look.believed) if read_invitation(code[0]) is None]
        if not judged.knows(believed):
            await asyncio.to_thread(judged.learn, believed)
        arrivals = packs.see(believed, sight.at, unread=any(outline.read is None for outline in sight.outlines))
        viewfinder.see(sight, camera.view, torch=camera.torch is not None)
        for arrival in arrivals:
            if arrival.known:
                await desk.amend(arrival.codes, arrival.known, Input.CAMERA)
            else:
                await desk.take(arrival.codes, Input.CAMERA)

    async def choose(code: Scanned) -> None:
        """Show the line of a code that is tapped in the picture."""
        gtin = judged[code].gtin if judged.knows([code]) else None
        line = next((each for each in desk.audit.newest_first if each.product_key in (gtin, code[0])), None)
        if line:
            desk.choose(line.n)

    def leave() -> None:
        """Ignore the result of a frame that is still being read."""
        over.current = True

    ft.use_effect(reader.resume, [], cleanup=leave)
    return LiveCamera(
        camera, frame, Overlay(viewfinder, choose, lambda: None, partial(switch_torch, shell, camera, viewfinder))
    )
