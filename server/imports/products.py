"""Reads a product's row: its cells one by one, then what they say together, and what rows above say for it."""

from __future__ import annotations

from collections.abc import Mapping as Mapped

from imports.cells import Cell, Kind, Row, Sheet
from imports.columns import YES, Columns
from imports.days import agrees, shown
from imports.decisions import read_decision
from imports.fields import Given, read_field, text_of
from imports.header import Mapping
from imports.names import products_in, read_state
from imports.places import place_at_end, read_address, read_commune
from imports.product import Above, Product
from imports.stars import stars_for
from imports.texts import hidden, masked
from imports.values import Field, Outcome, Read, Value, asked, proposed, refused, taken
from register.gtin import to_gtin14

FOLLOWERS = (Field.TAX_CODE, Field.PHONE, Field.PLACE, Field.COMMUNE, Field.COMMUNE_CODE, Field.DISTRICT)
"""What belongs to a producer, and goes down with it where its own cell is empty."""
_PERSONAL = "identity_number"


def read_product(
    row: Row, sheet: Sheet, mapping: Mapping, found: Columns, above: Above, answers: Mapped[str, str], part: int = 0
) -> Product:
    """Read one row, or one part of a row that names several products."""
    product = Product(row.number)
    own: dict[Field, Cell] = {}
    person: set[Field] = set()
    place = f"{row.number}.{part}" if part else str(row.number)
    for name in Field:
        column = mapping.columns.get(name)
        given = answers.get(f"cell:{place}:{name}")
        if given is not None:
            person.add(name)
            if given.strip():
                own[name] = Cell(given, Kind.TEXT)
        elif column is not None and row.cell(column).text.strip():
            own[name] = row.cell(column)
        elif column is not None and row.cell(column).formula:
            product.note(name, ("formula_without_result", ""))
    for name, cell in own.items():
        column = mapping.columns.get(name, -1)
        asked_of = Given(column, found, sheet.knows_days, sheet.since_1904, by_person=name in person)
        _read_one(product, name, cell, asked_of)
    _from_merged(product, row, mapping, above)
    _together(product, own, person, found, mapping)
    _keep_merged(product, row, mapping, above)
    _from_above(product, mapping, above, answers, own, person)
    _place(product, own, person)
    _compare(product, own)
    _settle(product, row, mapping)
    for name in person:
        column = mapping.columns.get(name)
        if column is not None and row.cell(column).text.strip() and name not in own:
            product.outcomes[column] = Outcome.LEFT_OUT
            product.note(name, ("emptied_by_person", ""))
    return product


def _read_one(product: Product, name: Field, cell: Cell, given: Given) -> None:
    source = (product.number, given.column)
    if name is Field.DECISION_NUMBER and cell.kind is not Kind.ERROR:
        text, notes, _ = text_of(cell, given)
        decision = read_decision(text, given.columns.orders.get(given.column, ""), by_person=given.by_person)
        product.put(name, cell.text, decision.number, source)
        product.note(name, *notes)
        if decision.day:
            product.put(Field.DECISION_DATE, cell.text, decision.day[1], source)
        return
    if name in {Field.COMMUNE, Field.COMMUNE_CODE}:
        text, notes, _ = text_of(cell, given)
        read = refused("cell_error", cell.text) if cell.kind is Kind.ERROR else read_commune(text)
        product.put(name, cell.text, read, source)  # read anew once the district and the day are known
        product.problems = [problem for problem in product.problems if problem.field is not name]
        product.note(name, *notes)
        return
    read = read_field(name, cell, given)
    text = cell.text
    if any(code == _PERSONAL for code, _ in read.problems):
        product.personal |= {given.column} if read.outcome is Outcome.LEFT_OUT else set()
        text = hidden(text) if read.outcome is Outcome.LEFT_OUT else masked(text)
    if name is Field.DECISION_DATE and name in product.values and not given.by_person:
        _two_dates(product, cell.text, read, source)
        return
    product.put(name, text, read, source)


