"""What is said of a round at its head: where, with whom, who takes part. Entered once, for all that follows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import flet as ft

from services.notes.content import Position
from services.register.certificates import VIETNAM
from services.rounds.place import LONGEST_ADDRESS, LONGEST_NAME, Place, PlaceKind
from services.rounds.round import Inspected, OpenRound, Person, Role
from services.texts import normal
from views.design import Type
from views.parts.editing import without_scan
from views.parts.fields import TextInput
from views.parts.grid import Grid
from views.parts.labelled import Labelled
from views.parts.look import card, choice_button, heading, icon_button, known_as, text
from views.parts.notices import ABOUT_POSITION, NoticeOnce
from views.parts.position import find_position
from views.parts.round_words import PLACES, ROLES, accuracy_words
from views.parts.scanning import use_scanning
from views.parts.shell import Shell

LONGEST_NUMBER, LONGEST_TITLE, MOST_PEOPLE = 60, 100, 20


@dataclass(frozen=True)
class Head:
    """What the form says once it is whole."""

    place: Place
    inspected: Inspected | None
    people: tuple[Person, ...]
    case_number: str | None


class PersonEntry:
    """One person in the form: name and title as they are typed, and the role."""

    def __init__(self, person: Person) -> None:
        self.name, self.title, self.role = TextInput(person.name), TextInput(person.title), person.role

    @property
    def person(self) -> Person:
        return Person(_words(self.name), self.role, _words(self.title))


class HeadEntries(ft.Observable):
    """The form as it is being filled in. `lacking` are the names of fields without which it is not whole."""

    def __init__(self, base: OpenRound | None = None, kind: str | None = None) -> None:
        place = base.place if base else Place(kind or "", "")
        inspected = base.inspected if base else None
        self.kind = place.kind
        self.position: Position | None = place.position
        self.locating = False
        self.present = inspected.present if inspected else True
        self.people = tuple(map(PersonEntry, base.people if base else ()))
        self.lacking: frozenset[str] = frozenset()
        self.drawn = 0  # grows where the app itself has changed a text
        self.name, self.address = TextInput(place.name), TextInput(place.address)
        self.inspected = TextInput(inspected.name if inspected else "")
        self.registration = TextInput((inspected.registration or "") if inspected else "")
        self.case_number = TextInput((base.case_number or "") if base else "")
        self._changed: Callable[[], object] = lambda: None

    @classmethod
    def after(cls, last: OpenRound | None, inspector: Person | None, now: datetime) -> HeadEntries:
        """The form of the next round: with whoever took part last, and on the same day where that was.

        The stall, the one inspected and the position are others each time.
        """
        entries = cls(kind=last.place.kind if last else None)
        people = last.people if last else ()
        if inspector and inspector.name not in {person.name for person in people}:
            people = (inspector, *people)
        entries.people = tuple(map(PersonEntry, people))
        if last and _day(last.opened_at) == _day(now):
            entries.name.put(last.place.name)
            entries.case_number.put(last.case_number or "")
        return entries

    def follow(self, changed: Callable[[], object]) -> None:
        """Call `changed` whenever the person has typed or chosen something."""
        self._changed = changed

    def changed(self) -> None:
        """Tell that the person has typed or chosen something."""
        self._changed()

    def said(self, head_id: str, account: str | None, now: datetime) -> OpenRound:
        """The form as it stands, whole or not, to be gone on with."""
        who = Inspected(self.inspected.text, self.registration.text or None, self.present)
        return OpenRound(
            head_id,
            now,
            Place(self.kind, self.name.text, self.address.text, self.position),
            None if who == Inspected("") else who,
            tuple(entry.person for entry in self.people),
            self.case_number.text or None,
            account=account,
        )

    def texts(self) -> Iterable[TextInput]:
        """All texts of the form."""
        yield from (self.name, self.address, self.inspected, self.registration, self.case_number)
        for entry in self.people:
            yield from (entry.name, entry.title)

    def take_out(self, scan: str) -> None:
        """Remove the code that a handheld scanner typed into one of the fields."""
        for field in self.texts():
            rest = without_scan(field.text, scan)
            if rest is not None:
                field.put(rest)
                self.drawn += 1
                self.changed()
                return

    def head(self) -> Head | None:
        """What the form says; None where something is lacking, which is noted in `lacking`."""
        name = _words(self.name)
        self.lacking = frozenset(said for said, there in (("kind", self.kind), ("name", name)) if not there)
        if self.lacking:
            return None
        who = _words(self.inspected)
        people = [entry.person for entry in self.people]
        return Head(
            Place(self.kind, name, _words(self.address), self.position),
            Inspected(who, _words(self.registration) or None, self.present) if who else None,
            tuple(person for person in people if person.name),
            _words(self.case_number) or None,
        )

    def add_person(self, role: str) -> None:
        self.people = (*self.people, PersonEntry(Person("", role)))
        self.changed()

    def remove_person(self, entry: PersonEntry) -> None:
        self.people = tuple(each for each in self.people if each is not entry)
        self.changed()


def _words(field: TextInput) -> str:
    return normal(field.text).strip()


def _day(moment: datetime) -> object:
    return moment.astimezone(VIETNAM).date()


def use_scans(entries: HeadEntries) -> None:
    """Hook: keep what a handheld scanner types out of the form."""
    scanning = use_scanning()

    def begin() -> None:
        scanning.take_out = entries.take_out

    def leave() -> None:
        scanning.take_out = None

    ft.use_effect(begin, [], cleanup=leave)


def head_fields(shell: Shell, entries: HeadEntries) -> list[ft.Control]:
    """The parts of the form; the component that draws them follows `entries`."""
    _ = shell.texts.gettext
    return [
        heading(_("Where")),
        _kinds(shell, entries),
        known_as("round-name", _name(shell, entries)),
        known_as(
            "round-address",
            _field(
                entries,
                entries.address,
                _("Address of its page") if entries.kind == PlaceKind.ONLINE else _("Stall or address"),
                LONGEST_ADDRESS,
            ),
        ),
        *([] if entries.kind == PlaceKind.ONLINE else [_position(shell, entries)]),
        heading(_("Who is inspected")),
        known_as(
            "round-inspected", _field(entries, entries.inspected, _("Name of the business or person"), LONGEST_NAME)
        ),
        known_as(
            "round-registration",
            _field(entries, entries.registration, _("Business registration number"), LONGEST_NUMBER),
        ),
        _presence(shell, entries),
        heading(_("Who takes part")),
        *[_person(shell, entries, number, entry) for number, entry in enumerate(entries.people, start=1)],
        *(_ways_to_add(shell, entries) if len(entries.people) < MOST_PEOPLE else []),
        heading(_("Case")),
        known_as(
            "round-case",
            _field(entries, entries.case_number, _("Number of the case, if there is one"), LONGEST_NUMBER),
        ),
    ]


def _kinds(shell: Shell, entries: HeadEntries) -> ft.Control:
    def choose(kind: str) -> Callable[[], Awaitable[None]]:
        def chosen() -> None:
            entries.kind = kind
            entries.lacking -= {"kind"}
            entries.changed()

        return shell.guard(chosen)

    return Grid(
        [
            choice_button(f"place-{kind}", shell.texts.gettext(name), icon, choose(kind), chosen=entries.kind == kind)
            for kind, (name, icon) in PLACES.items()
        ]
    )


def _name(shell: Shell, entries: HeadEntries) -> ft.TextField:
    _ = shell.texts.gettext
    words = {
        PlaceKind.MARKET: _("Name of the market"),
        PlaceKind.SHOP: _("Name of the shop"),
        PlaceKind.WAREHOUSE: _("Name of the warehouse"),
        PlaceKind.FAIR: _("Name of the fair"),
        PlaceKind.ONLINE: _("Name of the online shop"),
    }
    label = next((said for kind, said in words.items() if kind == entries.kind), _("Name of the place"))
    field = _field(entries, entries.name, label, LONGEST_NAME)
    field.error = _("Say where it is.") if "name" in entries.lacking else None
    return field


def _field(entries: HeadEntries, entry: TextInput, label: str, longest: int) -> ft.TextField:
    field = ft.TextField(label=label, max_length=longest, counter="", on_change=lambda _event: entries.changed())
    return entry.draw(field)


def _position(shell: Shell, entries: HeadEntries) -> ft.Control:
    """The switch that keeps where the device is, with how exact that is."""
    _ = shell.texts.gettext

    async def switch(event: ft.Event[ft.Switch]) -> None:
        if not event.data:
            entries.position = None
            entries.changed()
            return
        entries.locating = True
        try:
            entries.position = await find_position()
        finally:
            entries.locating = False
        entries.changed()
        if entries.position is None:
            shell.say(_("The place could not be had: it is switched off, not allowed, or there is no signal here."))

    said, on = _("Keep the position of this place"), entries.position is not None or entries.locating
    words = accuracy_words(shell.texts, Place("", "", "", entries.position)) if entries.position else ""
    if entries.locating:
        words = _("Looking for the position …")
    parts: list[ft.Control] = [
        Labelled(said, lambda label: ft.Switch(label=label, value=on, on_change=shell.guard(switch))),
        *([text(words[:1].upper() + words[1:], Type.SMALL)] if words else []),
    ]
    return ft.Column([NoticeOnce(ABOUT_POSITION), known_as("round-position", ft.Column(parts, spacing=4))], spacing=4)


def _presence(shell: Shell, entries: HeadEntries) -> ft.Control:
    _ = shell.texts.gettext

    def choose(present: bool) -> Callable[[], Awaitable[None]]:
        def chosen() -> None:
            entries.present = present
            entries.changed()

        return shell.guard(chosen)

    ways = (("present", _("Present"), ft.Icons.PERSON, True), ("absent", _("Absent"), ft.Icons.PERSON_OFF, False))
    return Grid(
        [
            choice_button(f"inspected-{name}", words, icon, choose(present), chosen=entries.present is present)
            for name, words, icon, present in ways
        ]
    )


def _person(shell: Shell, entries: HeadEntries, number: int, entry: PersonEntry) -> ft.Control:
    _ = shell.texts.gettext

    words = _("Remove person {number}").format(number=number)
    remove = icon_button(ft.Icons.DELETE_OUTLINE, words, shell.guard(lambda: entries.remove_person(entry)))
    return ft.Container(
        card(
            ft.Row([text(_(ROLES[entry.role]), Type.LABEL, expand=True), remove]),
            known_as(f"person-{number}", _field(entries, entry.name, _("Full name"), LONGEST_NAME)),
            _field(entries, entry.title, _("Position or office"), LONGEST_TITLE),
        ),
        key=str(id(entry)),
    )


def _ways_to_add(shell: Shell, entries: HeadEntries) -> list[ft.Control]:
    _ = shell.texts.gettext
    ways = ((Role.INSPECTOR, _("Inspector")), (Role.WITNESS, _("Witness")), (Role.OTHER, _("Someone else")))

    def add(role: str) -> Callable[[], Awaitable[None]]:
        return shell.guard(lambda: entries.add_person(role))

    return [
        Grid(
            [
                known_as(
                    f"add-{role.value}",
                    ft.OutlinedButton(words, icon=ft.Icons.PERSON_ADD_ALT, on_click=add(role)),
                    expand=True,
                )
                for role, words in ways
            ]
        )
    ]
