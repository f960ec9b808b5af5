"""Counts what waits for a person, by what this person may see."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from inspections.models import Suspicion
from overview.addresses import listed
from overview.certificates import Due, products
from overview.tables import Figure
from reviewing.waiting import waiting

_KINDS = (
    # kind of record, permission, list, icon, label
    ("report", "reports.view_report", "reports_report", "flag", "Báo cáo của người dân"),
    ("inspection", "rounds.view_inspection", "rounds_inspection", "assignment", "Phiếu trong đợt có phát hiện"),
    ("round", "rounds.view_round", "rounds_round", "event_note", "Đợt kiểm tra chờ xem"),
    ("note", "inspections.view_inspection", "inspections_inspection", "fact_check", "Phiếu lẻ có phát hiện"),
    ("audit", "audits.view_audit", "audits_audit", "shelves", "Kiểm kệ có hàng phải cất"),
)


def figures(user: User, today: date) -> list[Figure]:
    """What waits, the records of senders first. Nothing for somebody who may see none of it."""
    found = []
    for kind, permission, model, icon, label in _KINDS:
        if user.has_perm(permission):
            work = waiting(kind, user, today)
            notes = [
                f"{work.late} quá hạn trả lời" if work.late else "",
                f"{work.mine} giao cho bạn" if work.mine else "",
            ]
            address = listed(model, state="waiting")
            found.append(Figure(label, str(work), address, icon, ", ".join(filter(None, notes)), work.late > 0))
    if user.has_perm("inspections.view_suspicion"):
        undecided = Suspicion.objects.filter(decision=Suspicion.Decision.RULES, told=True).order_by().count()
        address = listed("inspections_suspicion", told__exact=1, decision__exact="")
        note = "Các máy đang được báo theo quy tắc" if undecided else ""
        found.append(Figure("Mã nghi bị sao chép", str(undecided), address, "content_copy", note))
    if user.has_perm("register.view_product"):
        ending = products(Due.DAYS_30, today).count()
        address = listed("register_product", due=Due.DAYS_30.value)
        found.append(Figure("Giấy hết hạn trong 30 ngày", str(ending), address, "event_busy"))
    return found
