"""The app's fonts: their names, their files, and how a page gets them. scripts/make_fonts cuts the files.

Before its first frame the web client loads what assets/assets/FontManifest.json names, and no more than that frame
needs; the other files come after it, by `load_fonts`. On devices all of them come so.
"""

from __future__ import annotations

import asyncio
import contextlib

import flet as ft

from views.design import FIGURES_FONT, TEXT_FONT
from views.parts.client_answers import in_time

FOLDER = "assets/fonts"
"""Where the files are, from the folder of the assets. Flet's web client asks for its icons there."""

TEXT_FILES = {
    400: "BeVietnamPro-Regular.ttf",
    500: "BeVietnamPro-Medium.ttf",
    600: "BeVietnamPro-SemiBold.ttf",
    700: "BeVietnamPro-Bold.ttf",
}
FIGURES_FILES = {
    400: "OCOPFigures-Regular.ttf",
    500: "OCOPFigures-Medium.ttf",
    600: "OCOPFigures-SemiBold.ttf",
    700: "OCOPFigures-Bold.ttf",
}

FIRST = (400, 600)
"""The weights of the text that the web client has before its first frame: sentences, and what names things."""

_A_FRAME = 0.1
"""Seconds in which a client that is not hidden draws a frame; it looks at the fonts when it draws."""


async def load_fonts(page: ft.Page) -> None:
    """Give this client the weights that it does not have yet.

    Flet takes one file a family at a time and adds it to what the family has. So the files are named one after another,
    each once the client has answered. A client that was hidden, or is a new one of the same session, may lack some.
    Call this again for it: what a client has it does not load again.
    """
    text = [file for weight, file in TEXT_FILES.items() if not (page.web and weight in FIRST)]
    for step, figure in enumerate(FIGURES_FILES.values()):
        page.fonts = {FIGURES_FONT: f"{FOLDER}/{figure}"}
        if step < len(text):
            page.fonts |= {TEXT_FONT: f"{FOLDER}/{text[step]}"}
        page.update()
        with contextlib.suppress(TimeoutError, RuntimeError, ft.FletUnsupportedPlatformException):
            await in_time(page.get_device_info())
        await asyncio.sleep(_A_FRAME)
