"""Reads the rows of a sheet: each non-empty cell gets an outcome, and nothing is guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field, replace

from imports.cells import Row, Sheet
from imports.columns import LEAVE_OUT, NO, READ, YES, Columns, look_through
from imports.header import Mapping
from imports.kinds import RowKind, heading_in, kind_of, section_of
from imports.names import products_in
from imports.product import Above, Product
from imports.products import read_product
from imports.texts import clean, hidden, in_unicode, masked
from imports.values import Field, Outcome, Problem, Question, Value
from register.letters import fold

__all__ = ["ReadRow", "Reading", "RowKind", "read_rows"]

EVERY = 200
"""Rows between two calls of `on_row`."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of the sheet, or one of the products the person split it into (`part` counts them from 0).

    `cells` are its own texts, with personal numbers hidden, `outcomes` what became of each (None for an empty cell).
    `values` holds what was taken and what waits; `carried` names the fields that came from rows above.
    """

    number: int
    kind: RowKind
    cells: tuple[str, ...]
    outcomes: tuple[Outcome | None, ...] = ()
    values: Mapped[Field, Value] = field(default_factory=dict)
    carried: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()
    hidden: bool = False
    part: int = 0

    @property
    def waiting(self) -> tuple[Field, ...]:
        """The fields whose cell is proposed, asked or refused: a person decides before they say anything."""
        waits = {Outcome.PROPOSED, Outcome.ASKED, Outcome.REFUSED}
        return tuple(name for name, value in self.values.items() if value.outcome in waits)


@dataclass(frozen=True, slots=True)
class Reading:
    """A read sheet: all its rows with something in them in order, and what is asked once for a column."""

    rows: tuple[ReadRow, ...]
    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()

    def counts(self) -> Counter[str]:
        """How many cells came to each outcome, and how many fields were carried down."""
        counts: Counter[str] = Counter()
        for row in self.rows:
            if row.part == 0:
                counts.update(str(outcome) for outcome in row.outcomes if outcome)
            counts[Outcome.CARRIED] += len(row.carried)
        return counts


def read_rows(
    sheet: Sheet,
    mapping: Mapping,
    answers: Mapped[str, str] | None = None,
    title: Mapped[Field, Value] | None = None,
    on_row: Callable[[int], None] | None = None,
) -> Reading:
    """Read the rows below the header.

    `answers` are the person's, by key: "day_order:7" is "dmy" or "mdy" for column 7; "cell:12:gtin" the text that
    stands in place of row 12's cell ("" empties it), "cell:12.1:name" for the second part of a split row; "split:12" is
    "yes" or "no". `title` is what the rows above the header say for all rows. `on_row` is called now and then with the
    number of rows done; what it raises ends the reading.
    """
    answers, title = answers or {}, title or {}
    body = [row for row in sheet.rows if row.number > mapping.header_row]
    found = look_through(body, mapping.columns, answers)
    above = Above(title, origins=frozenset(cell.merged_from for row in body for cell in row.cells if cell.merged_from))
    rows = [_above_header(row, mapping, title) for row in sheet.rows if row.number <= mapping.header_row]
    signed = False
    asking: list[str] = []
    for done, row in enumerate(body, start=1):
        texts = _texts(row, found)
        kind = kind_of(texts, mapping.columns, signed=signed)
        signed = kind is RowKind.SIGNATURE
        if kind is RowKind.PRODUCT:
            read, asks = _products(row, sheet, mapping, found, above, answers)
            asking += [str(row.number)] if asks else []
            rows += read
        elif kind is RowKind.SECTION:
            rows.append(_section(row, texts, mapping, above))
        else:
            rows.append(_left_out(row, kind))
        if on_row and done % EVERY == 0:
            on_row(done)
    rows = _same_gtins(rows)
    questions = list(found.questions)
    if asking:
        column = mapping.columns.get(Field.PRODUCER)
        questions.append(Question("carry_down", "carry_down", Field.PRODUCER, column, (YES, NO), tuple(asking[:4])))
    if any(row.hidden and row.kind is RowKind.PRODUCT for row in rows):
        numbers = tuple(str(row.number) for row in rows if row.hidden and row.kind is RowKind.PRODUCT)
        questions.append(Question("hidden_rows", "hidden_rows", Field.NAME, None, (READ, LEAVE_OUT), numbers[:4]))
    return Reading(tuple(rows), tuple(questions), (*found.problems, *_unused(sheet, mapping, body)))


def _texts(row: Row, found: Columns) -> dict[int, str]:
    """The row's texts in Unicode and one form, by column, empty ones left out."""
    return {
        column: in_unicode(cell.text, cell.letters, found.letters.get(column, frozenset())).text
        for column, cell in enumerate(row.cells)
        if cell.text.strip()
    }


