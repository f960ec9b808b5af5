"""Whatever a sheet holds: nothing is raised, every cell has an outcome, and no GTIN has digits its cell has not."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import read_sheet

from imports.cells import Cell, Kind, Row, Sheet, Unreadable
from imports.header import KNOWN, find_header
from imports.sheets import read_book
from imports.values import Field, Outcome
from imports.words import told
from imports.xlsx import as_shown

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

HEADS = st.sampled_from([names[0] for names in KNOWN.values()])
BARCODES = st.one_of(
    st.from_regex(r"'?\d{7,14}( |;|, )?\d{0,14}", fullmatch=True),
    st.sampled_from(
        ["8.93602E+12", "9520000000011", "09520000000011", "952 0000 000011", "9520000000011; 9520000000028"]
    ),
)
PIECES = st.sampled_from(
    [
        "4 sao", "★★★★", "Hạng 3 sao", "II", "Cộng: 5", "Nơi nhận:", "23/12/2019", "3/4/2020", "12/23/2019", "2021",
        "43822", "ngày 5 tháng 3 năm 2020", "S¶n phÈm", "Saûn phaåm", "Trà hoa vàng, trà xanh", "H. Vân Đồn",
        "Xã Hạ Long, huyện Vân Đồn", "HTX Mẫu, xã Hải Sơn", "5445/QĐ-UBND ngày 23/12/2019", "đợt 1/2020",
        "0203 000 001", "022089001234", "Thu hồi", "\u00a0",
    ]
)  # fmt: skip
TEXTS = st.one_of(PIECES, BARCODES, st.text(max_size=12))


def _number(number: int | float) -> Cell:
    text, shown = as_shown(number)
    return Cell(text, Kind.NUMBER, number, shown=shown)


CELLS = st.one_of(
    TEXTS.map(lambda text: Cell(text, Kind.TEXT if text else Kind.EMPTY)),
    st.integers(0, 10**14).map(_number),
    st.floats(0, 1e14, allow_nan=False).map(_number),
    st.dates(date(1980, 1, 1), date(2110, 1, 1)).map(lambda day: Cell(f"{day:%d/%m/%Y}", Kind.DATE, date=day)),
    st.tuples(st.integers(1, 8), st.integers(0, 6)).map(lambda origin: Cell(merged_from=origin)),
    st.just(Cell("#N/A", Kind.ERROR)),
    st.just(Cell(formula=True)),
)
ROWS = st.lists(st.tuples(st.lists(CELLS, max_size=7), st.booleans()), max_size=9)
ANSWERS = st.dictionaries(
    st.sampled_from(
        ["day_order:3", "carry_down", "hidden_rows", "split:4", "cell:4:gtin", "cell:5:name", "cell:4.1:stars"]
    ),
    st.sampled_from(["dmy", "mdy", "yes", "no", "read", "leave_out", "", "9520000000011", "4 sao", "Trà"]),
)


@FEW
@given(st.lists(HEADS, min_size=2, max_size=7), ROWS, ANSWERS)
def test_every_cell_has_an_outcome_and_every_gtin_its_digits(
    heads: list[str], body: list[tuple[list[Cell], bool]], answers: dict[str, str]
) -> None:
    head = Row(1, tuple(Cell(text, Kind.TEXT) for text in heads))
    rows = tuple(Row(at, tuple(cells), hidden) for at, (cells, hidden) in enumerate(body, start=2))
    sheet = Sheet("", (head, *rows), knows_days=True)
    reading = read_sheet(sheet, answers)
    held = {row.number: row for row in sheet.rows}
    assert {row.number for row in reading.rows} == set(held)
    for row in reading.rows:
        own = held[row.number]
        filled = [bool(cell.text.strip()) for cell in own.cells]
        assert [outcome is not None for outcome in row.outcomes] == filled
        for value in row.values.values():
            assert (value.read is None) == (value.outcome not in {Outcome.TAKEN, Outcome.CARRIED})
        assert all(told(problem) for problem in row.problems)
        gtin = row.values.get(Field.GTIN)
        if gtin and gtin.read and gtin.source and f"cell:{row.number}:gtin" not in answers:
            digits = re.sub(r"\D", "", held[gtin.source[0]].cell(gtin.source[1]).text)
            assert str(gtin.read).lstrip("0") in digits
    assert all(told(question) for question in reading.questions)


@FEW
@given(st.lists(st.lists(TEXTS, max_size=6), max_size=8), st.sampled_from(",;\t|"))
def test_any_csv_is_read_or_refused_with_a_reason(rows: list[list[str]], delimiter: str) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    _read_or_refused(written.getvalue().encode("utf-8", "surrogatepass"))


@FEW
@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes, begin: bytes) -> None:
    _read_or_refused(begin + data)


def _read_or_refused(data: bytes) -> None:
    try:
        book = read_book(data, "list.csv")
    except Unreadable as refused:
        if not told(refused.problem):
            raise
        return
    for sheet in book.sheets:
        assert find_header(sheet)
        read_sheet(sheet)