def _two_dates(product: Product, text: str, read: Read, source: tuple[int, int]) -> None:
    """The decision's cell has a date and so has its own column: they agree, or a person is asked."""
    beside = product.values[Field.DECISION_DATE]
    told = beside.read if isinstance(beside.read, str) else ""
    if read.outcome is Outcome.PROPOSED and told in read.proposed:
        read = taken(told, ("day_serial", shown(told)))  # the other cell tells how the serial number is meant
    if told and read.outcome is Outcome.TAKEN and isinstance(read.read, str):
        if agrees(told, read.read):
            product.put(Field.DECISION_DATE, text, taken(max(told, read.read, key=len), *read.problems), source)
        else:
            product.put(Field.DECISION_DATE, text, asked("decision_two_dates", read.read, told), source)
    elif not told and read.outcome is Outcome.TAKEN and isinstance(read.read, str) and read.read in beside.proposed:
        product.put(Field.DECISION_DATE, text, read, source)
    else:
        product.put(Field.DECISION_DATE, text, read, source)


def _from_merged(product: Product, row: Row, mapping: Mapping, above: Above) -> None:
    """Carry down what stands in merged cells that began above."""
    for column in mapping.columns.values():
        origin = row.cell(column).merged_from
        if origin and origin[0] < row.number:
            for name, value in above.merged.get(origin, {}).items():
                if name not in product.values:
                    product.carry(name, value)


def _keep_merged(product: Product, row: Row, mapping: Mapping, above: Above) -> None:
    """Keep for the rows below what the merged cells that begin here say."""
    for column in mapping.columns.values():
        if (row.number, column) in above.origins:
            here = {name: value for name, value in product.values.items() if value.source == (row.number, column)}
            above.merged[row.number, column] = here


def _together(product: Product, own: Mapped[Field, Cell], person: set[Field], found: Columns, mapping: Mapping) -> None:
    """What stands in another column than it should, and several products or a place within one cell."""
    gtin = own.get(Field.GTIN)
    value = product.values.get(Field.GTIN)
    if gtin and value:
        column = mapping.columns.get(Field.GTIN, -1)
        read = read_field(Field.GTIN, gtin, Given(column, found, knows_days=False, since_1904=False))
        if read.instead and Field.GTIN not in person:
            _moved(product, read, value)
    code = to_gtin14(product.settled(Field.OCOP_CODE))
    if code and Field.GTIN not in product.values and Field.OCOP_CODE not in person:
        value = product.values.pop(Field.OCOP_CODE)
        product.put(Field.GTIN, value.text, proposed("gtin_in_other_column", code, detail=code), value.source)
    if Field.NAME in own and Field.NAME not in person and product.is_taken(Field.NAME):
        several = products_in(own[Field.NAME].text)
        if several:
            product.replace(Field.NAME, proposed("name_several", *several))
    if Field.PRODUCER in own and Field.PRODUCER not in person and product.is_taken(Field.PRODUCER):
        whole = product.settled(Field.PRODUCER)
        if split := place_at_end(whole):
            product.replace(Field.PRODUCER, proposed("producer_with_place", split[0], whole, detail=split[1]))
            if not {Field.PLACE, Field.COMMUNE, Field.DISTRICT} & set(product.values):
                source = product.values[Field.PRODUCER].source
                product.put(Field.PLACE, own[Field.PRODUCER].text, Read(Outcome.PROPOSED, proposed=(split[1],)), source)
    note = product.settled(Field.NOTE)
    if note and Field.STATE not in product.values and Field.STATE not in person:
        state = read_state(note)
        if state.outcome is Outcome.PROPOSED:
            product.put(Field.STATE, own[Field.NOTE].text, state, product.values[Field.NOTE].source)
    mark = own[Field.NAME].mark if Field.NAME in own else ""
    if mark and Field.STATE not in product.values and Field.STATE not in person:
        source = product.values[Field.NAME].source
        product.put(Field.STATE, own[Field.NAME].text, asked(f"state_{mark}", "withdrawn", "valid"), source)


def _moved(product: Product, read: Read, value: Value) -> None:
    """A barcode's cell holds something else: an OCOP code is taken as such, a phone or a link is proposed as such."""
    name = read.instead
    if name is None:
        return
    if name is Field.OCOP_CODE:
        del product.values[Field.GTIN]
        if name not in product.values:
            product.values[name] = Value(value.text, Outcome.TAKEN, read.read, source=value.source)
        elif product.values[name].read != read.read:
            product.values[name] = Value(
                value.text, Outcome.ASKED, None, (str(product.values[name].read), str(read.read)), value.source
            )
    elif name not in product.values:
        product.values[name] = Value(value.text, Outcome.PROPOSED, None, (str(read.read),), value.source)


