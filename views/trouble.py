"""The screen for a device folder that cannot be opened: what happened, what was kept, what to do."""

from __future__ import annotations

import flet as ft

from services.storage.store import FolderInUse, StoreError, StoreNotMigrated, StoreTooNew
from services.wording import mark
from views.design import Type, Width
from views.parts.look import selectable, text
from views.parts.shell import NAME, device_language, speak
from views.parts.texts import Texts
from views.parts.theme import apply_theme

_ADVICE: tuple[tuple[type[StoreError], str], ...] = (
    (FolderInUse, mark("OCOP Verify is running already on this device. Use the window that is open.")),
    (
        StoreTooNew,
        mark("The data here was written by a newer version of the app. Nothing was changed. Update the app."),
    ),
    (
        StoreNotMigrated,
        mark(
            "This version cannot read the data here. Nothing was changed. Go back to the earlier version and report it."
        ),
    ),
)
_OTHERWISE = mark(
    "The data on this device cannot be read or written. Nothing was changed. Check the storage, then restart."
)


async def show_trouble(page: ft.Page, error: StoreError | None) -> None:
    """Draw the one screen that needs no store."""
    texts = Texts(await device_language(page))
    speak(page, texts.language)
    advice = next((words for kind, words in _ADVICE if isinstance(error, kind)), _OTHERWISE)
    apply_theme(page, "system", Width.COMPACT)
    page.title = NAME
    page.add(
        ft.SafeArea(
            ft.Container(
                ft.Column(
                    [
                        ft.Icon(ft.Icons.FOLDER_OFF, size=56),
                        text("OCOP Verify", Type.HEADLINE),
                        text(texts.gettext(advice), text_align=ft.TextAlign.CENTER),
                        selectable(str(error.path) if error else "", Type.SMALL),
                    ],
                    alignment=ft.MainAxisAlignment.CENTER,
                    horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                ),
                alignment=ft.Alignment.CENTER,
                padding=32,
                expand=True,
            ),
            expand=True,
        )
    )
