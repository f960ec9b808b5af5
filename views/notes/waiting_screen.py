"""The list of what waits for the person: questions of the office, refused records, and answers not yet seen."""

from __future__ import annotations

import asyncio
from itertools import groupby

import flet as ft

from services.journal.waiting import Matter, Waits
from services.sync.syncer import SyncStatus
from services.wording import mark
from views.design import INK_2, PRIMARY, Type
from views.parts.device_state import use_device_state
from views.parts.frame import screen
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import empty, heading, icon_button, known_as, row_button, text
from views.parts.places import ANSWER, NOTES, WAITING
from views.parts.record_words import entry_title, kind_words
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.words import event_state, problem_sentence, refusal_sentence

_HEADS: dict[Waits, tuple[str, ft.IconData]] = {
    Waits.ASKED: (mark("The office asks"), ft.Icons.HELP_OUTLINE),
    Waits.REFUSED: (mark("Not taken by the server"), ft.Icons.REPORT),
    Waits.NEWS: (mark("Answers of the office"), ft.Icons.MARK_EMAIL_UNREAD_OUTLINED),
}


@ft.component
def WaitingScreen() -> ft.View:
    """Questions first, then refused records, then news; each leads to where one does something about it."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _, viewer = shell.texts.gettext, state.viewer

    def load() -> tuple[list[Matter], dict[str, str]]:
        found = device.matters(viewer)
        gtins = {matter.entry.said.gtin for matter in found if matter.entry.said.gtin}
        products = {gtin: workspace.catalogue.product(gtin) for gtin in gtins}
        return found, {gtin: product.name for gtin, product in products.items() if product}

    ready, loaded = use_loaded(load, [viewer, state.notes_version])
    matters, names = loaded or ([], {})
    news = [event for matter in matters if matter.why is Waits.NEWS for event in matter.entry.events]

    async def see_all() -> None:
        if viewer.account is not None:
            await asyncio.to_thread(device.seen.see, viewer.account, news, workspace.now())

    async def ask() -> None:
        await asyncio.to_thread(device.send_now)

    rows: list[ft.Control] = [*_asking(shell, state.sending), *([] if ready else [Skeleton()])]
    for why, group in groupby(matters, lambda matter: matter.why):
        words, icon = _HEADS[why]
        rows.append(ft.Row([ft.Icon(icon, color=PRIMARY), heading(_(words))], spacing=8))
        rows += [_row(shell, matter, names.get(matter.entry.said.gtin or "")) for matter in group]
    if news:
        seen = ft.TextButton(_("I have seen these answers"), icon=ft.Icons.DONE_ALL, on_click=shell.guard(see_all))
        rows.append(known_as("see-all", ft.Row([seen])))
    if ready and not matters:
        words = _("Questions and decisions of the office, and what the server did not take, are listed here.")
        rows.append(empty(ft.Icons.TASK_ALT, _("Nothing waits for you"), words))
    now = icon_button(ft.Icons.SYNC, _("Ask the office now"), shell.guard(ask))
    return screen(shell, WAITING, _("Waiting for you"), rows, actions=[known_as("ask-now", now)])


def _asking(shell: Shell, status: SyncStatus) -> list[ft.Control]:
    """That the office is being asked, else why its last words are not here, else when they were asked for."""
    texts = shell.texts
    if status.running:
        return [ft.ProgressBar(semantics_label=texts.gettext("Asking the office …"))]
    if status.last_problem:
        return [known_as("not-asked", text(problem_sentence(texts, status.last_problem), Type.SMALL))]
    if status.last_success is None:
        return []
    words = texts.gettext("Asked at {moment}").format(moment=texts.moment(status.last_success))
    return [known_as("asked-at", text(words, Type.SMALL))]


def _row(shell: Shell, matter: Matter, product: str | None) -> ft.Control:
    """What it is about, since when, and what was said."""
    texts, entry, event = shell.texts, matter.entry, matter.event
    address = f"{NOTES}/{entry.id}"
    if matter.why is Waits.REFUSED:
        kept = matter.answer
        reason, received = (kept.reason, kept.received_at) if kept else (entry.reason, entry.received_at)
        said, at = refusal_sentence(texts, reason or "", received=received is not None), entry.said.at
        if kept:
            said, at = f"{texts.gettext('Your answer')}: {said}", kept.answer.signed_at
    elif event is not None:
        words = event_state(texts, event.state)[0]
        said, at = event.text or event.number or words, event.at
        if matter.why is Waits.NEWS:
            said = " · ".join(filter(None, (words, event.number, event.text)))
    else:
        said, at = "", entry.said.at
    if matter.why is Waits.ASKED and event is not None:
        address = ANSWER + event.id
    beside = f"{kind_words(texts, entry)} · {texts.moment(at)}"
    lines: list[ft.Control] = [
        text(entry_title(texts, entry, product), Type.SUB, max_lines=4),
        text(beside, Type.SMALL),
        text(said, max_lines=4),
    ]
    body = ft.Row(
        [ft.Column(lines, spacing=4, expand=True), ft.Icon(ft.Icons.CHEVRON_RIGHT, color=INK_2)],
        spacing=12,
    )
    key = f"{matter.why}/{entry.id}/{event.id if event else ''}"
    return row_button("waiting-row", body, shell.go_to(address), key=key)
