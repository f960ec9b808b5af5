"""What a scan, a number typed, a key or an undo does to the lines of an audit: rules without disk or clock.

An audit is its changes in order. Each is a JSON document with its kind (`what`) and moment (`at`), and the lines are
what all changes together make of nothing. Undoing is leaving the last change out, so what stood before comes back
exactly, also after a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from json.encoder import encode_basestring
from typing import Any

from services.audits.audit import (
    LONGEST_LOT,
    LONGEST_NAME,
    LONGEST_OWN_NAME,
    LONGEST_TEXT,
    MOST_QUANTITY,
    Done,
    Key,
    Line,
    Named,
    Seen,
)
from services.notes.content import NotedVerdict
from services.texts import normal
from services.verification import Status

Change = Mapping[str, Any]
UNDOABLE = ("seen", "quantity", "changed", "done", "shelf")

OF_THE_PACK = (
    Status.CODE_MISMATCH, Status.STATEMENT_INVALID, Status.STAR_MISMATCH, Status.SUSPECTED_COPY, Status.DOUBTFUL_LINK,
)  # fmt: skip
"""What was found on one pack, with its other codes or its label: another pack or one code alone does not refute it."""


class Count:
    """The lines of one running audit, as its changes make them. `shelf` is the one that is looked at now.

    `lines` are by number; `touched` has the numbers, the one last that was scanned or changed last.

    A line is a product on a shelf with one lot and one expiry (`Line.key`): what comes again adds to it, and another
    lot or expiry is another line. A code that tells neither is a line of its own beside those that do, for nobody
    knows which of them it is.
    """

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self.shelf = ""
        self.lines: dict[int, Line] = {}
        self.touched: dict[int, None] = {}
        self.last: int | None = None
        self.next_n = 1
        self._by_key: dict[Key, int] = {}
        self._packs: dict[tuple[str, str], int] = {}  # the line of each pack that has a serial number
        self._sizes: dict[int, int] = {}
        for change in changes:
            self.apply(change)

    def find(self, seen: Seen) -> Line | None:
        """The line that this pack belongs to: where it was counted, else that of its like on the present shelf."""
        if (counted := self._counted(seen)) is not None:
            return counted
        n = self._by_key.get(Key(self.shelf, _product(seen), _lot(seen), seen.expiry))
        return None if n is None else self.lines[n]

    def is_counted(self, seen: Seen) -> bool:
        """Whether this very pack, by its serial number, is counted already, on whichever shelf."""
        return self._counted(seen) is not None

    def seen(self, seen: Seen, at: datetime) -> dict[str, Any]:
        """The change that takes this pack."""
        change: dict[str, Any] = {"what": "seen", "at": at.isoformat()}
        if seen.serial is not None:
            change["pack"] = [_product(seen), seen.serial]
        quantity = 0 if self.is_counted(seen) else seen.quantity
        line = self.find(seen)
        if line is None:
            return change | {"line": _kept(_begun(seen, self.next_n, self.shelf, at))}
        fills = _fills(line, seen)
        return change | {"n": line.n, "quantity": quantity} | ({"fills": fills} if fills else {})

    def apply(self, change: Change) -> int | None:
        """Make this change. Returns the number of the line that it touched, None where it touched none.

        A change of a line that is not there, because a damaged file has lost it, does nothing.
        """
        at = datetime.fromisoformat(change["at"])
        match change["what"]:
            case "shelf":
                self.shelf = change["shelf"]
            case "seen":
                return self._seen(change, at)
            case "quantity" | "changed" | "done":
                line = self.lines.get(change["n"])
                if line is None:
                    return None
                match change["what"]:
                    case "quantity":
                        return self._put(replace(line, quantity=change["quantity"], last_at=at))
                    case "changed":
                        return self._changed(line, change["fields"], at)
                    case _:
                        self.lines[line.n] = replace(line, done=Done(change["done"], at) if change["done"] else None)
                        return line.n
        return None

    def size(self) -> int:
        """How many bytes the lines take in the record's canonical form at most."""
        for n in self.lines.keys() - self._sizes.keys():
            self._sizes[n] = line_size(self.lines[n])
        return sum(self._sizes.values())

    def _seen(self, change: Change, at: datetime) -> int | None:
        if "line" in change:
            line = _line(change["line"])
            self.next_n = max(self.next_n, line.n + 1)
            n = self._put(line) if line.key not in self._by_key else self._merge(line, self._by_key[line.key], at)
        else:
            old = self.lines.get(change["n"])
            if old is None:
                return None
            counted = change["quantity"] > 0
            filled = replace(old, **_parsed(change.get("fills", {})))
            n = self._put(
                replace(
                    filled,
                    quantity=min(old.quantity + change["quantity"], MOST_QUANTITY),
                    times=old.times + 1,
                    last_at=at,
                    verdict=later(old.verdict, filled.verdict),
                    # What stands on the shelf again after it was taken down is to be taken down again.
                    done=None if counted else old.done,
                )
            )
        if "pack" in change:
            product, serial = change["pack"]
            self._packs[product, serial] = n
        self.last = n
        return n

    def _counted(self, seen: Seen) -> Line | None:
        """The line on which this very pack is counted. One serial with two lots or two dates is on two packs."""
        line = self.lines.get(self._packs.get((_product(seen), seen.serial or ""), 0))
        if line is None:
            return None
        told = ((line.lot, _lot(seen)), (line.expiry, seen.expiry))
        return None if any(a and b and a != b for a, b in told) else line

    def _changed(self, line: Line, fields: Mapping[str, Any], at: datetime) -> int:
        new = replace(line, **_parsed(fields), last_at=at)
        other = self._by_key.get(new.key)
        self._drop(line)
        if other is None or other == line.n:
            return self._put(new)
        return self._merge(new, other, at)

    def _merge(self, line: Line, n: int, at: datetime) -> int:
        """Make one of two lines that turn out to be the same: the one that was there takes the other in."""
        into = self.lines[n]
        if self.last == line.n:
            self.last = n
        self._packs |= {pack: n for pack, on in self._packs.items() if on == line.n}
        return self._put(
            replace(
                with_answers(into, line),
                at=min(into.at, line.at),
                last_at=at,
                quantity=min(into.quantity + line.quantity, MOST_QUANTITY),
                times=into.times + line.times,
                verdict=later(into.verdict, line.verdict),
                expiry_by=into.expiry_by if into.expiry_by == line.expiry_by else "person",
                done=None,
            )
        )

    def _put(self, line: Line) -> int:
        self.lines[line.n] = line
        self.touched.pop(line.n, None)
        self.touched[line.n] = None
        self._by_key[line.key] = line.n
        self._sizes.pop(line.n, None)
        return line.n

    def _drop(self, line: Line) -> None:
        del self.lines[line.n], self._by_key[line.key], self.touched[line.n]
        self._sizes.pop(line.n, None)


