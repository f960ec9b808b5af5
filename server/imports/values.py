"""What reading a spreadsheet gives: fields, values beside the cells' own texts, problems and questions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a column may tell. PLACE is a whole address, COMMUNE and DISTRICT its parts in columns of their own."""

    STT = "stt"
    NAME = "name"
    PRODUCER = "producer"
    TAX_CODE = "tax_code"
    PLACE = "place"
    COMMUNE = "commune"
    COMMUNE_CODE = "commune_code"
    DISTRICT = "district"
    STARS = "stars"
    POINTS = "points"
    DECISION_NUMBER = "decision_number"
    DECISION_DATE = "decision_date"
    VALID_FROM = "valid_from"
    VALID_TO = "valid_to"
    GTIN = "gtin"
    OCOP_CODE = "ocop_code"
    LINK = "link"
    GROUP = "group"
    PHONE = "phone"
    NOTE = "note"
    STATE = "state"


class Outcome(StrEnum):
    """What became of a cell. Nothing is ever guessed: there is no outcome for that."""

    TAKEN = "taken"
    CARRIED = "carried"
    PROPOSED = "proposed"
    ASKED = "asked"
    REFUSED = "refused"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to tell: `code` has its Vietnamese sentence in `words`, `detail` is put into it."""

    code: str
    field: Field | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """What one field of a row says.

    `text` is the cell's own text and `source` its row number and column: another row's where it was carried down.
    `read` is set for TAKEN and CARRIED alone. Stars are an int. Days are texts: "2019-12-23", or "2019-12" and "2019"
    where the cell says no more. A GTIN has 14 digits, points a decimal point, a group the register's key.
    `proposed` are texts of which the person may take one as the field's correction.
    """

    text: str
    outcome: Outcome
    read: str | int | None = None
    proposed: tuple[str, ...] = ()
    source: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What one reader makes of one text; `problems` are codes with details, `instead` the field it tells in truth."""

    outcome: Outcome
    read: str | int | None = None
    proposed: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    instead: Field | None = None


def taken(read: str | int, *problems: tuple[str, str]) -> Read:
    """A text that says one thing."""
    return Read(Outcome.TAKEN, read, problems=problems)


def refused(code: str, detail: str = "", *proposed: str) -> Read:
    """A text that cannot be what it should be."""
    return Read(Outcome.REFUSED, proposed=proposed, problems=((code, detail),))


def proposed(code: str, *texts: str, detail: str = "") -> Read:
    """A text that likely says this, which a person confirms."""
    return Read(Outcome.PROPOSED, proposed=texts, problems=((code, detail),))


def asked(code: str, *texts: str, detail: str = "") -> Read:
    """A text that may say several things, of which a person chooses one."""
    return Read(Outcome.ASKED, proposed=texts, problems=((code, detail),))


def left_out(code: str, detail: str = "") -> Read:
    """A text that rightly says nothing for the register."""
    return Read(Outcome.LEFT_OUT, problems=((code, detail),))


@dataclass(frozen=True, slots=True)
class Question:
    """Something the person answers once: `key` goes into the answers with one of `options` as its value.

    `examples` are texts of cells that show why it is asked.
    """

    key: str
    code: str
    field: Field
    column: int | None
    options: tuple[str, ...]
    examples: tuple[str, ...] = ()
