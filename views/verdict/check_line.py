"""Tells which check a screen is about, so that it is seen to be another, and what its picture shows beside it."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from views.design import Tone, Type
from views.parts.look import known_as, panel, text
from views.parts.question import Scanned
from views.parts.scanning import Scanning
from views.parts.texts import Texts
from views.parts.words import further_unread_sentence


def unread_line(texts: Texts, scanning: Scanning, codes: Sequence[Scanned]) -> list[ft.Control]:
    """That the picture file shows further codes which could not be read; nothing if these codes are of no such file."""
    last = scanning.last
    if last is None or not last.unread or not set(codes) <= set(last.codes):
        return []
    words = ft.Text(further_unread_sentence(texts, last.unread))
    return [known_as("further-unread", panel(words, tone=Tone.UNKNOWN, icon=ft.Icons.QR_CODE_2))]


def check_line(texts: Texts, scanning: Scanning, codes: Sequence[Scanned]) -> list[ft.Control]:
    """Number and time of the last check, and the how manieth of these codes it was; nothing if it was of others."""
    last = scanning.last
    if last is None or last.codes != tuple(codes):
        return []
    _ = texts.gettext
    said = _("Check {number}, at {time}").format(number=texts.number(last.number), time=texts.clock(last.at))
    if last.times == 2:
        said += " · " + _("this code for the second time")
    elif last.times > 2:
        said += " · " + _("this code {count} times now").format(count=texts.number(last.times))
    return [
        ft.Semantics(
            key=f"check {last.number}",  # made anew for each check: Flutter leaves a live region that changes unnamed
            identifier="check",
            label=said,
            container=True,
            live_region=True,
            exclude_semantics=True,
            content=text(said, Type.LABEL if last.times > 1 else Type.SMALL),
        )
    ]
