"""The shop's own list: imported from a file, all of it or nothing, and what of it was expected and not seen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import flet as ft

from services.audits.list_file import ListUnreadable, ReadList, RefusedRow, read_list, template
from services.audits.own_list import Missing, OwnProduct, missing
from services.codes import on_the_pack
from services.storage.store import StoreError
from services.wording import mark
from views.design import TONES, Tone, Type
from views.parts.device_state import use_device_state
from views.parts.fold import fold
from views.parts.frame import screen
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import card, empty, heading, known_as, main_button, panel, second_button, text
from views.parts.picture_file import PictureFile
from views.parts.places import OWN_LIST
from views.parts.saving import save_file
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts

FIRST = 50
"""Rows drawn of each list; the file has all of them."""

_ROWS: dict[str, str] = {
    "no_code": mark("There is no barcode."),
    "not_a_gtin": mark("This is no barcode's number: it has 8, 12, 13 or 14 digits."),
    "wrong_check_digit": mark("The last digit does not fit the others. Compare it with the pack."),
    "code_lost_digits": mark("The spreadsheet has rounded the number. Format the column as text, then type it again."),
    "twice": mark("This product already stands on this shelf in an earlier row."),
    "no_name": mark("There is no name."),
    "name_too_long": mark("The name is too long."),
    "shelf_too_long": mark("The shelf's name is too long."),
    "bad_price": mark("The price is no whole number of đồng."),
    "bad_quantity": mark("The quantity is no whole number from 0 to 999,999."),
}
_FILES: dict[str, str] = {
    "too_large": mark("The file is too large for a list."),
    "not_utf8": mark("The file is in an old encoding. Save it as CSV UTF-8 or as XLSX, then choose it again."),
    "not_a_table": mark("This is neither a CSV nor an XLSX file."),
    "damaged": mark("The file is damaged, so it cannot be read."),
    "no_header": mark("The columns for barcode and name are not there. Begin with the template."),
    "unknown_column": mark("No list has this column: {value}. Begin with the template."),
    "column_twice": mark("This column is there twice: {value}."),
    "no_rows": mark("There is no product in it."),
    "too_many_rows": mark("There are more than 20,000 products in it."),
}


@dataclass(frozen=True)
class _Chosen:
    """A file that was chosen: its name, what it says, or why it cannot be read."""

    name: str
    read: ReadList | None = None
    reason: str = ""
    value: str = ""


@ft.component
def OwnListScreen() -> ft.View:
    """Show the list, take a new one, and tell what of it was not seen."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    _, texts = shell.texts.gettext, shell.texts
    chosen, set_chosen = ft.use_state(cast("_Chosen | None", None))
    version, set_version = ft.use_state(0)

    def load() -> tuple[Sequence[OwnProduct], list[Missing] | None]:
        products, now = device.own_list.products(), device.audits.union(state.viewer)
        return products, missing(products, now) if now.shelves else None

    ready, loaded = use_loaded(load, [state.viewer, state.audits_version, version])
    products, absent = loaded or ((), None)

    async def choose() -> None:
        files = await ft.FilePicker().pick_files(
            file_type=ft.FilePickerFileType.CUSTOM,
            allowed_extensions=["csv", "xlsx"],
            with_data=True,
            cancel_upload_on_window_blur=False,
        )
        for file in files[:1]:
            content = file.bytes
            if content is None and file.path:
                content = (await asyncio.to_thread(PictureFile.at, Path(file.path))).content
            set_chosen(await asyncio.to_thread(_read, file.name, content))

    async def take() -> None:
        if chosen is None or chosen.read is None:
            return
        await _replace(chosen.read.products)

    async def _replace(new: Sequence[OwnProduct]) -> None:
        try:
            await asyncio.to_thread(device.own_list.replace, new)
        except StoreError:
            shell.say_problem("not_saved")
            return
        set_chosen(None)
        set_version(version + 1)
        shell.say(_("The list is kept on this device.") if new else _("The list is deleted."))

    def leave() -> None:
        set_chosen(None)

    title = _("My own list")
    if chosen is not None:
        good = chosen.read is not None and not chosen.read.refused
        taken = known_as("list-take", main_button(_("Take this list"), shell.guard(take)), expand=True, key="take")
        again = known_as(
            "list-again", main_button(_("Choose another file"), shell.guard(choose)), expand=True, key="again"
        )
        back = second_button(_("Leave it"), shell.guard(leave), icon=ft.Icons.CLOSE)
        foot = ft.Row([known_as("list-leave", back), taken if good else again], spacing=12)
        return screen(shell, OWN_LIST, title, _preview(texts, chosen, len(products)), bottom=[foot])
    intro = _("Your own names, shelves and prices then stand in every audit, and what was not seen can be told.")
    controls: list[ft.Control] = [
        text(intro),
        _templates(shell),
        *([] if ready else [Skeleton()]),
        *(_absent(texts, absent) if products else []),
        *_products(shell, products, _replace),
    ]
    if ready and not products:
        sign = empty(
            ft.Icons.PLAYLIST_ADD,
            _("No list yet"),
            _("Download the template, fill it in with any spreadsheet program, and choose the file here."),
        )
        controls.append(sign)
    words = _("Choose a new file") if products else _("Choose a file")
    button = known_as("list-choose", main_button(words, shell.guard(choose), icon=ft.Icons.UPLOAD_FILE))
    return screen(shell, OWN_LIST, title, controls, bottom=[button])


def _read(name: str, content: bytes | None) -> _Chosen:
    if content is None:
        return _Chosen(name, reason="damaged")
    try:
        return _Chosen(name, read_list(content))
    except ListUnreadable as bad:
        return _Chosen(name, reason=bad.reason, value=bad.value)