def with_answers(line: Line, other: Line) -> Line:
    """The line with what the other, of the same product, lot and expiry, was asked of the label and it was not."""
    return replace(
        line,
        product=line.product or other.product,
        own_name=line.own_name or other.own_name,
        price=other.price if line.price is None else line.price,
        stars_label=line.stars_label or other.stars_label,
        shows_mark=other.shows_mark if line.shows_mark is None else line.shows_mark,
    )


def later(old: NotedVerdict | None, new: NotedVerdict | None) -> NotedVerdict | None:
    """The verdict of a line whose product was judged twice: the newer one, unless a pack itself spoke against it.

    What an older copy of the register says takes nothing back that a newer one said: another till may have renewed its
    copy, or the server itself may have answered.
    """
    if new is None or old is None:
        return new or old
    if old.as_of and new.as_of and new.as_of < old.as_of and _knows(old) and (_can_tell(new) or _is_withdrawn(old)):
        return old
    if old.status in OF_THE_PACK and _gravity(new) > _gravity(old):
        return old
    return new


def _knows(verdict: NotedVerdict) -> bool:
    return _can_tell(verdict) and verdict.status != Status.NOT_IN_COPY


def _can_tell(verdict: NotedVerdict) -> bool:
    """Whether the day and the copy could be believed; else nobody knows what has happened since an earlier verdict."""
    return verdict.status not in (Status.CLOCK_WRONG, Status.COPY_TOO_OLD)