def _products(
    row: Row, sheet: Sheet, mapping: Mapping, found: Columns, above: Above, answers: Mapped[str, str]
) -> tuple[list[ReadRow], bool]:
    """The row's product, or its products where the person said that it names several."""
    column = mapping.columns.get(Field.NAME, -1)
    split = products_in(row.cell(column).text) if column >= 0 else ()
    answer = answers.get(f"split:{row.number}", "")
    if split and answer == YES:
        given = [{f"cell:{_place(row.number, part)}:name": name} | dict(answers) for part, name in enumerate(split)]
        products = [read_product(row, sheet, mapping, found, above, mine, part) for part, mine in enumerate(given)]
    elif split and answer == NO and f"cell:{row.number}:name" not in answers:
        whole = dict(answers) | {f"cell:{row.number}:name": row.cell(column).text}
        products = [read_product(row, sheet, mapping, found, above, whole)]
    else:
        products = [read_product(row, sheet, mapping, found, above, answers)]
    above.last = products[-1].values
    unseen = row.hidden or row.cell(column).hidden
    read = [_row(product, row, unseen, part, answers.get("hidden_rows", "")) for part, product in enumerate(products)]
    return read, any(product.asks_carry for product in products)


def _place(number: int, part: int) -> str:
    return f"{number}.{part}" if part else str(number)


def _row(product: Product, row: Row, unseen: bool, part: int, answer: str) -> ReadRow:
    values, problems, outcomes = product.values, product.problems, product.outcomes
    if unseen:
        problems.append(Problem("row_hidden"))
        if answer == LEAVE_OUT:
            values, outcomes = {}, dict.fromkeys(outcomes, Outcome.LEFT_OUT)
        elif answer != READ and Field.NAME in values:
            name = values[Field.NAME]
            options = name.proposed or (str(name.read),)
            values[Field.NAME] = Value(name.text, Outcome.ASKED, None, options, name.source)
            if name.source and name.source[0] == row.number and name.source[1] in outcomes:
                outcomes[name.source[1]] = Outcome.ASKED
    return ReadRow(
        row.number,
        RowKind.PRODUCT,
        _shown(row, product.personal),
        tuple(outcomes.get(column) for column in range(len(row.cells))),
        values,
        tuple(product.carried),
        tuple(dict.fromkeys(problems)),
        unseen,
        part,
    )


def _shown(row: Row, personal: Container[int] = ()) -> tuple[str, ...]:
    """The row's own texts, with personal numbers hidden."""
    return tuple(
        hidden(cell.text) if column in personal else masked(cell.text) for column, cell in enumerate(row.cells)
    )


