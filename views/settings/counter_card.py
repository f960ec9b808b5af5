"""The settings of a counter: the handheld scanner, what it types around each code, and the tones of verdicts."""

from __future__ import annotations

import asyncio
from functools import partial

import flet as ft

from services.scanners import Frame
from services.scanners.reading import LONGEST_FRAME
from services.wording import mark
from views.design import GAP, TONES, Tone, Type
from views.parts.fields import TextInput
from views.parts.labelled import Labelled
from views.parts.look import card, heading, icon_button, known_as, text
from views.parts.scanning import use_scanning
from views.parts.shared import use_device
from views.parts.shell import use_shell
from views.parts.sounds import Klass, play

_STEP = 10
"""Per cent by which a tap makes tones louder or quieter."""

_HEARD: tuple[tuple[Klass, str, ft.IconData], ...] = (
    ("good", mark("Good"), TONES[Tone.GOOD].shape),
    ("look", mark("Look at it"), TONES[Tone.CAUTION].shape),
    ("take_down", mark("Take it down"), TONES[Tone.BAD].shape),
    ("outside", mark("Not in the register"), TONES[Tone.UNKNOWN].shape),
    ("not_read", mark("Not read"), ft.Icons.QR_CODE_2),
)


@ft.component
def CounterCard() -> ft.Control:
    """The way to the test of a handheld scanner, its prefix and suffix, and how verdicts are heard."""
    shell = use_shell()
    _ = shell.texts.gettext
    return card(
        heading(_("Handheld scanner")),
        text(_("Three codes show how a scanner is set, and what to change."), Type.SMALL),
        ft.Row(
            [
                ft.OutlinedButton(
                    _("Test the scanner"), icon=ft.Icons.BARCODE_READER, on_click=shell.go_to("/settings/scanner")
                )
            ]
        ),
        _FrameFields(),
        _Tones(),
    )


@ft.component
def _FrameFields() -> ft.Control:
    """What the scanner types around each code; kept once a field is left or ended with Enter."""
    shell, scanning, device = use_shell(), use_scanning(), use_device()
    _ = shell.texts.gettext
    prefix = ft.use_memo(lambda: TextInput(scanning.wedge.frame.prefix), [])
    suffix = ft.use_memo(lambda: TextInput(scanning.wedge.frame.suffix), [])

    async def keep() -> None:
        wanted = Frame(prefix.text, suffix.text)
        if wanted != scanning.wedge.frame:
            await asyncio.to_thread(device.settings.change, scanner_prefix=wanted.prefix, scanner_suffix=wanted.suffix)
            scanning.wedge.frame = wanted

    def drawn(identifier: str, words: str, typed: TextInput) -> ft.Control:
        field = ft.TextField(
            label=words, max_length=LONGEST_FRAME, on_blur=shell.guard(keep), on_submit=shell.guard(keep), counter=""
        )
        return known_as(identifier, typed.draw(field), expand=True)

    fields = [drawn("scanner-prefix", _("Before each code"), prefix), drawn("scanner-suffix", _("After it"), suffix)]
    small = text(_("Only where the scanner is set to type more than the code. Mostly both are empty."), Type.SMALL)
    return ft.Column([ft.Row(fields, spacing=GAP), small], spacing=4)


@ft.component
def _Tones() -> ft.Control:
    """Whether verdicts are heard, how loud, and each tone to listen to."""
    shell, device = use_shell(), use_device()
    _ = shell.texts.gettext

    async def switch(event: ft.Event[ft.Switch]) -> None:
        chosen = bool(event.data)
        await asyncio.to_thread(device.settings.change, tones=chosen)
        shell.tones = chosen
        if chosen:
            await play(shell, "good")

    async def change_volume(by: int) -> None:
        chosen = min(100, max(0, shell.volume + by))
        await asyncio.to_thread(device.settings.change, volume=chosen)
        shell.volume = chosen
        await play(shell, "good")

    async def listen(klass: Klass) -> None:
        if not await play(shell, klass):
            shell.say(_("No tone could be played. Is the sound of this device or browser switched off?"))

    controls: list[ft.Control] = [
        heading(_("Heard without looking")),
        known_as(
            "tones",
            Labelled(
                _("A tone for each verdict"),
                lambda label: ft.Switch(label=label, value=shell.tones, on_change=shell.guard(switch)),
            ),
        ),
    ]
    if shell.tones:
        percent = shell.texts.number(shell.volume)
        quieter = icon_button(ft.Icons.VOLUME_DOWN, _("Quieter"), shell.guard(partial(change_volume, -_STEP)))
        louder = icon_button(ft.Icons.VOLUME_UP, _("Louder"), shell.guard(partial(change_volume, _STEP)))
        buttons: list[ft.Control] = [
            known_as(
                f"listen-{klass}", ft.OutlinedButton(_(words), icon=icon, on_click=shell.guard(partial(listen, klass)))
            )
            for klass, words, icon in _HEARD
        ]
        controls += [
            # No slider: while one is shown, Flutter's layer for its bubble lies over the whole screen, and in a browser
            # no screen reader's tap gets through it.
            ft.Row(
                [
                    known_as("quieter", quieter),
                    known_as("volume", text(_("Volume: {percent} %").format(percent=percent), Type.LABEL)),
                    known_as("louder", louder),
                ]
            ),
            text(_("Listen to the tones:"), Type.LABEL),
            ft.Row(buttons, wrap=True, spacing=GAP, run_spacing=GAP),
        ]
    return ft.Column(controls, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
