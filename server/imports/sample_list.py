"""Makes a list as a province's office may hand it in: 393 invented products with all the dirt such lists have.

Each cell is made together with what reading it must come to, so that the expectation does not come from the reader.
Names are invented, barcodes carry the demonstration prefix 952.
"""

from __future__ import annotations

import io
import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from imports.texts import FROM_TCVN3
from imports.values import Field, Outcome
from register.gtin import check_digit
from register.localities import COMMUNES, FORMER_UNITS

SEED = 16
PRODUCTS = 393
DAY_COLUMN = 10
"""The column "Ngày cấp", whose dates contradict each other."""
COLUMNS = (
    Field.STT, Field.NAME, Field.PRODUCER, Field.TAX_CODE, Field.PLACE, Field.GROUP, Field.POINTS, Field.STARS,
    Field.DECISION_NUMBER, Field.DECISION_DATE, Field.VALID_FROM, Field.VALID_TO, Field.GTIN, Field.PHONE, Field.NOTE,
)  # fmt: skip
_UPPER = (
    "TT", "Tên sản phẩm", "Chủ thể\nsản xuất", "Mã số thuế", "Địa chỉ", "Nhóm SP", "Điểm TB", "Xếp hạng (sao)",
    "Quyết định", None, "Ngày cấp", "Hiệu lực đến", "Mã số, mã vạch", "Điện thoại", "Ghi chú", "Loại hình",
)  # fmt: skip
_GOODS = (
    "Chả mực", "Miến dong", "Trà hoa vàng", "Rượu ba kích", "Nước mắm sá sùng", "Mật ong", "Ruốc hàu", "Gà đồi",
    "Bánh gật gù", "Khoai lang", "Nem chua", "Giấm táo", "Cao cà gai leo", "Nón lá", "Tour làng chài", "Ngọc trai",
)  # fmt: skip
_KINDS = ("HTX", "Hộ SXKD", "Công ty TNHH", "Tổ hợp tác", "HTXNN", "Cơ sở")
_GROUPS = (
    ("Thực phẩm", "thuc_pham"), ("thực phẩm ", "thuc_pham"), ("ĐỒ UỐNG", "do_uong"), ("Dược liệu", "duoc_lieu"),
    ("Thủ công mỹ nghệ", "thu_cong_my_nghe"), ("Nhóm: Thực phẩm", "thuc_pham"), ("Sinh vật cảnh", "sinh_vat_canh"),
)  # fmt: skip
_POINTS = {5: ("92,5", "92.5"), 4: ("82,5", "82.5"), 3: ("55", "55")}
_WORDS = {3: "Ba", 4: "Bốn", 5: "Năm"}

Wanted = tuple[Outcome, str | int | None]
"""What a cell must come to, and what is read of it."""
TAKEN, PROPOSED, ASKED, REFUSED, LEFT_OUT = (
    Outcome.TAKEN, Outcome.PROPOSED, Outcome.ASKED, Outcome.REFUSED, Outcome.LEFT_OUT,
)  # fmt: skip


@dataclass
class Made:
    """One row: what each cell holds and must come to, by column, and what the row must have from above."""

    number: int
    kind: str
    cells: dict[int, Any] = field(default_factory=dict)
    wanted: dict[int, Wanted] = field(default_factory=dict)
    carried: dict[Field, str | int | None] = field(default_factory=dict)
    formats: dict[int, str] = field(default_factory=dict)
    fonts: dict[int, str] = field(default_factory=dict)
    hidden: bool = False

    def put(self, name: Field, content: Any, outcome: Outcome, read: str | int | None = None) -> None:
        """Put a cell."""
        at = COLUMNS.index(name)
        self.cells[at], self.wanted[at] = content, (outcome, read)


@dataclass
class SampleList:
    """The workbook and all its rows that hold something, in order."""

    data: bytes
    rows: list[Made]


def to_tcvn3(text: str) -> str:
    """Write a text in TCVN3, which has small letters for all tones and few capitals."""
    codes = {letter: chr(code) for code, letter in FROM_TCVN3.items()}
    return "".join(codes.get(letter, letter) for letter in text)


def gtin(number: int) -> str:
    """A GTIN-13 of the demonstration prefix."""
    digits = f"952{number:09}"
    return digits + check_digit(digits)


