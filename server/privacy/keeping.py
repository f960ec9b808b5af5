"""Removes what has been kept long enough, a batch at a time. What a killed run has left undone, the next one does.

A case that the office has not closed keeps its content, but names and contacts, which go at their longest time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts import forgetting as sign_ins
from audits import erasing as audits
from imports.models import AT_WORK, ImportRun, RunState
from inspections import reviewing as sightings
from inspections.models import Sighting
from logbook.models import Entry, Group
from logbook.writing import write
from office_files import forgetting
from privacy.clock import all_days
from privacy.models import PersonRequest
from records import copies
from records.erasing import What, delete_bytes, erase, is_erased
from records.kinds import REMOVED, Kind, kind_named
from reports import contacts
from reviewing.models import Case
from rounds import erasing as rounds

AT_ONCE = 200
MOST_COUNTED = 10_000
"""A page says "more than" beyond this."""
Days = dict[str, int]


@dataclass(frozen=True)
class Rule:
    """What goes when: its terms, what is due (`ahead` of now), and a turn that removes a batch and says how many."""

    key: str
    title: str
    removes: str
    terms: tuple[str, ...]
    due: Callable[[Days, timedelta], Iterable[QuerySet[Any]]]
    turn: Callable[[Days], int]


def _content(names: tuple[str, ...], what: str, days: int, ahead: timedelta) -> list[tuple[Kind, QuerySet[Any]]]:
    """Records of these kinds that still have this content and came long ago, without those in open cases."""
    before = timezone.now() + ahead - timedelta(days=days)
    found = []
    for kind in map(kind_named, names):
        records = kind.records.filter(received_at__lt=before).exclude(is_erased(kind, what))
        records = records.exclude(Exists(Case.objects.filter(kind=kind.name, record=OuterRef("pk"), is_open=True)))
        if kind.name == "inspection":
            of_round = Case.objects.filter(kind="round", record=OuterRef("round"), is_open=True)
            records = records.exclude(Exists(of_round))
        if what == What.PHOTOS:
            records = records.filter(Exists(kind.files.filter(record=OuterRef("pk"), erased_at=None)))
        elif what == What.POSITION:
            records = records.exclude(latitude=None)
        elif kind.name != "round":
            records = records.exclude(text__in=["", REMOVED])
        found.append((kind, records))
    return found


def _content_rule(key: str, title: str, removes: str, names: tuple[str, ...], *what: str) -> Rule:
    def due(days: Days, ahead: timedelta) -> list[QuerySet[Any]]:
        return [found for one in what for _, found in _content(names, one, days[key], ahead)]

    def turn(days: Days) -> int:
        done = 0
        for one in what:
            for kind, found in _content(names, one, days[key], timedelta(0)):
                batch = list(found.order_by("received_at")[:AT_ONCE])
                for record in batch:
                    erase(kind, record, [one])
                done += len(batch)
        return done

    return Rule(key, title, removes, (key,), due, turn)


def _sightings_due(days: Days, ahead: timedelta) -> list[QuerySet[Any]]:
    return [Sighting.objects.filter(seen_at__lt=timezone.now() + ahead - timedelta(days=days["sightings"]))]


def _forget_sightings(days: Days) -> int:
    if not any(rows.exists() for rows in _sightings_due(days, timedelta(0))):
        return 0
    with transaction.atomic():
        return sum(sightings.forget(timezone.now() - timedelta(days=days["sightings"])))


def _log_due(days: Days, ahead: timedelta) -> list[QuerySet[Any]]:
    # The log's own manager refuses to delete; only here its entries go.
    return [QuerySet(Entry).filter(at__lt=timezone.now() + ahead - timedelta(days=days["log"]))]


def _forget_log(days: Days) -> int:
    (old,) = _log_due(days, timedelta(0))
    keys = list(old.order_by("at", "id").values_list("pk", flat=True)[: AT_ONCE * 10])
    if keys:
        with transaction.atomic():
            QuerySet(Entry).filter(pk__in=keys)._raw_delete(using="default")
            write(Group.PRIVACY, "Xóa dòng nhật ký cũ", changes=[("Số dòng", str(len(keys)), "")])
    return len(keys)


def _files_due(days: Days, ahead: timedelta) -> list[QuerySet[Any]]:
    before = timezone.now() + ahead - timedelta(days=days["import_files"])
    return [ImportRun.objects.filter(at__lt=before, file_removed_at=None).exclude(state__in=AT_WORK)]


def _forget_files(days: Days) -> int:
    """Remove the files of imports; what is not published cannot be read again and ends."""
    (due,) = _files_due(days, timedelta(0))
    runs = list(due.order_by("at")[:AT_ONCE])
    for run in runs:
        others = ImportRun.objects.filter(sha256=run.sha256, file_removed_at=None).exclude(pk=run.pk)
        if not others.exists():
            default_storage.delete(run.path)
        with transaction.atomic():
            here = ImportRun.objects.filter(pk=run.pk)
            here.update(file_removed_at=timezone.now())
            unfinished = here.filter(state__in=[RunState.ASKING, RunState.PREVIEW])
            unfinished.update(
                state=RunState.CANCELLED, told="Tệp gốc đã hết thời hạn lưu nên bị xóa. Hãy đưa tệp lên lại."
            )
            write(Group.PRIVACY, "Xóa tệp gốc của lần nhập", run, about=run.name, why="Hết thời hạn lưu")
    return len(runs)


def _office_files_due(days: Days, ahead: timedelta) -> list[QuerySet[Any]]:
    return [forgetting.due(timezone.now() + ahead - timedelta(days=days["office_files"]))]


def _forget_office_files(days: Days) -> int:
    forgetting.remove_left()
    return forgetting.forget(timezone.now() - timedelta(days=days["office_files"]), AT_ONCE)


def _requests_due(days: Days, ahead: timedelta) -> list[QuerySet[Any]]:
    before = timezone.now() + ahead - timedelta(days=days["requests"])
    return [PersonRequest.objects.filter(done_at__lt=before, erased_at=None)]


def _forget_requests(days: Days) -> int:
    (due,) = _requests_due(days, timedelta(0))
    keys = list(due.values_list("pk", flat=True)[:AT_ONCE])
    emptied = {"name": REMOVED, "reach": "", "said": "", "phone": "", "mail": "", "account": "", "device": None}
    return PersonRequest.objects.filter(pk__in=keys).update(**emptied, answer="", erased_at=timezone.now())


_ALL_KINDS = ("note", "inspection", "answer", "report")
RULES = (
    Rule(
        "contact", "Liên hệ trong báo cáo của người dân", "Số điện thoại hoặc địa chỉ mà người báo để lại.",
        ("contact", "contact_longest"),
        lambda days, ahead: [contacts.due(days["contact"], days["contact_longest"], ahead)],
        lambda days: contacts.forget(days["contact"], days["contact_longest"]),
    ),
    _content_rule("report_text", "Lời kể trong báo cáo của người dân", "Lời kể và nơi thấy.", ("report",), What.TEXT),
    Rule(
        "names", "Tên trong đợt kiểm tra và kiểm kệ",
        "Tên, chữ ký, số thẻ, địa chỉ và vị trí của nơi riêng; tên cửa hàng và tên kệ.", ("names", "names_longest"),
        lambda days, ahead: [
            rounds.due(days["names"], days["names_longest"], ahead),
            audits.due(days["names"], days["names_longest"], ahead),
        ],
        lambda days: (
            rounds.forget(days["names"], days["names_longest"]) + audits.forget(days["names"], days["names_longest"])
        ),
    ),
    _content_rule("photos", "Ảnh", "Tệp ảnh của mọi phiếu. Mã băm của ảnh ở lại.", _ALL_KINDS, What.PHOTOS),
    _content_rule(
        "positions", "Vị trí", "Tọa độ trong phiếu kiểm tra và đợt kiểm tra.", ("note", "inspection", "round"),
        What.POSITION,
    ),
    _content_rule(
        "texts", "Lời viết của cán bộ", "Ghi chú, lời người bán, câu trả lời.",
        ("note", "inspection", "round", "answer"), What.TEXT,
    ),
    Rule(
        "sightings", "Các lần thấy mã sê-ri", "Nơi và lúc thấy, đã làm tròn, không có tên.", ("sightings",),
        _sightings_due, _forget_sightings,
    ),
    Rule(
        "sign_ins", "Phiên và các lần thử đăng nhập", "Tên đăng nhập, địa chỉ mạng, thiết bị.", ("sign_ins",),
        lambda days, ahead: sign_ins.due(days["sign_ins"], ahead), lambda days: sign_ins.forget(days["sign_ins"]),
    ),
    Rule("log", "Nhật ký", "Cả dòng nhật ký, gồm tên người làm.", ("log",), _log_due, _forget_log),
    Rule(
        "import_files", "Tệp gốc của các lần nhập",
        "Tệp như đã đưa lên, có thể có số căn cước. Số căn cước không được ghi vào sổ hay vào các dòng đã đọc.",
        ("import_files",), _files_due, _forget_files,
    ),
    Rule(
        "office_files", "Tệp dài mà văn phòng đã yêu cầu", "Tờ nhãn, danh sách, nhật ký và bản dữ liệu đã làm ra.",
        ("office_files",), _office_files_due, _forget_office_files,
    ),
    Rule(
        "requests", "Yêu cầu của người dân về dữ liệu của họ", "Tên, liên hệ, lời yêu cầu và trả lời.", ("requests",),
        _requests_due, _forget_requests,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """How much of a rule is due now, and how much within 30 days; at most MOST_COUNTED each."""

    rule: Rule
    now: int
    soon: int


def preview() -> list[Due]:
    """What would be removed now and within 30 days. Nothing is removed."""
    days = all_days()
    return [
        Due(rule, _count(rule.due(days, timedelta(0))), _count(rule.due(days, timedelta(days=30)))) for rule in RULES
    ]


def _count(found: Iterable[QuerySet[Any]]) -> int:
    return min(MOST_COUNTED, sum(rows.order_by()[:MOST_COUNTED].count() for rows in found))


def one_turn() -> int:
    """Remove one batch of everything that is due. Returns how many records and rows."""
    days = all_days()
    done = sum(rule.turn(days) for rule in RULES)
    delete_bytes(AT_ONCE)
    hour = int(timezone.now().timestamp() // 3600)
    _remove_left(f"{hour % 16:x}")
    return done


def run(step: Callable[[str, int], None], until: datetime | None = None) -> int:
    """Remove all that is due, batch by batch, telling each rule's progress; stop at `until`. Returns how many."""
    total = 0
    for rule in RULES:
        days = all_days()
        while (done := rule.turn(days)) and (until is None or timezone.now() < until):
            total += done
            step(rule.key, done)
    while delete_bytes(AT_ONCE):
        pass
    _remove_left("0123456789abcdef")
    return total


def _remove_left(digits: str) -> None:
    """Remove from the store what killed processes have left, in the folders whose names begin with these digits."""
    for folder in (f"{one}{other:x}" for one in digits for other in range(16)):
        copies.remove_left(folder)
        for of in ("photos", "pictures", copies.FOLDER):
            default_storage.remove_partial(f"{of}/{folder}")  # type: ignore[attr-defined]  # DurableStorage's
    default_storage.remove_partial("imports")  # type: ignore[attr-defined]
