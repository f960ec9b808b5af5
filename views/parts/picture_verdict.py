"""Picture files: the way to the verdict on their codes, or to the packs in one that the person chooses between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import flet as ft

from services.camera.frames import preview_jpeg
from services.camera.preview import Outline, View, in_reading_order
from services.decoding import BadImage, CodeKind, look
from services.decoding.files import open_file, read_file
from services.papers.file_form import carries_record
from services.workspace import Workspace
from views.parts.packs import JudgedCodes
from views.parts.pictures import pick_pictures
from views.parts.places import SCAN
from views.parts.question import scanned
from views.parts.record_check import check_record_file
from views.parts.scanning import Photo, Scanning, show_verdict, use_scanning
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.words import nothing_read_sentence, problem_sentence


def use_picture_judge() -> Callable[[bytes, int], Awaitable[None]]:
    """Hook: a function that leads to the verdict on a picture file; it takes its bytes and how many came with it."""
    shell, scanning, workspace = use_shell(), use_scanning(), use_workspace()

    async def judge(content: bytes, others: int) -> None:
        await judge_picture(shell, scanning, workspace, content, others=others)

    return judge


def use_picture_choice() -> tuple[bool, Callable[[], Awaitable[None]]]:
    """Hook: whether a picture is being read, and a handler that asks for one and leads to its verdict."""
    shell, judge = use_shell(), use_picture_judge()
    busy, set_busy = ft.use_state(False)

    async def choose() -> None:
        for file in (await pick_pictures(documents=shell.on_computer))[:1]:
            if file.content is None:
                shell.say_problem("file_unreadable")
                return
            set_busy(True)
            try:
                await judge(file.content, 0)
            finally:
                set_busy(False)

    return busy, shell.guard(choose)


async def judge_picture(
    shell: Shell, scanning: Scanning, workspace: Workspace, data: bytes, *, others: int = 0
) -> None:
    """Read a picture file's codes and go to their verdict, show the packs to choose from, or say why there is none.

    `others` files that came with it are not looked at, which is said.
    The PDF of a round's record is checked instead. Any other PDF is drawn where the app runs on the person's own
    computer, and not in a process that serves several.
    """
    _ = shell.texts.gettext
    if await asyncio.to_thread(carries_record, data):
        await check_record_file(shell, scanning, workspace, "", data)
        return
    scanning.photo = scanning.seen = None  # or the packs of the picture before would be taken for this one's
    try:
        found, more = await asyncio.to_thread(_packs_in, data, workspace, pdf=shell.on_computer)
    except BadImage as error:
        shell.say(" ".join([problem_sentence(shell.texts, error.reason), *one_alone(shell.texts, others)]))
        return
    said = one_alone(shell.texts, others)
    if more:
        said.append(_("Pages or frames of this file that were not looked at: {count}.").format(count=more))
    if not found.packs:
        said = [nothing_read_sentence(shell.texts, found.unread), *said]
    elif len(found.packs) == 1:
        scanning.seen = frozenset(found.packs[0]), data
        show_verdict(shell.page, scanning, found.packs[0], unread=found.unread)
    else:
        scanning.photo = found
        shell.page.navigate(SCAN)
    if said:
        shell.say(" ".join(said))


def one_alone(texts: Texts, others: int) -> list[str]:
    """The sentence that of several files only the first is looked at; none where it was alone."""
    words = texts.gettext("Only the first file is looked at; others that came with it: {count}.")
    return [words.format(count=texts.number(others))] if others else []


def _packs_in(data: bytes, workspace: Workspace, *, pdf: bool) -> tuple[Photo, int]:
    """Tell the packs in a picture file apart, with the page that shows most; and how many pages were left out.

    Raises BadImage.
    """
    file = read_file(open_file(data, pdf=pdf), look)
    page, most = max(file.pages, key=lambda seen: len(seen[1].symbols))
    size = (page.shape[1], page.shape[0])
    outlines = [Outline(symbol.corners, symbol, matrix=symbol.symbology.is_matrix) for symbol in most.symbols]
    outlines = in_reading_order(outlines, View(), size)
    first = scanned(outline.read for outline in outlines if outline.read)
    codes = JudgedCodes(workspace)
    codes.learn(texts := dict.fromkeys([*first, *scanned(file.symbols)]))
    packs = tuple(codes.packs(texts))
    jpeg = preview_jpeg(page, width=1280) if len(packs) > 1 else b""
    missed = [Outline(code.corners, matrix=code.kind is not CodeKind.BARCODE) for code in most.unread]
    return Photo(jpeg, size, (*outlines, *missed), codes, packs, file.unread), file.more