def build(seed: int = SEED, products: int = PRODUCTS) -> SampleList:
    """Make the list, or one like it of another length."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    rows = _head()
    number, count = 8, 0
    merges: list[tuple[int, int]] = []
    five, four = products // 30, products * 120 // PRODUCTS
    for roman, stars, left in (("I", 5, five), ("II", 4, four), ("III", 3, products - five - four)):
        number += 1
        section = Made(number, "section", {0: roman, 1: f"Hạng {stars} sao"}, {0: (LEFT_OUT, None), 1: (TAKEN, stars)})
        rows.append(section)
        while left:
            together = min(left, chance.choice((1, 1, 1, 2, 3, 5, 11)))
            rows += _producer(chance, number + 1, count, together, stars)
            if together > 1:
                merges.append((number + 1, number + together))
            number, count, left = number + together, count + together, left - together
    rows += _foot(number, count)
    return SampleList(_workbook(rows, merges), rows)


def _head() -> list[Made]:
    title = {
        1: "PHỤ LỤC", 2: "DANH SÁCH SẢN PHẨM ĐƯỢC CÔNG NHẬN (DỮ LIỆU MẪU, HƯ CẤU)",
        3: "(Kèm theo Quyết định số 999/QĐ-UBND ngày 23 tháng 12 năm 2025 của UBND tỉnh)",
    }  # fmt: skip
    rows = [Made(at, "title", {0: text}, {0: (TAKEN if at == 3 else LEFT_OUT, None)}) for at, text in title.items()]
    upper = {column: text for column, text in enumerate(_UPPER) if text}
    rows.append(Made(6, "header", upper, dict.fromkeys(upper, (TAKEN, None))))
    rows.append(Made(7, "header", {8: "Số", 9: "Ngày"}, {8: (TAKEN, None), 9: (TAKEN, None)}))
    numbers = {column: f"({column + 1})" for column in range(len(COLUMNS))}
    rows.append(Made(8, "header", numbers, dict.fromkeys(numbers, (LEFT_OUT, None))))
    return rows


def _foot(number: int, count: int) -> list[Made]:
    rows = [Made(number + 1, "subtotal", {1: f"Tổng: {count} sản phẩm"})]
    rows.append(Made(number + 3, "signature", {0: "Nơi nhận:", 11: "TM. ỦY BAN NHÂN DÂN"}))
    rows.append(Made(number + 4, "signature", {0: "- Như trên;", 11: "KT. CHỦ TỊCH"}))
    rows.append(Made(number + 5, "signature", {11: "Nguyễn Văn Mẫu"}))
    for row in rows:
        row.wanted = dict.fromkeys(row.cells, (LEFT_OUT, None))
    return rows


def _producer(chance: random.Random, first: int, count: int, products: int, stars: int) -> list[Made]:
    """The rows of one producer, whose cell is merged over them."""
    name = f"{chance.choice(_KINDS)} Mẫu {chance.choice(FORMER_UNITS).name} {count}"
    rows: list[Made] = []
    for at in range(products):
        row = Made(first + at, "product")
        row.put(Field.STT, at + 1, TAKEN, str(at + 1))
        _name(chance, row, count + at)
        if at == 0:
            _producer_cells(chance, row, name, alone=products == 1)
        else:
            head = rows[0]
            for own in (Field.PRODUCER, Field.TAX_CODE, Field.PLACE, Field.PHONE):
                if COLUMNS.index(own) in head.wanted and head.wanted[COLUMNS.index(own)][0] is TAKEN:
                    row.carried[own] = head.wanted[COLUMNS.index(own)][1]
        row.put(Field.GROUP, *_wanted(chance.choice(_GROUPS)))
        row.put(Field.POINTS, _POINTS[stars][0], TAKEN, _POINTS[stars][1])
        _stars(chance, row, stars)
        _decision(chance, row)
        _days(chance, row)
        _barcode(chance, row, count + at)
        _note(chance, row)
        row.cells[15], row.wanted[15] = "HTX", (LEFT_OUT, None)
        rows.append(row)
    if products == 1 and count % 90 == 45:
        rows[0].hidden = True
        rows[0].wanted[1] = (ASKED, None)
    return rows


def _wanted(pair: tuple[str, str]) -> tuple[str, Outcome, str]:
    return pair[0], TAKEN, pair[1]


def _name(chance: random.Random, row: Made, count: int) -> None:
    plain = f"{chance.choice(_GOODS)} mẫu {count}"
    at = COLUMNS.index(Field.NAME)
    match chance.randrange(12):
        case 0:
            row.put(Field.NAME, f"{plain} ", TAKEN, plain)
        case 1:
            row.put(Field.NAME, plain.upper() + " 500g", TAKEN, plain.upper() + " 500g")
        case 2:
            row.put(Field.NAME, unicodedata.normalize("NFD", plain), TAKEN, plain)
        case 3:
            row.put(Field.NAME, plain.replace(" ", "\u00a0\u00a0", 1), TAKEN, plain)
        case 4:
            row.put(Field.NAME, plain.replace(" ", "\n", 1), TAKEN, plain)
        case 5:
            row.put(Field.NAME, f"{plain}, {plain.lower()} vị gấc", PROPOSED)
        case 6:
            row.put(Field.NAME, to_tcvn3(plain), TAKEN, plain)
            row.fonts[at] = ".VnTime"
        case 7:
            row.put(Field.NAME, f"{plain} (loại 1, loại 2) 0,5 lít", TAKEN, f"{plain} (loại 1, loại 2) 0,5 lít")
        case _:
            row.put(Field.NAME, plain, TAKEN, plain)


def _producer_cells(chance: random.Random, row: Made, name: str, *, alone: bool) -> None:
    unit, commune = chance.choice(FORMER_UNITS), chance.choice(COMMUNES)
    kind = {"thành phố": "TP.", "thị xã": "TX.", "huyện": "H."}[unit.kind]
    place = chance.choice((f"{kind} {unit.name}", f"Xã Mẫu, {unit.kind} {unit.name}", f"{commune.kind} {commune.name}"))
    if alone and chance.random() < 0.15:
        row.put(Field.PRODUCER, f"{name}, xã Thông Mẫu", PROPOSED)
    else:
        row.put(Field.PRODUCER, f" {name}", TAKEN, name)
        row.put(Field.PLACE, place, TAKEN, place)
    match chance.randrange(5):
        case 0:
            row.put(Field.TAX_CODE, "5700000000-001", TAKEN, "5700000000-001")
        case 1:
            row.put(Field.TAX_CODE, "022089000000", LEFT_OUT)
        case 2:
            row.put(Field.TAX_CODE, 5700000001, TAKEN, "5700000001")
            row.formats[3] = "0"
        case 3:
            row.put(Field.PHONE, "0203 000 001", TAKEN, "0203 000 001")
        case _:
            row.put(Field.PHONE, 203000002, PROPOSED)


def _stars(chance: random.Random, row: Made, stars: int) -> None:
    other = 3 if stars != 3 else 4
    texts: tuple[Any, ...] = (
        f"{stars} sao", f"{stars}*", "★" * stars, f"{_WORDS[stars]} sao", f"OCOP {stars} sao", f"{stars}.0", stars,
        f"{stars} sao (tiềm năng {min(5, stars + 1)} sao)", f"Hạng {stars}",
    )  # fmt: skip
    match chance.randrange(12):
        case 0:
            row.put(Field.STARS, f"{other} sao", ASKED)
        case 1:
            row.put(Field.STARS, "0", REFUSED)
        case 2 | 3:
            row.carried[Field.STARS] = stars
        case _:
            row.put(Field.STARS, chance.choice(texts), TAKEN, stars)


def _decision(chance: random.Random, row: Made) -> None:
    at = COLUMNS.index(Field.DECISION_DATE)
    when = date(2019, 1, 1) + timedelta(days=chance.randrange(2300))
    match chance.randrange(11):
        case 0:
            row.carried |= {Field.DECISION_NUMBER: "999/QĐ-UBND", Field.DECISION_DATE: "2025-12-23"}
            return
        case 1:
            row.put(Field.DECISION_NUMBER, f"QĐ 5445/QĐ-UBND ngày {when:%d/%m/%Y}", TAKEN, "5445/QĐ-UBND")
            return
        case 2:
            row.put(Field.DECISION_NUMBER, "đợt 1/2020", REFUSED)
            row.put(Field.DECISION_DATE, "2020", TAKEN, "2020")
        case 3:
            row.put(Field.DECISION_NUMBER, 2310, TAKEN, "2310")
            row.put(Field.DECISION_DATE, "12/2022", TAKEN, "2022-12")
        case 4:
            row.put(Field.DECISION_NUMBER, "2310/QĐ-UBND; 2311/QĐ-UBND", ASKED)
            row.put(Field.DECISION_DATE, "31/6/2025", REFUSED)
        case 5:
            row.put(Field.DECISION_NUMBER, "Quyết định số 5445/QĐ-UBND ngày 23/12/2019", TAKEN, "5445/QĐ-UBND")
            row.put(Field.DECISION_DATE, "24/12/2019", ASKED)
        case 6:
            row.put(Field.DECISION_NUMBER, "2310/QĐ-UBND", TAKEN, "2310/QĐ-UBND")
            row.put(Field.DECISION_DATE, (when - date(1899, 12, 30)).days, TAKEN, when.isoformat())
        case 7:
            row.put(Field.DECISION_NUMBER, "2310/QĐ-UBND", TAKEN, "2310/QĐ-UBND")
            text = f"ngày {when.day} tháng {when.month} năm {when.year}"
            row.put(Field.DECISION_DATE, text, TAKEN, when.isoformat())
        case 8:
            row.put(Field.DECISION_NUMBER, "2310/QĐ-UBND", TAKEN, "2310/QĐ-UBND")
            row.put(Field.DECISION_DATE, when, TAKEN, when.isoformat())
            row.formats[at] = "dd/mm/yyyy"
        case _:
            row.put(Field.DECISION_NUMBER, "2310/QĐ-UBND", TAKEN, "2310/QĐ-UBND")
            row.put(Field.DECISION_DATE, f"{when:%d/%m/%Y}", TAKEN, when.isoformat())


def _days(chance: random.Random, row: Made) -> None:
    """The first column has dates of both orders, the last one of one."""
    match chance.randrange(8):
        case 0:
            row.put(Field.VALID_FROM, chance.choice(("26/12/2019", "12/27/2019", "3/4/2020")), ASKED)
        case 1:
            row.put(Field.VALID_FROM, "2026-01-15", TAKEN, "2026-01-15")
    match chance.randrange(8):
        case 0:
            row.put(Field.VALID_TO, "31/6/2029", REFUSED)
        case 1:
            row.put(Field.VALID_TO, "12/2028", TAKEN, "2028-12")
        case 2:
            row.put(Field.VALID_TO, "36 tháng", REFUSED)
        case 3:
            row.put(Field.VALID_TO, "22/12/28", PROPOSED)
        case _:
            row.put(Field.VALID_TO, "22/12/2028", TAKEN, "2028-12-22")


def _barcode(chance: random.Random, row: Made, count: int) -> None:
    own, at = gtin(count), COLUMNS.index(Field.GTIN)
    match chance.randrange(18):
        case 0:
            row.put(Field.GTIN, "9.52E+12", REFUSED)
        case 1:
            row.put(Field.GTIN, int(own), PROPOSED)  # under the format General
        case 2:
            row.put(Field.GTIN, int(own), TAKEN, own.zfill(14))
            row.formats[at] = "0"
        case 3:
            row.put(Field.GTIN, f"'{own}", TAKEN, own.zfill(14))
        case 4:
            row.put(Field.GTIN, f"{own[:3]} {own[3:7]} {own[7:]}", TAKEN, own.zfill(14))
        case 5:
            row.put(Field.GTIN, f"0{own}", TAKEN, own.zfill(14))
        case 6:
            row.put(Field.GTIN, own[:-1] + str((int(own[-1]) + 1) % 10), REFUSED)
        case 7:
            row.put(Field.GTIN, f"{own}; {gtin(100_000 + count)}", ASKED)
        case 8:
            row.put(Field.GTIN, "Đang đăng ký", LEFT_OUT)
        case 9:
            row.put(Field.GTIN, f"22-000-00000-{count}-2025", TAKEN)
        case 10:
            row.put(Field.GTIN, "0203000001", REFUSED)
        case 11:
            row.put(Field.GTIN, _lost_zero(count), PROPOSED)
        case 12:
            row.put(Field.GTIN, own[:-3], REFUSED)
        case 13:
            row.put(Field.GTIN, gtin(999_999), ASKED)  # the same one on several products
        case _:
            row.put(Field.GTIN, own, TAKEN, own.zfill(14))


def _lost_zero(count: int) -> str:
    """A GTIN-12 that begins with zero, without it."""
    digits = f"0952{count:07}"
    return (digits + check_digit(digits))[1:]


def _note(chance: random.Random, row: Made) -> None:
    match chance.randrange(25):
        case 0:
            row.put(Field.NOTE, "Thu hồi theo QĐ 1001", TAKEN, "Thu hồi theo QĐ 1001")
        case 1:
            row.put(Field.NOTE, "Không đánh giá lại", TAKEN, "Không đánh giá lại")
        case 2:
            row.put(Field.NOTE, "Chủ hộ CCCD: 022089000000, mới", TAKEN, "Chủ hộ, mới")


def _workbook(rows: list[Made], merges: list[tuple[int, int]]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Danh sách"
    for row in rows:
        for column, content in row.cells.items():
            cell = sheet.cell(row.number, column + 1, content)
            if column in row.formats:
                cell.number_format = row.formats[column]
            if column in row.fonts:
                cell.font = Font(name=row.fonts[column])
        sheet.row_dimensions[row.number].hidden = row.hidden
    sheet.merge_cells("A1:O1")
    sheet.merge_cells("I6:J6")
    for column in (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16):
        sheet.merge_cells(start_row=6, end_row=7, start_column=column, end_column=column)
    for first, last in merges:
        for name in (Field.PRODUCER, Field.TAX_CODE, Field.PLACE, Field.PHONE):
            column = COLUMNS.index(name) + 1
            sheet.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)
    withdrawn = book.create_sheet("Thu hồi")
    withdrawn.append(["TT", "Tên sản phẩm", "Chủ thể", "Ghi chú"])
    withdrawn.append([1, "Trà mẫu cũ", "HTX Mẫu cũ", "Thu hồi theo QĐ 1001"])
    withdrawn.sheet_state = "hidden"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
