"""Saves notes and other records with their photos as zip files where the person wants them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TypeVar

import flet as ft

from services.notes.export import Progress, divide
from services.notes.note import Note, NoteState
from services.notes.notebook import Notebook
from services.storage.store import StoreWriteError
from views.parts.note_content import Content, title_of
from views.parts.shell import Shell
from views.parts.texts import Texts
from views.parts.words import note_state, outcome_words, problem_sentence, refusal_sentence

T = TypeVar("T")
R = TypeVar("R")
Write = Callable[[IO[bytes], Sequence[T], Progress], int | None]
"""Writes some of what is exported; returns how many files are left out, None where the progress ended it."""

LARGEST = 64 * 1024 * 1024
"""Bytes of the largest file: browsers and phones get files whole, so a larger export is split."""

_SHOWN_AFTER = 0.5
"""An export that takes longer shows its progress (seconds)."""


def export_handler(
    shell: Shell, notebook: Notebook, choose: Callable[[], Sequence[Note]], now: Callable[[], datetime]
) -> Callable[[], Awaitable[None]]:
    """Make a handler that exports the notes given by `choose`; `now` is for the file's name."""

    async def export() -> None:
        notes = await asyncio.to_thread(choose)
        if not notes:
            shell.say(shell.texts.gettext("There is nothing to export."))
            return
        name = f"ocop-notes-{now():%Y%m%d-%H%M}"
        texts = shell.texts

        def write(target: IO[bytes], chosen: Sequence[Note], progress: Progress) -> int | None:
            return notebook.export(target, chosen, describe=lambda note: describe(texts, note), progress=progress)

        await save_zip(shell, notes, name, write, divide, "states.json")

    return shell.guard(export)


def describe(texts: Texts, note: Note) -> Mapping[str, str]:
    """Give a note as a row of the export's table."""
    _, content = texts.gettext, Content.of(note)
    state, _icon, _tone = note_state(texts, note)
    reason = problem_sentence(texts, note.reason) if note.reason else ""
    if note.state is NoteState.REFUSED:
        reason = refusal_sentence(texts, note.reason or "", received=note.received_at is not None)
    return {
        _("Signed off"): texts.moment(content.at) if note.inspection else "",
        _("Product"): title_of(texts, note.product_name, content.code),
        _("Code"): content.code.text if content.code else "",
        _("What you found"): outcome_words(texts, content.outcome),
        _("In your words"): content.text,
        _("Place"): str(content.place) if content.place else "",
        _("Account"): (note.inspection.account or "") if note.inspection else "",
        _("State"): state,
        _("Reason"): reason,
        _("Photos"): " ".join(f"{photo.sha256}.jpg" for photo in content.photos),
        _("Number"): note.id,
        _("Corrects"): note.corrects or "",
    }


async def save_zip(
    shell: Shell,
    chosen: Sequence[T],
    name: str,
    write: Write[T],
    divide: Callable[[Sequence[T], int], Sequence[Sequence[T]]],
    names_lost: str,
) -> None:
    """Save what is chosen as NAME.zip where the person wants it, and tell them, or what is in the way.

    `write` writes some of it; `divide` divides it into parts below a size; `names_lost` is the file in the zip that
    names what is left out.
    """
    try:
        if shell.page.web or shell.on_phone:
            await _hand_over(shell, chosen, name, write, divide, names_lost)
        else:
            await _write_to_disk(shell, chosen, name, write, names_lost)
    except (OSError, StoreWriteError):
        shell.say_problem("not_saved")


async def _write_to_disk(shell: Shell, chosen: Sequence[T], name: str, write: Write[T], names_lost: str) -> None:
    to = await ft.FilePicker().save_file(file_name=f"{name}.zip")
    if not to:
        return
    path = Path(to)
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("wb") as target:
            left_out = await _write(shell, target, chosen, write)
        if left_out is not None:
            await asyncio.to_thread(unfinished.replace, path)
            _tell(shell, path.name, left_out, names_lost)
    finally:
        unfinished.unlink(missing_ok=True)


async def _hand_over(
    shell: Shell,
    chosen: Sequence[T],
    name: str,
    write: Write[T],
    divide: Callable[[Sequence[T], int], Sequence[Sequence[T]]],
    names_lost: str,
) -> None:
    parts = await asyncio.to_thread(divide, chosen, LARGEST)
    for number, part in enumerate(parts, 1):
        with tempfile.TemporaryFile() as target:
            left_out = await _write(shell, target, part, write)
            if left_out is None:
                return
            target.seek(0)
            archive = await asyncio.to_thread(target.read)
        file = f"{name}.zip" if len(parts) == 1 else f"{name}-{number}.zip"
        path = await ft.FilePicker().save_file(file_name=file, src_bytes=archive)
        if not path and not shell.page.web:
            return
        _tell(shell, file, left_out, names_lost)


def _tell(shell: Shell, name: str, left_out: int, names_lost: str) -> None:
    _, ngettext = shell.texts.gettext, shell.texts.ngettext
    if left_out and names_lost == "states.json":
        words = ngettext(
            "Exported: {name}, without {count} photo that is lost or cannot be read. states.json names it.",
            "Exported: {name}, without {count} photos that are lost or cannot be read. states.json names them.",
            left_out,
        )
        shell.say(words.format(name=name, count=shell.texts.number(left_out)))
    elif left_out:
        words = ngettext(
            "Exported: {name}, without {count} file. {list} says which and why.",
            "Exported: {name}, without {count} files. {list} says which and why.",
            left_out,
        )
        shell.say(words.format(name=name, count=shell.texts.number(left_out), list=names_lost))
    else:
        shell.say(_("Exported: {name}").format(name=name))


@dataclass
class _Written:
    """The progress of the working thread, and whether the person has cancelled it."""

    done: int = 0
    total: int = 0
    cancelled: bool = False

    def tell(self, done: int, total: int) -> bool:
        self.done, self.total = done, total
        return not self.cancelled


async def _write(shell: Shell, target: IO[bytes], chosen: Sequence[T], write: Write[T]) -> int | None:
    """Write the zip. Returns how many files are left out; None: cancelled."""
    title = shell.texts.gettext("Exporting …")
    return await with_progress(shell, title, lambda tell: write(target, chosen, tell))


async def with_progress(shell: Shell, title: str, work: Callable[[Progress], R]) -> R:
    """Work in a thread; if it takes long, show the progress under a title and offer to cancel.

    `work` is given what to call with how much is done and of how much, which gives False once the person has cancelled.
    """
    written = _Written()
    task = asyncio.get_running_loop().create_task(asyncio.to_thread(work, written.tell))
    await asyncio.wait({task}, timeout=_SHOWN_AFTER)
    if not task.done():
        await _show_progress(shell, title, task, written)
    return task.result()


async def _show_progress(shell: Shell, title: str, task: asyncio.Task[R], written: _Written) -> None:
    _ = shell.texts.gettext

    def cancel() -> None:
        written.cancelled = True

    bar = ft.ProgressBar()
    dialog = ft.AlertDialog(
        modal=True,
        title=ft.Text(title),
        content=bar,
        actions=[ft.TextButton(_("Cancel"), on_click=shell.guard(cancel))],
    )
    shell.page.show_dialog(dialog)
    while not task.done():
        bar.value = written.done / written.total if written.total else None
        bar.update()
        await asyncio.wait({task}, timeout=0.25)
    dialog.open = False
    dialog.update()
