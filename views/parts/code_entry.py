"""The field for a number, an address or words: it judges the digits while they are typed."""

from __future__ import annotations

import time

import flet as ft

from services.codes import Fault, Unrecognised, bare_digits, check_digit
from services.texts import normal
from services.verification.check import TYPED
from services.workspace import Workspace
from views.parts.fields import TextInput
from views.parts.look import icon_button, known_as
from views.parts.picture_verdict import use_picture_judge
from views.parts.places import REGISTER
from views.parts.question import Question, checked_codes
from views.parts.scanning import show_verdict, use_scanning
from views.parts.shared import use_workspace
from views.parts.shell import use_shell
from views.parts.sought import use_register_search
from views.parts.texts import Texts


@ft.component
def CodeEntry(on_top: bool) -> ft.Control:
    """The field for a number or address typed by hand; the check digit is judged during typing.

    It is empty again whenever the screen is left or comes back, so that nothing is added to the code before. A picture
    that is pasted into it on a computer is read.
    """
    shell, scanning, workspace, search = use_shell(), use_scanning(), use_workspace(), use_register_search()
    _ = shell.texts.gettext
    entry = ft.use_memo(TextInput, [])
    typed, set_typed = ft.use_state("")
    judge = use_picture_judge()

    def submit() -> None:
        code = normal(entry.text).strip()
        if not code or scanning.wedge.owns_enter(time.monotonic()):
            return
        if _are_words(workspace, code):
            search.clear()
            search.look_for(code)
            shell.page.navigate(REGISTER)
        else:
            show_verdict(shell.page, scanning, [(code, TYPED)])

    def clear() -> None:
        entry.put("")
        set_typed("")

    def left() -> None:
        scanning.note_entry(None)
        clear()

    async def pasted(event: ft.TextFieldPasteFilesEvent) -> None:
        await judge(event.files[0].bytes, len(event.files) - 1)

    ft.use_effect(left, [on_top])
    helper, error = digits_advice(shell.texts, typed)
    field = ft.TextField(
        label=_("Number or name"),
        hint_text=_("For example {number}").format(number="9520007900017"),
        keyboard_type=ft.KeyboardType.VISIBLE_PASSWORD,  # digits first, letters possible, no autocorrection
        autocorrect=False,
        enable_suggestions=False,
        helper=helper,
        error=error,
        on_change=lambda e: set_typed(e.control.value),
        on_submit=shell.guard(submit),
        # Browsers' pages take what is pasted themselves (assets/pictures.js).
        on_paste_files=shell.guard(pasted) if shell.on_computer else None,
        on_focus=lambda: scanning.note_entry(clear),
        on_blur=lambda: scanning.note_entry(None),
        # A suffix that is no icon is hidden while the field is empty and without focus, and could still take the focus.
        suffix_icon=icon_button(ft.Icons.ARROW_FORWARD, _("Check"), shell.guard(submit)),
    )
    return known_as("code-entry", entry.draw(field))


def _are_words(workspace: Workspace, typed: str) -> bool:
    """Whether a typed text is no code, nor a text that the register has for a product, but words to look up."""
    (checked,) = checked_codes(Question(((typed, TYPED),)), workspace.catalogue, workspace.now())
    no_code = isinstance(checked.code, Unrecognised) and checked.code.fault is Fault.NOT_A_PRODUCT_CODE
    return no_code and any(map(str.isalpha, typed))


def digits_advice(texts: Texts, typed: str) -> tuple[str | None, str | None]:
    """The field's helper text and error for what is typed so far: the number of digits, and the check digit."""
    _ = texts.gettext
    digits = bare_digits(typed)
    if not digits.isdigit() or not digits.isascii():
        words = _("A web address or another text") if "/" in typed else _("Words are looked up in the register")
        return (words if digits else _("The number stands under the bars")), None
    lengths = [n for n in (8, 12, 13, 14) if n >= len(digits)]
    if not lengths:
        return _("{count} digits").format(count=len(digits)), None
    if len(digits) in (8, 12, 13, 14):
        wanted = check_digit(digits[:-1])
        if wanted == int(digits[-1]):
            return _("{count} digits, the check digit is right").format(count=len(digits)), None
        if len(digits) in (13, 14):
            return None, _("The check digit is wrong: look at the digits again")
    words = texts.ngettext("{count} digit; an EAN-13 has 13", "{count} digits; an EAN-13 has 13", len(digits))
    return words.format(count=len(digits)), None
