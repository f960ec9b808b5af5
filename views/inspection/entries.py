"""What is typed in the form: quantities, prices, lot and days beside the code's, samples, words and sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from services.rounds.inspection import MOST_SAMPLES
from services.wording import mark
from views.design import GAP, INK_2, Type
from views.inspection.choices import said_wrong
from views.inspection.editor import InspectionEditor
from views.inspection.fields import DATES, LONGEST, LONGEST_NUMBER, FormFields, Goods
from views.parts.fields import TextInput
from views.parts.inspection_words import day_words, inspection_problem
from views.parts.look import fact, icon_button, known_as, text
from views.parts.shell import Shell

_NAMES = {
    "lot": (mark("Lot in the code"), mark("Lot on the label")),
    "produced": (mark("Produced, in the code"), mark("Produced, on the label")),
    "expiry": (mark("Use by, in the code"), mark("Use by, on the label")),
}


class Entries:
    """Draws the fields of one form, and passes what is typed on to its editor."""

    def __init__(self, shell: Shell, editor: InspectionEditor, fields: FormFields) -> None:
        self._shell, self._editor, self._fields = shell, editor, fields
        self._ = shell.texts.gettext
        self._drawn = self._told()

    def quantity(self, units: Sequence[str]) -> list[ft.Control]:
        """How much there is: the number, and the unit from those used last or in own words."""
        fields, _ = self._fields, self._
        row = ft.Row(
            [
                ft.Container(self._field("amount", fields.amount, _("Quantity"), LONGEST_NUMBER), expand=2),
                ft.Container(self._field("unit", fields.unit, _("Unit"), LONGEST["unit"]), expand=3),
            ],
            spacing=GAP,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )

        def use(unit: str) -> Callable[[], object]:
            def used() -> None:
                fields.unit.put(unit)
                self._said(redraw=True)

            return self._shell.guard(used)

        chips = [
            known_as(f"unit-{unit}", ft.OutlinedButton(unit, on_click=use(unit)))
            for unit in units
            if unit != fields.unit.text.strip()
        ]
        return [row, *([ft.Row(list(chips), wrap=True, spacing=GAP)] if chips else [])]

    def price(self) -> ft.Control:
        """The price as it is marked or asked."""
        return self._field("price", self._fields.price, self._("Price (đồng)"), LONGEST_NUMBER)

    def seller_said(self) -> ft.Control:
        """What the seller said."""
        return self._field(
            "seller_said", self._fields.seller_said, self._("What the seller said"), LONGEST["seller_said"], lines=2
        )

    def text(self) -> ft.Control:
        """What else is to be said."""
        return self._field("text", self._fields.text, self._("In your words"), LONGEST["text"], lines=3)

    def dates(self) -> list[ft.Control]:
        """Lot and days: what the code says, and beside it what the label shows. That they differ is told calmly."""
        found, fields, _ = self._editor.found, self._fields, self._
        rows: list[ft.Control] = []
        for name in DATES:
            pair = getattr(found, name)
            code = (pair.code or "") if name == "lot" else day_words(self._shell.texts, pair.code)
            field = self._field(
                name,
                fields.labels[name],
                _(_NAMES[name][1]),
                LONGEST["lot"],
                hint="" if name == "lot" else _("14/09/2027, or 09/2027") if name == "expiry" else "14/09/2027",
            )
            below: list[ft.Control] = []
            if pair.code and not fields.labels[name].text.strip():
                below.append(self._as_code(name, pair.code))
            if pair.differ:
                words = text(_("The label says otherwise than the code."), Type.SMALL, expand=True)
                sign = ft.Icon(ft.Icons.COMPARE_ARROWS, color=INK_2, size=20)
                below.append(known_as(f"{name}-differs", ft.Row([sign, words], spacing=GAP)))
            rows.append(
                ft.Column(
                    [*([fact(_(_NAMES[name][0]), code)] if code else []), field, *below],
                    spacing=4,
                    horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                )
            )
        return rows

    def goods(self) -> list[ft.Control]:
        """The samples that were taken, and the goods that are held."""
        fields, _ = self._fields, self._
        rows: list[ft.Control] = [
            self._goods_row(f"sample-{number}", _("Sample {number}").format(number=number + 1), goods, fields.samples)
            for number, goods in enumerate(fields.samples)
        ]
        if len(fields.samples) < MOST_SAMPLES:
            rows.append(self._adder("add-sample", _("Add a sample"), ft.Icons.SCIENCE_OUTLINED, fields.add_sample))
        rows += said_wrong(self._shell.texts, self._editor.problems, ("no_seal_number", "too_many_samples"))
        if fields.held:
            rows.append(self._goods_row("held", _("Goods held"), fields.held, None))
        else:

            def hold() -> None:
                fields.held = Goods(None, fields.unit.text, self._shell.texts.language)

            rows.append(self._adder("add-held", _("Hold goods"), ft.Icons.INVENTORY_2_OUTLINED, hold))
        return rows

    def _goods_row(self, name: str, title: str, goods: Goods, samples: list[Goods] | None) -> ft.Control:
        _ = self._

        def remove() -> None:
            if samples is None:
                self._fields.held = None
            else:
                samples.remove(goods)
            self._said(redraw=True)

        head = ft.Row(
            [
                text(title, Type.LABEL, expand=True),
                icon_button(ft.Icons.DELETE_OUTLINE, _("Remove: {what}").format(what=title), self._shell.guard(remove)),
            ]
        )
        first = ft.Row(
            [
                ft.Container(self._field(f"{name}-amount", goods.amount, _("Quantity"), LONGEST_NUMBER), expand=2),
                ft.Container(self._field(f"{name}-unit", goods.unit, _("Unit"), LONGEST["unit"]), expand=3),
            ],
            spacing=GAP,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        number = self._field(
            f"{name}-seal",
            goods.seal_number,
            _("Number of the seal"),
            LONGEST["seal_number"],
        )
        return ft.Column([head, first, number], spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

    def _adder(self, name: str, words: str, icon: ft.IconData, add: Callable[[], object]) -> ft.Control:
        def added() -> None:
            add()
            self._said(redraw=True)

        return ft.Row([known_as(name, ft.OutlinedButton(words, icon=icon, on_click=self._shell.guard(added)))])

    def _as_code(self, name: str, code: str) -> ft.Control:
        def same() -> None:
            self._fields.as_code(name, code)
            self._said(redraw=True)

        button = ft.TextButton(self._("The label says the same"), icon=ft.Icons.CHECK, on_click=self._shell.guard(same))
        return ft.Row([known_as(f"{name}-as-code", button)])

    def _field(
        self, name: str, entry: TextInput, label: str, longest: int, *, lines: int = 1, hint: str = ""
    ) -> ft.Control:
        wrong = self._fields.wrong.get(name)

        def typed(_event: ft.Event[ft.TextField]) -> None:
            self._said()

        def left() -> None:
            """Say what cannot be understood once the person is done with the field."""
            self._said()
            if self._told() != self._drawn:
                self._said(redraw=True)

        field = ft.TextField(
            label=label,
            hint_text=hint or None,
            multiline=lines > 1,
            min_lines=lines if lines > 1 else None,
            max_lines=8 if lines > 1 else 1,
            max_length=longest,
            counter="",
            error=inspection_problem(self._shell.texts, wrong) if wrong else None,
            on_change=typed,
            on_blur=self._shell.guard(left),
        )
        return known_as(f"field-{name}", entry.draw(field))

    def _told(self) -> object:
        """What the form tells of what was typed, beside that itself."""
        pairs = [(getattr(self._editor.found, name), entry.text) for name, entry in self._fields.labels.items()]
        return dict(self._fields.wrong), [(pair.differ, bool(label.strip())) for pair, label in pairs]

    def _said(self, *, redraw: bool = False) -> None:
        said: dict[str, Any] = self._fields.said()
        if redraw:
            self._editor.choose(**said)
        else:
            self._editor.type(**said)
