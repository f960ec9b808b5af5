"""Counts what waits for a person, by what this person may see."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from accounts.models import User
from inspections.models import Suspicion
from overview.addresses import listed
from overview.certificates import Due, products
from overview.tables import Figure
from reviewing.waiting import WANTED, waiting

_KINDS = {
    "report": ("flag", "Báo cáo của người dân"),
    "inspection": ("assignment", "Phiếu trong đợt có phát hiện"),
    "round": ("event_note", "Đợt kiểm tra chờ xem"),
    "note": ("fact_check", "Phiếu lẻ có phát hiện"),
    "audit": ("shelves", "Kiểm kệ có hàng phải cất"),
}
"""The kinds of records that the office answers, each with its icon and what of it waits."""


def figures(user: User, today: date) -> list[Figure]:
    """What waits, the records of senders first. Nothing for somebody who may see none of it."""
    found = []
    for kind, (icon, label) in _KINDS.items() if user.has_perm("records.add_event") else ():
        work = waiting(kind, user, today)
        notes = (f"{work.late} quá hạn trả lời" if work.late else "", f"{work.mine} giao cho bạn" if work.mine else "")
        told = ", ".join(filter(None, notes)) or "Không có việc quá hạn"
        found.append(
            Figure(
                label, str(work), f"{reverse('office-inbox', args=[kind])}?state={WANTED}", icon, told, work.late > 0
            )
        )
    if user.has_perm("inspections.view_suspicion"):
        undecided = Suspicion.objects.filter(decision=Suspicion.Decision.RULES, told=True).order_by().count()
        # Undecided is the empty value, which `listed` would leave out.
        address = f"{listed('inspections_suspicion', told__exact=1)}&decision__exact={Suspicion.Decision.RULES}"
        note = "Các máy đang được báo theo quy tắc" if undecided else ""
        found.append(Figure("Mã nghi bị sao chép", str(undecided), address, "content_copy", note))
    if user.has_perm("register.view_product"):
        ending = products(Due.DAYS_30, today).count()
        address = listed("register_product", due=Due.DAYS_30.value)
        found.append(Figure("Giấy hết hạn trong 30 ngày", str(ending), address, "event_busy"))
    return found
