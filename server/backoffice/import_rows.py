"""Shows the rows of a preview: each with its outcome, its cells' own texts beside what was read, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from imports.judging import WITHDRAWN, in_words
from imports.models import ImportRow
from imports.stored import problem_from_json
from imports.values import Field, Outcome
from imports.words import told

TITLES = {
    Field.STT: "Số thứ tự",
    Field.NAME: "Tên sản phẩm",
    Field.PRODUCER: "Chủ thể",
    Field.TAX_CODE: "Mã số thuế",
    Field.PLACE: "Địa chỉ",
    Field.COMMUNE: "Xã, phường",
    Field.COMMUNE_CODE: "Mã xã",
    Field.DISTRICT: "Huyện, thị xã, thành phố",
    Field.STARS: "Hạng sao",
    Field.POINTS: "Điểm",
    Field.DECISION_NUMBER: "Số quyết định",
    Field.DECISION_DATE: "Ngày quyết định",
    Field.VALID_FROM: "Có giá trị từ",
    Field.VALID_TO: "Ngày hết hạn",
    Field.GTIN: "Mã vạch (GTIN)",
    Field.OCOP_CODE: "Mã OCOP",
    Field.LINK: "Liên kết",
    Field.GROUP: "Nhóm sản phẩm",
    Field.PHONE: "Điện thoại",
    Field.NOTE: "Ghi chú",
    Field.STATE: "Tình trạng",
}
NOT_PUBLISHED = (Field.STT, Field.POINTS, Field.LINK)
"""Read and shown, but the register has no place for them."""
OUTCOMES = (
    ("", "Tất cả", "list"),
    ("asked", "Cần hỏi", "warning"),
    ("refused", "Từ chối", "dangerous"),
    ("new", "Mới", "add_circle"),
    ("changed", "Đổi", "edit"),
    ("same", "Như cũ", "equal"),
    ("left_out", "Bỏ qua", "remove_circle"),
)
_ICONS = {value: icon for value, _, icon in OUTCOMES}
_WITHDRAWN = {WITHDRAWN, "withdrawn_new"}
_MARKED = {Outcome.PROPOSED, Outcome.ASKED, Outcome.REFUSED}


@dataclass(frozen=True)
class ShownCell:
    """One field of a row. `raw` is the cell's own text where it differs from what was read or nothing was read."""

    title: str
    read: str
    raw: str
    carried: int | None = None
    waits: bool = False


@dataclass(frozen=True)
class ShownRow:
    """One row of the table."""

    row: ImportRow
    icon: str
    cells: list[ShownCell]
    notes: list[str]

    @property
    def reasons(self) -> list[str]:
        """Why it is so, without those that a question repeats."""
        return list(dict.fromkeys(text for _, _, text in self.row.reasons if text))

    @property
    def tells_withdrawal(self) -> bool:
        """Whether the list says that the product's certificate was withdrawn, which a list alone never does."""
        return self.row.product is not None and any(code in _WITHDRAWN for code, _, _ in self.row.reasons)


def shown(row: ImportRow) -> ShownRow:
    """The row as the table shows it: name, producer, stars, last day, code."""
    names = (Field.NAME, Field.PRODUCER, Field.STARS, Field.VALID_TO, Field.GTIN)
    told_elsewhere = {text for _, _, text in row.reasons} | {ask["text"] for ask in row.asks}
    problems = [told(problem_from_json(one)) for one in row.read["problems"]]
    notes = [text for text in dict.fromkeys(problems) if text not in told_elsewhere]
    cells = [cell_of(row.read, name) for name in names]
    if not row.read["values"]:  # no product: the row's own texts tell which row it is
        cells[0] = ShownCell(cells[0].title, "", " · ".join(text for text in row.read["cells"] if text.strip()))
    return ShownRow(row, _ICONS[row.outcome], cells, notes)


def cell_of(read: dict[str, Any], name: Field) -> ShownCell:
    """One field of a row that was read."""
    value = read["values"].get(name.value)
    if value is None:
        return ShownCell(TITLES[name], "", "")
    outcome = Outcome(value["outcome"])
    known = value["read"] is not None and outcome not in _MARKED
    words = in_words(name, value["read"]) if known else ""
    raw = value["text"].strip()
    source = value["source"]
    carried = source[0] if source and outcome is Outcome.CARRIED and source[0] != read["number"] else None
    same = " ".join(raw.split()).casefold() == words.casefold()
    return ShownCell(TITLES[name], words, "" if same else raw, carried, outcome in _MARKED)