def _from_above(
    product: Product,
    mapping: Mapping,
    above: Above,
    answers: Mapped[str, str],
    own: Mapped[Field, Cell],
    person: set[Field],
) -> None:
    """What sections and the title say for the row, and what an empty cell has from the product above it."""
    for name, value in above.section.items():
        if name not in product.values and name not in person:
            product.carry(name, value)
            continue
        here = product.settled(name)
        if name is Field.STARS and name in own and name not in person and here not in {"", str(value.read)}:
            options = (here, str(value.read))
            product.replace(name, asked("stars_against_section", *options, detail=str(value.read)))
    for name, value in above.title.items():
        if name not in product.values and name not in person and not _other_decision(product, name, value):
            product.carry(name, value)
    column = mapping.columns.get(Field.PRODUCER)
    last = above.last.get(Field.PRODUCER)
    if column is None or last is None or Field.PRODUCER in own or Field.PRODUCER in person:
        return
    for name in (Field.PRODUCER, *FOLLOWERS):
        over = above.last.get(name)
        if over is None or name in product.values or name in person or name not in mapping.columns:
            continue
        product.asks_carry = True
        answer = answers.get("carry_down", "")
        if answer == YES:
            product.carry(name, over)
        elif not answer:
            likely = over.proposed or (str(over.read),)
            product.values[name] = Value("", Outcome.PROPOSED, None, likely, over.source)
            product.note(name, ("maybe_same_as_above", over.text))


def _other_decision(product: Product, name: Field, title: Value) -> bool:
    """Whether the row names a decision of its own, whose date the title does not tell."""
    number = product.values.get(Field.DECISION_NUMBER)
    return name is Field.DECISION_DATE and number is not None and number.source != title.source


def _place(product: Product, own: Mapped[Field, Cell], person: set[Field]) -> None:
    """Find the former unit and the commune, by the row's day."""
    day = product.settled(Field.VALID_FROM) or product.settled(Field.DECISION_DATE)
    if Field.PLACE in product.values and (address := product.settled(Field.PLACE)):
        place = read_address(address, day)
        source, text = product.values[Field.PLACE].source, product.values[Field.PLACE].text
        for name, read in ((Field.DISTRICT, place.district), (Field.COMMUNE, place.commune)):
            if read and name not in product.values and name not in person:
                product.put(name, text, read, source)
    district = product.settled(Field.DISTRICT)
    for name in (Field.COMMUNE_CODE, Field.COMMUNE):
        if name in own:
            text = product.values[name].text
            read = read_commune(str(own[name].text).strip(), district, day)
            if name is Field.COMMUNE and product.settled(Field.COMMUNE_CODE):
                read = taken(product.settled(Field.COMMUNE_CODE))
            product.put(name, text, read, product.values[name].source)
    code = product.values.get(Field.COMMUNE_CODE)
    if code and code.read and Field.COMMUNE not in product.values:
        product.values[Field.COMMUNE] = code


def _compare(product: Product, own: Mapped[Field, Cell]) -> None:
    """Tell where points and stars do not fit; which of them is wrong is not for a program to say."""
    points, stars = product.settled(Field.POINTS), product.settled(Field.STARS)
    if points and stars and str(stars_for(points)) != stars:
        product.note(Field.POINTS, ("points_against_stars", stars))
    first, last = (
        product.settled(Field.VALID_FROM) or product.settled(Field.DECISION_DATE),
        product.settled(Field.VALID_TO),
    )
    if first and last and Field.VALID_TO in own and last[: len(first)] < first[: len(last)]:
        product.replace(Field.VALID_TO, refused("day_before_beginning", shown(first)))


def _settle(product: Product, row: Row, mapping: Mapping) -> None:
    """Give each cell with something in it its outcome."""
    by_column = {column: name for name, column in mapping.columns.items()}
    moved = {value.source: value.outcome for value in product.values.values() if value.source}
    for column, cell in enumerate(row.cells):
        if not cell.text.strip():
            continue
        name = by_column.get(column)
        value = product.values.get(name) if name else None
        if value and (value.source is None or value.source == (row.number, column)):
            product.outcomes[column] = value.outcome
        elif (row.number, column) in moved:
            product.outcomes[column] = moved[row.number, column]
        else:
            product.outcomes[column] = Outcome.LEFT_OUT
