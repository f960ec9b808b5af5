"""Finds the header row of a sheet, which column holds which field, and what the title above it says."""

from __future__ import annotations

import re
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field
from functools import lru_cache

from imports.cells import Row, Sheet
from imports.days import DMY, MDY, order_of, read_day
from imports.decisions import decision_in_title
from imports.texts import in_unicode
from imports.values import Field, Outcome, Problem, Question, Value
from register.letters import fold

LOOKED_AT = 60
"""Rows among which the header is looked for."""
NONE_OF_THEM = "none"

KNOWN: dict[Field, tuple[str, ...]] = {
    Field.STT: ("stt", "tt", "so tt", "no", "so thu tu"),
    Field.NAME: ("ten san pham", "san pham", "ten sp", "ten hang hoa", "ten san pham ocop", "san pham ocop"),
    Field.PRODUCER: (
        "chu the", "ten chu the", "chu the san xuat", "ten chu the san xuat", "don vi san xuat", "co so san xuat",
        "to chuc ca nhan", "nha san xuat", "chu the ocop", "ten don vi", "ten co so",
    ),
    Field.TAX_CODE: ("ma so thue", "mst", "ma so doanh nghiep"),
    Field.PLACE: ("dia chi", "noi san xuat", "dia phuong", "dia chi san xuat", "dia chi chu the"),
    Field.COMMUNE: ("xa", "xa phuong", "ten xa", "xa phuong thi tran", "xa phuong dac khu", "phuong xa", "xa tt"),
    Field.COMMUNE_CODE: ("ma xa", "ma xa phuong"),
    Field.DISTRICT: ("huyen", "huyen tx tp", "ten huyen", "huyen thi xa thanh pho", "quan huyen", "huyen thi"),
    Field.STARS: (
        "hang sao", "so sao", "xep hang", "phan hang", "hang", "cap sao", "sao", "xep hang sao", "hang san pham",
        "phan hang sao", "ket qua xep hang", "so sao dat duoc",
    ),
    Field.POINTS: ("diem", "diem tb", "tong diem", "diem danh gia", "diem trung binh", "so diem", "diem so"),
    Field.DECISION_NUMBER: (
        "quyet dinh", "so qd", "so quyet dinh", "qd cong nhan", "so giay chung nhan", "so qd cong nhan",
        "quyet dinh cong nhan", "quyet dinh so", "so gcn", "giay chung nhan so", "so quyet dinh cong nhan",
        "so ngay quyet dinh",
    ),
    Field.DECISION_DATE: ("ngay qd", "ngay quyet dinh", "quyet dinh ngay", "ngay ky", "ngay ban hanh"),
    Field.VALID_FROM: (
        "ngay cong nhan", "ngay cap", "nam cong nhan", "hieu luc tu", "co gia tri tu", "giay chung nhan ngay cap",
        "tu ngay", "ngay cap gcn", "ngay cap giay chung nhan",
    ),
    Field.VALID_TO: (
        "ngay het han", "thoi han", "hieu luc den", "gia tri den", "het han", "den ngay", "co gia tri den",
        "ngay het hieu luc", "het hieu luc", "giay chung nhan ngay het han", "giay chung nhan het han",
    ),
    Field.GTIN: ("ma so ma vach", "ma vach", "msmv", "barcode", "gtin", "ma vach san pham", "ean", "ma gtin"),
    Field.OCOP_CODE: ("ma sp", "ma san pham", "ma ocop", "ma so san pham", "ma san pham ocop"),
    Field.LINK: ("qr", "link truy xuat", "website", "link", "ma qr", "trang web", "duong dan", "truy xuat nguon goc"),
    Field.GROUP: ("nhom", "nhom sp", "nganh hang", "linh vuc", "nhom san pham", "nhom nganh", "phan loai san pham"),
    Field.PHONE: ("dien thoai", "sdt", "hotline", "so dien thoai", "dt", "dien thoai lien he"),
    Field.NOTE: ("ghi chu",),
    Field.STATE: ("trang thai", "tinh trang"),
}  # fmt: skip
"""The words by which lists name their columns, folded and without punctuation."""
_EXACT = {words: name for name, known in KNOWN.items() for words in known}
_BEGINNING = re.compile(
    "("
    + "|".join(sorted((words for words in _EXACT if " " in words or len(words) > 5), key=len, reverse=True))
    + ") .{1,60}$"
)
_NEEDED = 2
"""Fields that a row has to name at least, the product's name among them, or three others."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column, counted from 0, holds which field.

    `header_row` is the number of the header's last row (0: the sheet has none), of `levels` rows; `by` is "words" or
    "person".
    """

    header_row: int
    columns: Mapped[Field, int]
    by: str = "words"
    levels: int = 1


@dataclass(frozen=True, slots=True)
class Header:
    """What was found: `words` are the header's own words by column, `title` what the rows above say for all rows.

    With `questions` (two columns for one field) the mapping lacks those fields until they are answered.
    """

    mapping: Mapping
    words: tuple[str, ...] = ()
    title: Mapped[Field, Value] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()


def find_header(sheet: Sheet, answers: Mapped[str, str] | None = None) -> Header:
    """Find the header; `answers` settles its questions: {"column:gtin": "7"}, {"day_order:title": "dmy"}."""
    answers = answers or {}
    best = _best(sheet)
    if best is None:
        return Header(Mapping(0, {}), problems=(Problem("header_not_found"),))
    at, levels = best
    words = _words(sheet, at, levels)
    columns, questions = _columns(words, answers)
    last = sheet.rows[at + levels - 1].number
    title, asked, problems = _title(sheet.rows[:at], answers)
    return Header(Mapping(last, columns, levels=levels), words, title, (*questions, *asked), problems)


