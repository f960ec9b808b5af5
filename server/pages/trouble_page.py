"""What a person sees where an answer failed. It is made without the database, which may be what failed.

It has both languages, because the reader's choice is not known then.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.template.loader import render_to_string


def try_again(seconds: int) -> HttpResponse:
    """Answer 503: something does not work now, and it is worth trying again after so many seconds."""
    answer = _page(
        503,
        "Máy chủ đang bận",
        "Máy chủ tạm thời không trả lời được. Chưa có gì của lần gửi này được lưu.",
        "Hãy thử lại sau ít phút. Nếu vừa điền một biểu mẫu, hãy quay lại trang trước: phần đã gõ thường vẫn còn.",
        "The server cannot answer now, and kept nothing of this request. Try again in a few minutes.",
    )
    answer.headers["Retry-After"] = str(seconds)
    return answer


def failed() -> HttpResponse:
    """Answer 500: a fault, which is in the server's log."""
    return _page(
        500,
        "Máy chủ gặp lỗi",
        "Máy chủ gặp lỗi khi trả lời. Chưa có gì của lần gửi này được lưu.",
        "Lỗi đã được ghi lại cho người vận hành. Nếu thử lại vẫn lỗi, hãy báo cho họ.",
        "The server failed to answer, and kept nothing of this request. Those who run it can see the fault in its log.",
    )


def _page(status: int, title: str, told: str, next_step: str, english: str) -> HttpResponse:
    words = {"title": title, "told": told, "next": next_step, "english": english}
    answer = HttpResponse(render_to_string("pages/trouble.html", words), status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