def _section(row: Row, texts: Mapped[int, str], mapping: Mapping, above: Above) -> ReadRow:
    """A heading: what it says goes down to the rows below it, until another one says the same kind of thing."""
    column, text = heading_in(texts, mapping.columns) or (0, "")
    said = section_of(text)
    values = {
        name: Value(row.cell(column).text, Outcome.TAKEN, read, source=(row.number, column))
        for name, read in said.items()
    }
    above.section |= values
    above.last = {}
    outcomes = tuple(
        None if not cell.text.strip() else Outcome.TAKEN if at == column and said else Outcome.LEFT_OUT
        for at, cell in enumerate(row.cells)
    )
    code = "section_read" if said else "section_says_nothing"
    return ReadRow(
        row.number,
        RowKind.SECTION,
        _shown(row),
        outcomes,
        values,
        problems=(Problem(code, detail=text),),
        hidden=row.hidden,
    )


def _left_out(row: Row, kind: RowKind) -> ReadRow:
    outcomes = tuple(Outcome.LEFT_OUT if cell.text.strip() else None for cell in row.cells)
    return ReadRow(row.number, kind, _shown(row), outcomes, problems=(Problem(f"row_{kind}"),), hidden=row.hidden)


def _above_header(row: Row, mapping: Mapping, title: Mapped[Field, Value]) -> ReadRow:
    """A row of the title or the header; cells that say something for all rows are taken."""
    if row.number > mapping.header_row - mapping.levels:
        header = _left_out(row, RowKind.HEADER)
        return replace(header, outcomes=tuple(outcome and Outcome.TAKEN for outcome in header.outcomes))
    read = _left_out(row, RowKind.TITLE)
    said = {value.source for value in title.values()}
    outcomes = tuple(
        Outcome.TAKEN if (row.number, column) in said else outcome for column, outcome in enumerate(read.outcomes)
    )
    return replace(read, outcomes=outcomes)


def _same_gtins(rows: list[ReadRow]) -> list[ReadRow]:
    """Ask about a GTIN that stands with several names: two variants cannot share one."""
    names: dict[str, dict[str, int]] = {}
    for row in rows:
        gtin, name = row.values.get(Field.GTIN), row.values.get(Field.NAME)
        if gtin and gtin.read:
            key = fold(name.text) if name and row.part == 0 else f"{row.number}.{row.part}"
            names.setdefault(str(gtin.read), {}).setdefault(key, row.number)
    return [_asked_twice(row, names) for row in rows]


def _asked_twice(row: ReadRow, names: Mapped[str, Mapped[str, int]]) -> ReadRow:
    gtin = row.values.get(Field.GTIN)
    if gtin is None or not gtin.read or len(names.get(str(gtin.read), {})) < 2:
        return row
    others = ", ".join(str(number) for number in sorted(set(names[str(gtin.read)].values()) - {row.number})[:4])
    value = Value(gtin.text, Outcome.ASKED, None, (str(gtin.read),), gtin.source)
    outcomes = list(row.outcomes)
    if gtin.source and gtin.source[0] == row.number and gtin.source[1] < len(outcomes):
        outcomes[gtin.source[1]] = Outcome.ASKED
    return replace(
        row,
        values=dict(row.values) | {Field.GTIN: value},
        outcomes=tuple(outcomes),
        problems=(*row.problems, Problem("gtin_twice", Field.GTIN, others or str(row.number))),
    )


def _unused(sheet: Sheet, mapping: Mapping, body: list[Row]) -> tuple[Problem, ...]:
    """Tell the columns that hold something and are not read, and those that are hidden."""
    levels = range(mapping.header_row - mapping.levels, mapping.header_row)
    header = [row for row in sheet.rows if row.number - 1 in levels]
    used = set(mapping.columns.values())
    width = max((len(row.cells) for row in body), default=0)
    filled = [column for column in range(width) if any(row.cell(column).text.strip() for row in body)]
    told = []
    for column in filled:
        name = clean(" ".join(row.cell(column).text for row in header))
        detail = name or f"cột {column + 1}"
        if column not in used:
            told.append(Problem("column_not_used", detail=detail))
        elif column in sheet.hidden_columns:
            told.append(Problem("column_hidden", detail=detail))
    return tuple(told)
