"""The screen with one report that was sent off: where it stands, its private address, and what the office said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import flet as ft

from services.records.book import RecordState
from services.reports.export import zip_of
from services.reports.report_book import KeptReport
from services.workspace import Device
from views.design import INK_2, TONES, Type
from views.parts.device_state import use_device_state
from views.parts.frame import screen
from views.parts.loading import use_loaded
from views.parts.look import card, fact, heading, known_as, selectable, text
from views.parts.note_content import sign_in_button
from views.parts.pictures import StoredPhoto
from views.parts.places import REPORTS
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.words import WAITS_FOR_A_SIGN_IN, event_state
from views.report.report_words import as_text, facts, is_there, state_sentence, state_words


@ft.component
def ReportScreen() -> ft.View:
    """Show the report in the address; the office's answer is asked for when it is opened."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    _, texts = shell.texts.gettext, shell.texts
    report_id = ft.use_route_params()["id"]
    route = f"{REPORTS}/{report_id}"
    use_asking(device)
    ready, kept = use_loaded(
        lambda: device.reports.report(report_id, state.viewer), [report_id, state.viewer.account, state.notes_version]
    )
    if not ready:
        return screen(shell, route, _("Your report"), [ft.ProgressBar()])
    if kept is None:
        nowhere = _("This report is not on this device, or it belongs to another account.")
        return screen(shell, route, _("Your report"), [text(nowhere)])
    photos = list(dict.fromkeys(kept.report.files))
    return screen(
        shell,
        route,
        _("Your report"),
        [
            _standing(texts, kept),
            *_ways_on(shell, device, kept),
            _address(shell, kept),
            *_events(texts, kept),
            heading(_("What you reported")),
            card(*[fact(label, value) for label, value in facts(texts, kept)]),
            *[
                StoredPhoto(
                    photo, _("Photo {number} of the report").format(number=number), photos=device.reports.photos
                )
                for number, photo in enumerate(photos, start=1)
            ],
        ],
    )


def use_asking(device: Device) -> None:
    """Hook: ask what became of the reports when the screen is opened, or its page is loaded again."""
    client = use_shell().client

    async def ask() -> None:
        await asyncio.to_thread(device.ask_after_reports)

    ft.use_effect(ask, [client])


def _standing(texts: Texts, kept: KeptReport) -> ft.Control:
    """Where the report stands, by word, icon and sentence; screen readers are told when it changes."""
    words, icon, tone = state_words(texts, kept)
    sentence = state_sentence(texts, kept)
    column = ft.Column([text(words, Type.TITLE), text(sentence)], spacing=4, expand=True)
    row = ft.Row(
        [ft.Icon(icon, color=TONES[tone].icon, size=32), column],
        vertical_alignment=ft.CrossAxisAlignment.START,
        spacing=12,
    )
    return ft.Semantics(
        identifier="report-state",
        label=f"{words}: {sentence}",
        live_region=True,
        container=True,
        exclude_semantics=True,
        content=row,
    )


def _ways_on(shell: Shell, device: Device, kept: KeptReport) -> list[ft.Control]:
    """What the person may do where the report does not go by itself."""
    _ = shell.texts.gettext
    if kept.state is not RecordState.REFUSED:
        if not is_there(kept) and kept.reason in WAITS_FOR_A_SIGN_IN:
            return [ft.Row([sign_in_button(shell, _("Sign in"))])]
        return []

    async def retry() -> None:
        await asyncio.to_thread(device.reports.records.retry, kept.report.id)
        await asyncio.to_thread(device.send_now)

    async def export() -> None:
        words = as_text(shell.texts, kept)
        archive, lost = await asyncio.to_thread(zip_of, kept, device.reports.photos, words)
        name = f"ocop-report-{kept.report.id}.zip"
        path = await ft.FilePicker().save_file(file_name=name, src_bytes=archive)
        if path or shell.page.web:
            told = _("Exported: {name}")
            if lost:
                told = shell.texts.ngettext(
                    "Exported: {name}, without {count} photo that is lost or cannot be read.",
                    "Exported: {name}, without {count} photos that are lost or cannot be read.",
                    lost,
                )
            shell.say(told.format(name=name, count=lost))

    words = as_text(shell.texts, kept)
    copy = ft.OutlinedButton(
        _("Copy the report"), icon=ft.Icons.CONTENT_COPY, action=ft.CopyToClipboard(words), on_click=_copied(shell)
    )
    return [
        ft.Row(
            [
                ft.FilledTonalButton(_("Try again"), icon=ft.Icons.REFRESH, on_click=shell.guard(retry)),
                ft.OutlinedButton(_("Export this report"), icon=ft.Icons.DOWNLOAD, on_click=shell.guard(export)),
                copy,
            ],
            wrap=True,
        )
    ]


def _copied(shell: Shell) -> Callable[[], Awaitable[None]]:
    return shell.guard(lambda: shell.say(shell.texts.gettext("Copied.")))


def _address(shell: Shell, kept: KeptReport) -> ft.Control:
    """The private address, with the ways to take it along."""
    _ = shell.texts.gettext
    title = heading(_("Your private address"))
    if kept.address is None:
        words = _("No server is set on this device yet. The address is shown here once one is, and the report is sent.")
        return card(title, text(words))
    words = _("It shows what became of the report. Whoever has it can see that, so give it to nobody else.")
    if not is_there(kept):
        words = _("It shows what became of the report, once that has been sent. Whoever has it can see that.")
    copy = ft.FilledTonalButton(
        _("Copy"),
        icon=ft.Icons.CONTENT_COPY,
        action=ft.CopyToClipboard(kept.address),
        on_click=_copied(shell),
    )
    share = ft.OutlinedButton(_("Share"), icon=ft.Icons.SHARE, action=ft.ShareText(kept.address))
    return card(
        title,
        known_as("report-address", selectable(kept.address)),
        text(words, Type.SMALL),
        ft.Row([known_as("report-copy", copy), known_as("report-share", share)], wrap=True),
    )


def _events(texts: Texts, kept: KeptReport) -> list[ft.Control]:
    """What the office has said of the report, the latest first."""
    if not kept.events:
        return []
    lines: list[ft.Control] = [heading(texts.gettext("From the office"))]
    for event in reversed(kept.events):
        words, icon, tone = event_state(texts, event.state)
        when = " · ".join(filter(None, [texts.moment(event.at), event.number]))
        said = [text(words, Type.SUB), *([selectable(event.text)] if event.text else []), text(when, Type.SMALL)]
        lines.append(
            ft.Row(
                [
                    ft.Icon(icon, color=TONES[tone].icon if event is kept.events[-1] else INK_2),
                    ft.Column(said, spacing=2, expand=True),
                ],
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
        )
    return [card(*lines)]
