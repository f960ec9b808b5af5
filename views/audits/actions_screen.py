"""What is to be done at the shelves, what it costs most to ignore first; each is ticked off when it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from services.audits.audit import AuditClosed, AuditInvalid, Line, What
from services.audits.gravity import Action, Do, Urgency
from services.register.certificates import Today
from services.storage.store import StoreError
from services.wording import mark
from views.audits.files import save_picking_list
from views.audits.reading import NOW, SHELF, Todo
from views.audits.rows import line_row
from views.design import GAP, INK_2, TONES, Tone, Type
from views.parts.audit_words import DOS, audit_problem, why_words
from views.parts.device_state import use_device_state
from views.parts.frame import screen
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import empty, heading, known_as, main_button, state_label, text
from views.parts.places import AUDITS, audit_address
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts

PAGE = 50
"""Rows drawn at a time."""

Tick = Callable[[int, What | None], Awaitable[None]]
"""Says of a line, by its number, what was done, or that nothing was."""

_BUTTONS: dict[Do, tuple[What, str, ft.IconData]] = {
    Do.TAKE_DOWN: (What.TAKEN_DOWN, mark("Taken down"), ft.Icons.CHECK),
    Do.ASK_SUPPLIER: (What.ASKED, mark("Asked"), ft.Icons.CHECK),
    Do.RENEW: (What.ASKED, mark("Asked"), ft.Icons.CHECK),
    Do.CHECK_LABEL: (What.CHECKED, mark("Looked at"), ft.Icons.CHECK),
    Do.SELL_FIRST: (What.CHECKED, mark("Put in front"), ft.Icons.CHECK),
    Do.CHECK_AGAIN: (What.CHECKED, mark("Looked at"), ft.Icons.CHECK),
    Do.SCAN_AGAIN: (What.CHECKED, mark("Looked at"), ft.Icons.CHECK),
}
_GROUPS = {
    Urgency.NOW: (mark("Right now"), Tone.BAD),
    Urgency.SOON: (mark("Today"), Tone.CAUTION),
    Urgency.PLAN: (mark("In time"), Tone.UNKNOWN),
}


@ft.component
def ActionsScreen() -> ft.View:
    """Show the list of the audit in the address, the running one too."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _ = shell.texts.gettext
    location, params = ft.use_route_location(), ft.use_route_params()
    audit_id = SHELF if location.startswith(f"{AUDITS}/{SHELF}/") else params.get("audit", NOW)
    most, set_most = ft.use_state(PAGE)
    viewer = state.viewer
    ready, todo = use_loaded(
        lambda: Todo.of(device, workspace, viewer, audit_id),
        [audit_id, viewer, state.audits_version, state.copy.as_of],
    )
    route, title = audit_address(audit_id, "actions"), _("Things to do")
    if not ready:
        return screen(shell, route, title, [Skeleton()])
    if todo is None:
        words = _("This audit is not on this device, or it belongs to another account.")
        return screen(
            shell, route, title, [text(words)], bottom=[main_button(_("Go to the audits"), shell.go_to(AUDITS))]
        )
    found, today = todo, workspace.today()

    async def tick(n: int, what: What | None) -> None:
        def work() -> None:
            for audit, number in found.sources[n]:
                device.audits.done(audit, number, what)

        try:
            await asyncio.to_thread(work)
        except AuditInvalid as invalid:
            shell.say(audit_problem(shell.texts, invalid.reason))
        except AuditClosed:
            shell.say(audit_problem(shell.texts, "closed"))
        except StoreError:
            shell.say_problem("not_saved")

    async def pick() -> None:
        await save_picking_list(shell, found.shop, found.lines, found.actions, today)

    left = [action for action in found.actions if not found.lines[action.n].done]
    done = [action for action in found.actions if found.lines[action.n].done]
    rows: list[ft.Control] = []
    for urgency, (words, tone) in _GROUPS.items():
        shown = [action for action in left[:most] if action.urgency is urgency]
        if shown:
            count = sum(action.urgency is urgency for action in left)
            rows.append(_head(shell.texts, _(words), tone, count))
            rows += [_row(shell, action, found, today, tick) for action in shown]
    if len(left) > most:
        more = _("Show more ({count} in all)").format(count=shell.texts.number(len(left)))
        rows.append(ft.TextButton(more, on_click=shell.guard(lambda: set_most(most + PAGE))))
    if done:
        rows.append(heading(_("Done")))
        rows += [_done_row(shell, action, found, today, tick) for action in done[:most]]
    if not rows:
        sign = empty(ft.Icons.TASK_ALT, _("Nothing is to be done"), _("All that was seen is in order today."))
        rows.append(sign)
    button = main_button(_("Print the list"), shell.guard(pick), icon=ft.Icons.PRINT_OUTLINED)
    return screen(shell, route, title, rows, bottom=[known_as("audit-pick", button)] if left else [])


