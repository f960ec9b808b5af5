"""What is kept of a person's scanning from screen to screen, and the way from a scan to its verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import flet as ft

from services.camera.frames import FrameReader
from views.parts.question import Question, Scanned
from views.parts.shared import Shared
from views.parts.wedge import Wedge


class Scanning(ft.Observable):
    """The readers of codes, and what they read last.

    `take_out` is set by a screen with a text field that may catch what a handheld scanner types, and is called with
    that text; `compared` is what is known of a pack while the person looks for its other code; `judged_gtin` is the
    product of the last verdict shown.
    """

    def __init__(self, reader: FrameReader) -> None:
        self.reader = reader
        self.wedge = Wedge()
        self.take_out: Callable[[str], None] | None = None
        self.compared: Question | None = None
        self.judged_gtin: str | None = None


use_scanning = Shared[Scanning]()


def show_verdict(page: ft.Page, scanning: Scanning, codes: Sequence[Scanned]) -> None:
    """Go to the verdict on these codes, together with the pack's other code while the person compares two."""
    pack, scanning.compared = scanning.compared, None
    if pack is None:
        question = Question(tuple(codes))
    else:
        question = replace(pack, codes=tuple(dict.fromkeys([*pack.codes, *codes])))
    page.navigate(question.address)