def _templates(shell: Shell) -> ft.Control:
    _ = shell.texts.gettext

    def download(kind: str) -> Callable[[], Awaitable[None]]:
        async def write() -> None:
            content = await asyncio.to_thread(template, shell.texts.language, kind)
            saved = await save_file(shell, content, f"ocop-list.{kind}")
            if saved:
                shell.say(_("Saved: {name}").format(name=saved))

        return write

    buttons: list[ft.Control] = [
        known_as(
            f"template-{kind}",
            ft.OutlinedButton(kind.upper(), icon=ft.Icons.DOWNLOAD, on_click=shell.guard(download(kind))),
        )
        for kind in ("xlsx", "csv")
    ]
    return card(heading(_("Template")), ft.Row(buttons, wrap=True))


def _preview(texts: Texts, chosen: _Chosen, before: int) -> list[ft.Control]:
    """What the file says, and every row that cannot be taken; nothing has changed yet."""
    _, read = texts.gettext, chosen.read
    parts: list[ft.Control] = [heading(chosen.name, Type.TITLE)]
    kept = _("The list on this device stays as it is.") if before else _("No list is on this device yet.")
    if read is None:
        words = _(_FILES.get(chosen.reason, _FILES["damaged"])).format(value=chosen.value)
        tone = TONES[Tone.CAUTION]
        return [*parts, known_as("list-problem", panel(text(words), text(kept), tone=Tone.CAUTION, icon=tone.shape))]
    count = texts.ngettext("{count} product", "{count} products", len(read.products))
    if not read.refused:
        said = _("{products} in the file. It takes the place of the list that is here.") if before else None
        words = (said or _("{products} in the file.")).format(
            products=count.format(count=texts.number(len(read.products)))
        )
        rows = [_product(texts, product) for product in read.products[:FIRST]]
        return [*parts, known_as("list-good", text(words)), *rows, *_left(texts, len(read.products))]
    words = texts.ngettext(
        "{count} row cannot be taken, so nothing is.", "{count} rows cannot be taken, so nothing is.", len(read.refused)
    )
    mend = _("Mend these rows in the file, then choose it again.")
    told = panel(
        text(words.format(count=texts.number(len(read.refused))), Type.SUB),
        text(f"{mend} {kept}"),
        tone=Tone.CAUTION,
        icon=TONES[Tone.CAUTION].shape,
    )
    rows = [_refused(texts, row) for row in read.refused[:FIRST]]
    return [*parts, known_as("list-refused", told), *rows, *_left(texts, len(read.refused))]


def _refused(texts: Texts, row: RefusedRow) -> ft.Control:
    _ = texts.gettext
    words = _(_ROWS[row.reason]) if row.reason in _ROWS else row.reason
    said = [text(_("Row {number}").format(number=texts.number(row.row)), Type.SUB), text(words)]
    if row.value:
        said.append(text(_("It says: {value}").format(value=row.value), Type.SMALL))
    return known_as("list-row-refused", card(*said))


def _absent(texts: Texts, absent: Sequence[Missing] | None) -> list[ft.Control]:
    """What was expected and not seen on the shelves that were looked at; None where none was."""
    _ = texts.gettext
    if absent is None:
        return [text(_("No shelf was looked at yet. After an audit, what was not seen is told here."))]
    if not absent:
        return [text(_("All that was expected on the shelves that were looked at was seen."))]
    rows = [_missing(texts, each) for each in absent[:FIRST]]
    count = texts.number(len(absent))
    return [fold("list-absent", _("Expected and not seen"), count, [*rows, *_left(texts, len(absent))], opened=True)]


def _missing(texts: Texts, each: Missing) -> ft.Control:
    _ = texts.gettext
    seen = _("{seen} of {expected} seen").format(seen=texts.number(each.seen), expected=texts.number(each.expected))
    small = [each.product.shelf, seen]
    if each.elsewhere:
        small.append(_("also on {shelves}").format(shelves=", ".join(filter(None, each.elsewhere))))
    return _named(each.product, " · ".join(filter(None, small)))


def _products(
    shell: Shell, products: Sequence[OwnProduct], replace: Callable[[Sequence[OwnProduct]], Awaitable[None]]
) -> list[ft.Control]:
    if not products:
        return []
    _, texts = shell.texts.gettext, shell.texts

    async def delete() -> None:
        await replace(())
        shell.say(_("The list is deleted."), undo=lambda: shell.page.run_task(replace, products))

    rows = [_product(texts, product) for product in products[:FIRST]]
    count = texts.ngettext("{count} product", "{count} products", len(products))
    button = ft.TextButton(_("Delete the list"), icon=ft.Icons.DELETE_OUTLINE, on_click=shell.guard(delete))
    listed = fold(
        "list-products",
        _("What is in it"),
        count.format(count=texts.number(len(products))),
        [*rows, *_left(texts, len(products))],
    )
    return [listed, ft.Row([known_as("list-delete", button)])]


def _product(texts: Texts, product: OwnProduct) -> ft.Control:
    _ = texts.gettext
    small = [
        on_the_pack(product.gtin),
        product.shelf,
        f"{texts.number(product.price)}\u00a0₫" if product.price is not None else "",
        _("{count} expected").format(count=texts.number(product.quantity)) if product.quantity is not None else "",
    ]
    return _named(product, " · ".join(filter(None, small)))


def _named(product: OwnProduct, small: str) -> ft.Control:
    return ft.Column([text(product.name, Type.SUB, max_lines=2), text(small, Type.SMALL)], spacing=0)


def _left(texts: Texts, count: int) -> list[ft.Control]:
    """That there are more than are shown."""
    left = count - FIRST
    words = texts.gettext("And {count} more")
    return [text(words.format(count=texts.number(left)), Type.SMALL)] if left > 0 else []
