"""What verdicts are based on, in a line: how many products this device's copy holds, and as of when."""

from __future__ import annotations

import flet as ft

from views.design import Type
from views.parts.device_state import use_device_state
from views.parts.look import text
from views.parts.shell import use_texts
from views.parts.words import copy_trouble


@ft.component
def CopyLine() -> ft.Control:
    """What verdicts are based on: the register's name and how old this device's copy is."""
    texts, state = use_texts(), use_device_state()
    _, copy = texts.gettext, state.copy
    if copy.as_of is None:
        words = _("Fetching the register …") if state.fetching.running else _("No copy of the register yet")
    else:
        words = texts.ngettext(
            "{count} product, as of {moment}", "{count} products, as of {moment}", copy.products
        ).format(count=texts.number(copy.products), moment=texts.moment(copy.as_of))
    sample = [text(_("Sample data: products and producers are invented."), Type.LABEL)]
    trouble = [text(line, Type.LABEL) for line in copy_trouble(texts, copy)]
    return ft.Column([text(words, Type.SMALL), *trouble, *(sample if copy.sample else [])], spacing=0)
