"""What is sought among the records, and the address that says it, so that a link, a reload and Back show the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

import flet as ft

from services.journal.journal import EVERYTHING, Became, JournalFilter
from services.texts import normal
from views.parts.places import NOTES
from views.parts.shell import Shell

_LONGEST = 200  # characters of an address's value


@dataclass(frozen=True)
class Sought:
    """Words and filters."""

    text: str = ""
    where: JournalFilter = EVERYTHING

    @property
    def is_everything(self) -> bool:
        return self == Sought()

    def address(self, record_id: str = "") -> str:
        """The address of the list that shows this, with the record beside it that has this id."""
        where = self.where
        values = {
            "q": self.text,
            "from": where.since and where.since.isoformat(),
            "to": where.until and where.until.isoformat(),
            "kind": where.kind,
            "place": where.place,
            "product": where.product,
            "verdict": where.verdict,
            "finding": where.finding,
            "state": where.became,
        }
        pairs = [(name, str(value)) for name, value in values.items() if value]
        path = f"{NOTES}/{record_id}" if record_id else NOTES
        return f"{path}?{urlencode(pairs)}" if pairs else path

    @classmethod
    def at(cls, address: str) -> Sought:
        """Read an address of the list; what it cannot mean is ignored."""
        given = {name: value for name, value in parse_qsl(urlsplit(address).query) if len(value) <= _LONGEST}
        state = given.get("state")
        return cls(
            normal(given.get("q", "")).strip(),
            JournalFilter(
                since=_day(given.get("from")),
                until=_day(given.get("to")),
                became=Became(state) if state in {each.value for each in Became} else None,
                **{name: given.get(name) for name in ("kind", "place", "product", "verdict", "finding")},
            ),
        )


def use_sought(shell: Shell) -> tuple[Sought, Callable[[Sought], None]]:
    """Hook: what the address asks for, and a function that asks for something else and opens its address.

    While the client has yet to confirm an address opened here, an older one asks for nothing.
    """
    route = shell.page.route
    sought, set_sought = ft.use_state(Sought.at(route))
    opening = ft.use_memo(lambda: list[str](), [])  # addresses that the client has yet to confirm

    def follow() -> None:
        path = urlsplit(route).path
        if path != NOTES and not path.startswith(f"{NOTES}/"):
            return
        if route in opening:
            del opening[: opening.index(route) + 1]
        elif not opening:
            set_sought(Sought.at(route))

    def change(wanted: Sought) -> None:
        if wanted == sought:
            return
        set_sought(wanted)
        chosen = urlsplit(shell.page.route).path.removeprefix(NOTES).strip("/")
        address = wanted.address(chosen if shell.wide else "")
        opening.append(address)
        shell.page.navigate(address)

    ft.use_effect(follow, [route])
    return sought, change


def with_filter(sought: Sought, **fields: object) -> Sought:
    """The same words within another filter."""
    return replace(sought, where=replace(sought.where, **fields))  # type: ignore[arg-type]  # names are the filter's own


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