def _best(sheet: Sheet) -> tuple[int, int] | None:
    """Where the row or the two rows stand that name most fields, the first of equals."""
    best, most = None, 0
    for at in range(min(LOOKED_AT, len(sheet.rows))):
        for levels in (1, 2):
            if levels == 2 and not _is_second_level(sheet, at):
                continue
            named = {name for name, _ in map(named_by, _words(sheet, at, levels)) if name}
            enough = len(named) >= (_NEEDED if Field.NAME in named else _NEEDED + 1)
            if enough and len(named) > most:
                best, most = (at, levels), len(named)
    return best


def _is_second_level(sheet: Sheet, at: int) -> bool:
    """Whether the next row adds words below this row's, and never below a column that has its word alone."""
    if at + 1 >= len(sheet.rows):
        return False
    upper, lower = sheet.rows[at], sheet.rows[at + 1]
    if lower.number != upper.number + 1:
        return False
    filled = [column for column, cell in enumerate(lower.cells) if cell.text.strip()]
    if not filled or any(lower.cell(column).text.strip()[:1].isdigit() for column in filled):
        return False
    return all(not upper.cell(column).text.strip() or _spans(upper, column) for column in filled) and any(
        named_by(_plain(lower.cell(column).text))[0] or named_by(_joined(upper, lower, column))[0] for column in filled
    )


def _spans(row: Row, column: int) -> bool:
    """Whether the cell stands over more than its own column: merged, or with empty ones on its right."""
    beside = row.cell(column + 1)
    return beside.merged_from == (row.number, column) or (beside.merged_from is None and not beside.text.strip())


def _words(sheet: Sheet, at: int, levels: int) -> tuple[str, ...]:
    upper = sheet.rows[at]
    if levels == 1:
        return tuple(_plain(cell.text, cell.letters) for cell in upper.cells)
    lower = sheet.rows[at + 1]
    return tuple(_joined(upper, lower, column) for column in range(max(len(upper.cells), len(lower.cells))))


def _joined(upper: Row, lower: Row, column: int) -> str:
    """The words of a column of two levels; a word above stands over the empty cells on its right."""
    below = _plain(lower.cell(column).text)
    above = _plain(upper.cell(column).text)
    start = column
    while below and not above and start > 0:
        start -= 1
        above = _plain(upper.cell(start).text)
        if above and not lower.cell(start).text.strip():
            above = ""  # it stands over its own column alone
            break
    joined = f"{above} {below}".strip()
    return below if below and named_by(joined)[0] is None else joined


def _plain(text: str, letters: str = "") -> str:
    return in_unicode(text, letters).text


@lru_cache(4096)
def named_by(words: str) -> tuple[Field | None, bool]:
    """The field that a header's words name, and whether they are exactly known ones or only begin so."""
    folded = " ".join(re.sub(r"[\W_]+", " ", fold(words)).split())
    if folded in _EXACT:
        return _EXACT[folded], True
    if match := _BEGINNING.match(folded):
        return _EXACT[match[1]], False
    return None, False


def _columns(words: tuple[str, ...], answers: Mapped[str, str]) -> tuple[dict[Field, int], tuple[Question, ...]]:
    """Give each field its column; of two, the one named exactly; where both are or none is, a question."""
    fits: dict[Field, dict[bool, list[int]]] = {}
    for column, own in enumerate(words):
        name, exactly = named_by(own)
        if name:
            fits.setdefault(name, {True: [], False: []})[exactly].append(column)
    columns, questions = {}, []
    for name, by_strength in fits.items():
        found = by_strength[True] or by_strength[False]
        key = f"column:{name}"
        if len(found) == 1:
            columns[name] = found[0]
        elif answers.get(key, "").isdecimal() and int(answers[key]) in found:
            columns[name] = int(answers[key])
        elif answers.get(key) != NONE_OF_THEM:
            options = (*map(str, found), NONE_OF_THEM)
            questions.append(Question(key, "column_of_field", name, None, options, tuple(words[at] for at in found)))
    return columns, tuple(questions)


def _title(
    rows: tuple[Row, ...], answers: Mapped[str, str]
) -> tuple[dict[Field, Value], tuple[Question, ...], tuple[Problem, ...]]:
    """What the rows above the header say for all rows: the decision's number and date."""
    found = []
    for row in rows:
        for column, cell in enumerate(row.cells):
            if decision := decision_in_title(_plain(cell.text, cell.letters)):
                found.append((decision, cell.text, (row.number, column)))
    if len(found) != 1:
        return {}, (), (Problem("title_several_decisions"),) if found else ()
    (number, day_text, _), text, source = found[0]
    key = "day_order:title"
    order = order_of([day_text]).decided or answers.get(key, "")
    day = read_day(day_text, order)
    values = {
        Field.DECISION_NUMBER: Value(text, Outcome.TAKEN, number, source=source),
        Field.DECISION_DATE: Value(text, day.outcome, day.read, day.proposed, source),
    }
    questions = (Question(key, "day_order", Field.DECISION_DATE, None, (DMY, MDY), (day_text,)),)
    told = Problem("title_decision", Field.DECISION_NUMBER, number)
    return values, questions if day.outcome is Outcome.ASKED else (), (told,)
