"""The times of keeping and of answering, as data: their defaults, and where they come from.

Of the law, only what is known of it is named: Law 91/2025 and Decree 356/2025/NĐ-CP, in force since 1 January 2026.
They name no number of days for keeping, as far as is known, so each of these is assumed and may be changed in the
office.
"""

from __future__ import annotations

from dataclasses import dataclass

LAW = "Luật 91/2025 và Nghị định 356/2025/NĐ-CP (từ 01/01/2026)"
_NO_NUMBER = f"{LAW}: chỉ giữ trong thời gian cần thiết. Số ngày là giả định, tỉnh tự đặt."
_POSITION = f"{LAW}. Vị trí được coi là dữ liệu nhạy cảm (giả định). Số ngày là giả định, tỉnh tự đặt."


@dataclass(frozen=True)
class Term:
    """One time: its default, where it comes from, whether its number is assumed, and the setting that changes it."""

    key: str
    title: str
    days: int
    source: str = _NO_NUMBER
    assumed: bool = True
    setting: str = ""


ALL = (
    Term("contact", "Sau khi báo cáo xong", 90, setting="CONTACT_DAYS"),
    Term("contact_longest", "Muộn nhất, tính từ khi nhận", 730, setting="LONGEST_CONTACT_DAYS"),
    Term("report_text", "Tính từ khi nhận", 1825),
    Term("names", "Sau khi hồ sơ xong", 730, setting="ROUND_NAMES_DAYS"),
    Term("names_longest", "Muộn nhất, tính từ khi nhận", 1825, setting="LONGEST_ROUND_NAMES_DAYS"),
    Term("photos", "Tính từ khi nhận", 1825),
    Term("positions", "Tính từ khi nhận", 730, _POSITION),
    Term("texts", "Tính từ khi nhận", 1825),
    Term("sightings", "Tính từ lần thấy", 730, setting="SIGHTINGS_DAYS"),
    Term("sign_ins", "Tính từ lần đăng nhập", 30, setting="SIGN_INS_DAYS"),
    Term("log", "Tính từ khi ghi", 1825),
    Term("import_files", "Tính từ khi đưa lên", 30),
    Term("office_files", "Tính từ khi yêu cầu", 1),
    Term("requests", "Sau khi trả lời", 730),
    Term("answer", "Trả lời người yêu cầu, ngày làm việc", 2, f"{LAW}: trả lời trong 2 ngày làm việc.", assumed=False),
    Term(
        "carry_out",
        "Thực hiện rút lại đồng ý hoặc phản đối, ngày",
        15,
        f"{LAW}: thực hiện trong 15 ngày, 20 ngày nếu có bên xử lý dữ liệu. Áp dụng cho việc sửa và xóa là giả định.",
        assumed=False,
    ),
)
BY_KEY = {term.key: term for term in ALL}
