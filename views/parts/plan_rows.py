"""Draws what to look for first: each product or place with its reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import flet as ft

from services.guidance.plan import Plan, PlannedPlace, PlannedProduct, Reason, Why, plan
from services.journal.visits import visits_of
from services.register.certificates import VIETNAM
from services.workspace import Device, Workspace
from views.design import FIELD, INK_2, PRIMARY, Tone, Type
from views.parts.device_state import use_device_state
from views.parts.loading import use_loaded
from views.parts.look import icon_button, known_as, row_button, text, tone_icon
from views.parts.places import PRODUCT
from views.parts.product_picture import ProductPicture
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell
from views.parts.texts import Texts

_PICTURE = 48

_TONES = {
    Reason.WITHDRAWN: Tone.BAD,
    Reason.LAPSED: Tone.BAD,
    Reason.SUSPECTED: Tone.CAUTION,
    Reason.REPORTED: Tone.CAUTION,
    Reason.ENDS_SOON: Tone.CAUTION,
}


def use_plan(
    place: str | None = None, here: tuple[float, float] | None = None, *, most: int = 100
) -> tuple[bool, Plan]:
    """Hook: what to look for first, from what is on the device; whether it has been read yet.

    `place` is a unit's code, `here` latitude and longitude, such as those of the open round.
    """
    device, workspace, state = use_device(), use_workspace(), use_device_state()
    ready, found = use_loaded(
        lambda: _planned(device, workspace, place, here, most),
        [place, here, most, state.notes_version, state.copy.as_of],
    )
    return ready, found or Plan()


def _planned(
    device: Device, workspace: Workspace, place: str | None, here: tuple[float, float] | None, most: int
) -> Plan:
    viewer = device.accounts.viewer
    return plan(
        workspace.catalogue,
        device.guidance.of(viewer.account),
        visits_of(device.journal.entries(viewer)),
        device.guidance.my_list(viewer.account),
        workspace.now().astimezone(VIETNAM).date(),
        place=place,
        here=here,
        most=most,
    )


def product_row(
    shell: Shell, planned: PlannedProduct, today: date, mark_it: Callable[[bool], object] | None = None
) -> ft.Control:
    """A product with its picture and its reasons; it opens the product's page.

    With `mark_it` a button beside it puts the product on the person's list, or takes it off.
    """
    _, product = shell.texts.gettext, planned.product
    reasons = [_reason(shell.texts, why, today) for why in planned.reasons if why.reason is not Reason.ON_MY_LIST]
    if not planned.surely:
        reasons.append(text(_("Possibly from here: the register does not say more closely."), Type.SMALL))
    body = ft.Row(
        [
            ProductPicture(product, width=_PICTURE, radius=FIELD),
            ft.Column([text(product.name, Type.SUB, max_lines=4), *reasons], spacing=4, expand=True),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    row = row_button("plan-row", body, shell.go_to(PRODUCT + product.gtin), key=product.gtin)
    if mark_it is None:
        return row
    icon = ft.Icons.BOOKMARK if planned.on_my_list else ft.Icons.BOOKMARK_BORDER
    words = _("Take {name} off my list") if planned.on_my_list else _("Put {name} on my list")
    change = shell.guard(lambda: mark_it(not planned.on_my_list))
    button = known_as("plan-mark", icon_button(icon, words.format(name=product.name), change))
    # Beside the row and not in it: a button within a button cannot be told apart by a screen reader.
    return ft.Row([ft.Container(row, expand=True), button], spacing=4, key=f"{product.gtin}/{planned.on_my_list}")


def place_row(shell: Shell, planned: PlannedPlace, today: date) -> ft.Control:
    """A place with its reasons."""
    reasons = [_reason(shell.texts, why, today) for why in planned.reasons]
    return ft.Row(
        [
            ft.Icon(ft.Icons.PLACE_OUTLINED, color=PRIMARY),
            ft.Column([text(planned.name, Type.SUB), *reasons], spacing=4, expand=True),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _reason(texts: Texts, why: Why, today: date) -> ft.Control:
    tone = _TONES.get(why.reason)
    sign = tone_icon(tone, size=20) if tone else ft.Icon(ft.Icons.HISTORY, size=20, color=INK_2)
    return ft.Row([sign, text(reason_words(texts, why, today), Type.SMALL, expand=True)], spacing=6)


def reason_words(texts: Texts, why: Why, today: date) -> str:
    """Why to look for it, in a few words."""
    _, day = texts.gettext, texts.day(why.day) if why.day else ""
    if why.reason is Reason.REPORTED:
        number = max(why.number, 1)
        words = texts.ngettext("{count} report by citizens", "{count} reports by citizens", number)
        return words.format(count=texts.number(number))
    if why.reason is Reason.ENDS_SOON and why.day:
        left = (why.day - today).days
        return texts.ngettext("{count} day left", "{count} days left", left).format(count=texts.number(left))
    return {
        Reason.WITHDRAWN: _("Certificate withdrawn on {day}"),
        Reason.LAPSED: _("Certificate ended on {day}"),
        Reason.SUSPECTED: _("Codes that look copied have been seen"),
        Reason.ON_MY_LIST: _("On your list"),
        Reason.NEVER_SEEN: _("Never inspected yet"),
        Reason.NOT_VISITED: _("Last inspected on {day}"),
        Reason.SEEN_HERE: _("You have seen it here"),
    }.get(why.reason, "").format(day=day)