def _is_withdrawn(verdict: NotedVerdict) -> bool:
    return verdict.status == Status.WITHDRAWN


def line_size(line: Line) -> int:
    """How many bytes the line takes in canonical JSON at most, with what parts it from the next."""
    product, verdict = line.product, line.verdict
    texts = (line.shelf, line.text, line.symbology, line.own_name, line.lot, product and product.name)
    reasons = verdict.reasons if verdict else ()
    all_texts = (*texts, product and product.producer, verdict and verdict.status, *reasons)
    return _BARE_LINE + sum(len(encode_basestring(text).encode()) + 1 for text in all_texts if text)


_BARE_LINE = 540
"""The names of a line's members, its numbers, days and moments."""

_GRAVITY = {status.value: n for n, status in enumerate(Status)}


def _gravity(verdict: NotedVerdict) -> int:
    return _GRAVITY.get(verdict.status, len(_GRAVITY))


def _text(text: str, longest: int) -> str:
    return text.encode(errors="replace").decode()[:longest]  # half a surrogate pair is valid nowhere


def _product(seen: Seen) -> str:
    return seen.gtin or _text(seen.text, LONGEST_TEXT)


def _lot(seen: Seen) -> str | None:
    return _text(seen.lot, LONGEST_LOT) if seen.lot else None


def _named(product: Named | None) -> Named | None:
    if product is None:
        return None
    producer = product.producer and _text(product.producer, LONGEST_NAME)
    return Named(_text(product.name, LONGEST_NAME), producer)


def _own(seen: Seen) -> str | None:
    return _text(normal(seen.own_name), LONGEST_OWN_NAME) if seen.own_name else None


def _begun(seen: Seen, n: int, shelf: str, at: datetime) -> Line:
    return Line(
        n=n,
        at=at,
        last_at=at,
        shelf=shelf,
        text=_text(seen.text, LONGEST_TEXT),
        symbology=seen.symbology,
        input=seen.input,
        gtin=seen.gtin,
        product=_named(seen.product),
        own_name=_own(seen),
        verdict=seen.verdict,
        quantity=seen.quantity,
        lot=_lot(seen),
        expiry=seen.expiry,
        expiry_by="code" if seen.expiry else None,
        price=seen.price,
        stars_label=seen.stars_label,
        shows_mark=seen.shows_mark,
    )


def _fills(line: Line, seen: Seen) -> dict[str, Any]:
    """What a pack tells of its line that the line does not say, or says otherwise."""
    told = {
        "verdict": seen.verdict,
        "product": _named(seen.product),
        "own_name": _own(seen),
        "price": seen.price,
        "stars_label": seen.stars_label,
        "shows_mark": seen.shows_mark,
    }
    new = {name: value for name, value in told.items() if value is not None and value != getattr(line, name)}
    return written(new)


def written(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a line as a change has them."""
    return {
        name: value.to_json()
        if isinstance(value, NotedVerdict | Named)
        else str(value)
        if isinstance(value, date)
        else value
        for name, value in fields.items()
    }


def _parsed(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _PARSE[name](value) if value is not None and name in _PARSE else value for name, value in fields.items()
    }


_PARSE: dict[str, Callable[[Any], Any]] = {
    "verdict": NotedVerdict.from_json,
    "product": Named.from_json,
    "expiry": date.fromisoformat,
}


def _kept(line: Line) -> dict[str, Any]:
    """The line in a change: as on the wire, with the exact moment, and without what says nothing."""
    said = {name: value for name, value in line.to_json().items() if value is not None}
    return said | {"at": line.at.isoformat(), "last_at": line.last_at.isoformat()}


def _line(document: Mapping[str, Any]) -> Line:
    return Line.from_json(_NOTHING_SAID | dict(document))


_NOTHING_SAID = dict.fromkeys(
    (
        "gtin",
        "product",
        "own_name",
        "verdict",
        "lot",
        "expiry",
        "expiry_by",
        "price",
        "stars_label",
        "shows_mark",
        "done",
    )
)
