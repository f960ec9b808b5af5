"""The note as it is sent, in schema 1 (docs/api.md, "Inspections")."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from records.wire import Day, Moment, NamedFile, Signed, Strict


class Outcome(StrEnum):
    """What the sender found, with its name in the back office."""

    label: str

    def __new__(cls, value: str, label: str) -> Outcome:
        outcome = str.__new__(cls, value)
        outcome._value_ = value
        outcome.label = label
        return outcome

    MATCHES = "matches", "Đúng với mã"
    MISLABELLED = "mislabelled", "Sai nhãn"
    EXPIRED = "expired", "Hết hạn"
    SUSPECTED_COPY = "suspected_copy", "Nghi mã bị sao chép"
    SOLD = "sold", "Đã bán"
    OTHER = "other", "Khác"


VERDICTS = {
    "malformed": "Mã sai",
    "not_a_product_code": "Không phải mã sản phẩm",
    "code_mismatch": "Hai mã khác nhau",
    "statement_invalid": "Xác nhận ký số không đúng",
    "not_registered": "Không có trong sổ đăng ký",
    "withdrawn": "Giấy chứng nhận bị thu hồi",
    "certificate_expired": "Giấy chứng nhận hết hạn",
    "star_mismatch": "Sai số sao",
    "suspected_copy": "Nghi mã bị sao chép",
    "doubtful_link": "Liên kết đáng ngờ",
    "clock_wrong": "Đồng hồ của máy sai",
    "copy_too_old": "Bản sổ trên máy quá cũ",
    "not_certified": "Chưa có giấy chứng nhận",
    "not_in_copy": "Không có trong bản sổ trên máy",
    "unknown_link": "Liên kết lạ",
    "certificate_expires_soon": "Giấy chứng nhận sắp hết hạn",
    "certified": "Đạt OCOP",
}
"""The words of a verdict that docs/api.md knows, with their names in the back office. A newer app may know others."""
KNOWN_STATUSES = [*VERDICTS, ""]
"""What a record's verdict says, or that it has none, unless a newer app sent it: indexes leave these out."""

LONGEST_AI = 90
"""Characters of the longest value that any GS1 application identifier has (General Specifications, 3.2)."""
_FARTHEST_METRES = 1e9
"""Where a device says that its place is farther off than this, it has none."""


class NoteCode(Strict):
    """What was scanned or typed."""

    text: str = Field(max_length=8000)
    symbology: str = Field(max_length=40)
    gtin: Annotated[str, Field(pattern=r"^[0-9]{14}$")] | None
    lot: Annotated[str, Field(max_length=LONGEST_AI)] | None
    serial: Annotated[str, Field(max_length=LONGEST_AI)] | None
    expiry: Day | None


class NoteVerdict(Strict):
    """What the app said of the code, and the date of its copy of the register."""

    status: str = Field(pattern=r"^[a-z_]{1,64}$")
    reasons: list[Annotated[str, Field(max_length=64)]] = Field(max_length=50)
    as_of: Moment | None


class NotePlace(Strict):
    """Where the device was: degrees (WGS 84), accuracy in metres, None where the device does not say."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    accuracy: Annotated[float, Field(ge=0, le=_FARTHEST_METRES)] | None


class Note(Signed):
    """A signed-off note."""

    schema_: Literal[1] = Field(alias="schema")
    code: NoteCode | None
    verdict: NoteVerdict | None
    outcome: Annotated[Outcome, Field(strict=False)]
    text: str = Field(max_length=5000)
    place: NotePlace | None
    photos: list[NamedFile] = Field(max_length=20)

    @property
    def named_files(self) -> Sequence[NamedFile]:
        """Its photos."""
        return self.photos