def _head(texts: Texts, words: str, tone: Tone, count: int) -> ft.Control:
    return ft.Row(
        [
            # What lies ahead is known: a question mark would say that it is not.
            ft.Icon(ft.Icons.EVENT if tone is Tone.UNKNOWN else TONES[tone].shape, size=24, color=TONES[tone].icon),
            ft.Container(heading(words), expand=True),
            text(texts.number(count), Type.SUB, figures=True),
        ],
        spacing=GAP,
    )


def _row(shell: Shell, action: Action, found: Todo, today: Today, tick: Tick) -> ft.Control:
    """Why and what to do, with the button that says that it is done; what another till has seen is done there."""
    texts, line = shell.texts, found.lines[action.n]
    if not found.sources[action.n]:
        elsewhere = state_label(texts.gettext("Another till"), ft.Icons.DEVICES)
        return line_row(shell, line, today, *_todo(texts, action, line), elsewhere, why=_why(texts, action))
    what, words, icon = _BUTTONS[action.what]
    button = ft.FilledTonalButton(texts.gettext(words), icon=icon, on_click=shell.guard(_ticking(tick, action.n, what)))
    row = ft.Row([known_as("action-done", button)], alignment=ft.MainAxisAlignment.END)
    return line_row(shell, line, today, *_todo(texts, action, line), row, why=_why(texts, action))


def _done_row(shell: Shell, action: Action, found: Todo, today: Today, tick: Tick) -> ft.Control:
    line = found.lines[action.n]
    if not found.sources[action.n]:
        return line_row(shell, line, today)
    back = ft.TextButton(
        shell.texts.gettext("Not done after all"),
        icon=ft.Icons.UNDO,
        on_click=shell.guard(_ticking(tick, action.n, None)),
    )
    row = ft.Row([known_as("action-undo", back)], alignment=ft.MainAxisAlignment.END)
    return line_row(shell, line, today, row)


def _ticking(tick: Tick, n: int, what: What | None) -> Callable[[], Awaitable[None]]:
    async def act() -> None:
        await tick(n, what)

    return act


def _why(texts: Texts, action: Action) -> str:
    """The reasons, the dearest first; of the others it is not told in how many days."""
    whys = [why_words(texts, action.reason, action.days)]
    whys += [why_words(texts, why) for why in action.also if why != action.reason]
    return " · ".join(dict.fromkeys(whys))


def _todo(texts: Texts, action: Action, line: Line) -> Sequence[ft.Control]:
    """Where the line stands, and what to do."""
    words, icon = DOS[action.what]
    shelf = ft.Icon(ft.Icons.SHELVES, size=20, color=INK_2, semantics_label=texts.gettext("Shelf"))  # names say it too
    return [
        *([ft.Row([shelf, text(line.shelf, Type.SMALL, expand=True)], spacing=GAP)] if line.shelf else []),
        ft.Row([ft.Icon(icon, size=20, color=INK_2), text(texts.gettext(words), Type.LABEL, expand=True)], spacing=GAP),
    ]
