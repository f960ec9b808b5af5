"""The list of this device's reports, each with its state."""

from __future__ import annotations

from datetime import datetime

import flet as ft

from services.register.catalogue import Catalogue
from services.reports.report import ReportDraft, Subject
from services.reports.report_book import KeptReport
from views.design import INK_2, Tone, Type
from views.parts.device_state import use_device_state
from views.parts.frame import screen
from views.parts.loading import use_loaded
from views.parts.look import chip, known_as, text
from views.parts.places import REPORT, REPORTS
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.report.report_screen import use_asking
from views.report.report_words import seen_words, state_words, title_of

PAGE = 50
"""Rows drawn at a time."""


@ft.component
def ReportsScreen() -> ft.View:
    """List what is being written and what was sent off, newest first."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _ = shell.texts.gettext
    limit, set_limit = ft.use_state(PAGE)
    use_asking(device)

    def load() -> tuple[list[ReportDraft], list[KeptReport], dict[str, str]]:
        drafts = [draft for draft in device.reports.drafts(state.viewer) if not draft.is_empty]
        kept = device.reports.reports(state.viewer)
        subjects = [draft.subject for draft in drafts] + [each.report.subject for each in kept[:limit]]
        return drafts, kept, _names(workspace.catalogue, subjects)

    ready, loaded = use_loaded(load, [limit, state.viewer.account, state.notes_version])
    drafts, kept, names = loaded or ([], [], {})

    def name(subject: Subject) -> str:
        return names.get(subject.gtin or "") or title_of(shell.texts, subject)

    more = ft.TextButton(
        _("Show more ({count} in all)").format(count=shell.texts.number(len(kept))),
        on_click=shell.guard(lambda: set_limit(limit + PAGE)),
    )
    return screen(
        shell,
        REPORTS,
        _("Your reports"),
        [
            *([_empty(shell)] if ready and not drafts and not kept else []),
            *[_begun(shell, draft, name(draft.subject)) for draft in drafts],
            *[_sent(shell, each, name(each.report.subject)) for each in kept[:limit]],
            *([more] if len(kept) > limit else []),
        ],
    )


def _names(catalogue: Catalogue, subjects: list[Subject]) -> dict[str, str]:
    found = {gtin: catalogue.product(gtin) for gtin in {subject.gtin for subject in subjects} if gtin}
    return {gtin: product.name for gtin, product in found.items() if product}


def _empty(shell: Shell) -> ft.Control:
    _ = shell.texts.gettext
    return ft.Container(
        ft.Column(
            [
                ft.Icon(ft.Icons.FLAG_OUTLINED, size=56, color=INK_2),
                text(_("No reports yet"), Type.TITLE),
                text(
                    _("When something about a product looks wrong, tell the OCOP office. No account is needed."),
                    text_align=ft.TextAlign.CENTER,
                ),
                ft.FilledButton(_("Report something suspicious"), icon=ft.Icons.FLAG, on_click=shell.go_to(REPORT)),
            ],
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        padding=40,
        alignment=ft.Alignment.CENTER,
    )


def _begun(shell: Shell, draft: ReportDraft, name: str) -> ft.Control:
    mark = chip(shell.texts.gettext("Not sent off yet"), ft.Icons.EDIT_NOTE, Tone.UNKNOWN)
    said = _said(shell.texts, draft.what, draft.started_at)
    return _row(shell, f"{REPORT}?draft={draft.id}", draft.id, name, said, mark)


def _sent(shell: Shell, kept: KeptReport, name: str) -> ft.Control:
    report = kept.report
    mark = chip(*state_words(shell.texts, kept))
    said = _said(shell.texts, report.what, report.written_at)
    return _row(shell, f"{REPORTS}/{report.id}", report.id, name, said, mark)


def _said(texts: Texts, what: tuple[str, ...], at: datetime) -> str:
    return " · ".join(filter(None, [texts.moment(at), seen_words(texts, what)]))


def _row(shell: Shell, address: str, key: str, name: str, said: str, mark: ft.Control) -> ft.Control:
    tile = ft.ListTile(
        title=text(name, Type.SUB, max_lines=2),
        subtitle=ft.Column([text(said, Type.SMALL), ft.Row([mark], wrap=True)], spacing=4),
        on_click=shell.go_to(address),
    )
    return known_as("report-row", ft.Card(tile), key=key)
