"""Finds what is kept of one person: by phone, mail, name, account and device, in everything that is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from accounts.models import DeviceKey, DeviceSession, User
from imports.models import ImportRow
from logbook.models import Entry
from privacy.models import PersonRequest
from records.erasing import What
from records.kinds import Kind, all_kinds
from records.models import Erasure, StoredRecord
from register.folding import fold
from register.models import Producer
from reports.models import Report
from reviewing.models import Case, Digest, Remark

MOST = 200
"""Of each kind of things so many are shown; the page says where there are more."""
_SHORTEST_PHONE = 8

HELD = "Hồ sơ đang xử lý: giữ lại đến khi có kết luận."


@dataclass(frozen=True)
class Item:
    """One thing that is kept: a record of `kind` that can be emptied, or a row of another list.

    `held` says why its content may not be removed now. `open_for` is what can still be removed.
    """

    title: str
    words: str
    model: str
    key: str
    kind: str = ""
    held: str = ""
    open_for: tuple[str, ...] = ()
    erased: str = ""


@dataclass(frozen=True)
class Found:
    """A list of things of one sort; `more` where it is not all."""

    title: str
    note: str
    items: tuple[Item, ...]
    more: bool = False


KIND_TITLES = {
    "report": "Báo cáo của người dân", "note": "Phiếu kiểm tra", "inspection": "Phiếu trong đợt",
    "round": "Đợt kiểm tra", "audit": "Kiểm kệ", "answer": "Trả lời của người gửi",
}  # fmt: skip


def find(asked: PersonRequest) -> list[Found]:
    """All that fits any of what the request names; lists without anything are left out."""
    user = _user(asked.account)
    found = [_records(kind, asked, user) for kind in all_kinds().values() if kind.name in KIND_TITLES]
    found += [
        _rows("Tài khoản", "Sửa hoặc khóa ở trang của tài khoản.", _accounts(asked, user)),
        _rows("Phiên trên thiết bị", "Tự xóa theo thời hạn.", _of_user(DeviceSession, user, asked)),
        _rows("Khóa của thiết bị", "Giữ để còn kiểm tra được chữ ký.", _of_user(DeviceKey, user, asked)),
        _rows("Lần thử đăng nhập", "Tự xóa theo thời hạn.", _tries(user)),
        _rows("Địa chỉ nhận thư hằng ngày", "Người nhận tự tắt được.", _digests(asked, user)),
        _rows("Chủ thể trong sổ đăng ký", "Sổ đăng ký là công khai theo chương trình OCOP: sửa chứ không xóa.",
              _texts(Producer.objects.all(), asked, "search")),
        _rows("Dòng của danh sách đã nhập", "Giữ để hoàn tác được; số căn cước không được ghi lại.",
              _import_rows(asked)),
        _rows("Ghi nội bộ", "Lời của cán bộ về hồ sơ; không gửi ra ngoài.", _remarks(asked)),
        _rows("Nhật ký", "Không sửa; tự xóa theo thời hạn.", _texts(Entry.objects.all(), asked, "search_text")),
    ]  # fmt: skip
    return [one for one in found if one.items]


def _user(typed: str) -> User | None:
    try:
        return User.objects.get_by_natural_key(typed) if typed else None
    except User.DoesNotExist:
        return None


def _records(kind: Kind, asked: PersonRequest, user: User | None) -> Found:
    records = kind.records
    fits = _said(asked, "search_text" if any(f.name == "search_text" for f in records.model._meta.fields) else "body")
    for text in filter(None, (asked.name, asked.mail)):
        fits |= Q(body__contains=json.dumps(text, ensure_ascii=False)[1:-1])
    if user is not None:
        fits |= Q(account=user)
    if asked.device:
        fits |= Q(device=asked.device)
    if kind.name == "report":
        fits |= Q(pk__in=list(_contacts(asked)))
    if not fits:
        return Found("", "", ())
    rows = list(records.filter(fits).order_by("-received_at")[: MOST + 1])
    return Found(
        KIND_TITLES[kind.name], "Nội dung xóa được; mã băm và biên nhận ở lại.",
        tuple(item_of(kind, row) for row in rows[:MOST]), len(rows) > MOST,
    )  # fmt: skip


def item_of(kind: Kind, record: StoredRecord) -> Item:
    """A record as something that is kept of a person."""
    done = list(Erasure.objects.filter(kind=kind.name, record=record.pk))
    may = [*kind.erasable, *([What.PHOTOS] if kind.files.filter(record_id=record.pk, erased_at=None).exists() else [])]
    open_for = tuple(one for one in may if one not in {each.what for each in done})
    words = ", ".join(filter(None, (getattr(record, name, "") for name in ("shop", "place_name", "text"))))
    return Item(
        KIND_TITLES[kind.name], f"{record.received_at:%d/%m/%Y} · {words[:120] or record.pk}", record._meta.label_lower,
        str(record.pk), kind.name, HELD if is_held(kind.name, record) else "", open_for,
        "; ".join(f"{each.get_what_display()} ({each.get_ground_display()})" for each in done),
    )  # fmt: skip


def is_held(kind: str, record: Any) -> bool:
    """Whether the office still works on the record, or on the round that it belongs to."""
    fits = Q(kind=kind, record=record.pk)
    if kind == "inspection":
        fits |= Q(kind="round", record=record.round)
    return Case.objects.filter(fits, is_open=True).exists()


def _said(asked: PersonRequest, column: str) -> Q:
    """Rows whose folded text has the whole name, the mail, or the phone number as it may be written."""
    fits = Q()
    for text in (asked.name, asked.mail):
        if folded := fold(text):
            fits |= Q(**{f"{column}__contains": folded})
    if pattern := phone_pattern(asked.phone):
        fits |= Q(**{f"{column}__regex": pattern})
    return fits


def phone_digits(phone: str) -> str:
    """The digits of a Vietnamese number that stand in it however it is written; "" for what is no number.

    >>> phone_digits("+84 912 345 678"), phone_digits("0912.34.56.78"), phone_digits("115")
    ('912345678', '912345678', '')
    """
    digits = re.sub(r"\D", "", phone)
    core = digits.removeprefix("84").removeprefix("0") if len(digits) > _SHORTEST_PHONE else digits
    return core if len(core) >= _SHORTEST_PHONE else ""


def phone_pattern(phone: str) -> str:
    """A regular expression, of Python and of PostgreSQL, for the number in a text, in whatever groups; "" for none.

    >>> bool(re.search(phone_pattern("0912345678"), "(0912) 34.56.78"))
    True
    """
    return "[ ().\u00a0-]{0,2}".join(phone_digits(phone))


def _contacts(asked: PersonRequest) -> Iterable[Any]:
    """Reports whose contact is this phone number or has this mail or name; contacts are in no search."""
    digits = phone_digits(asked.phone)
    texts = [fold(text) for text in (asked.name, asked.mail) if text]
    if not digits and not texts:
        return
    for key, contact in Report.objects.exclude(contact="").order_by().values_list("pk", "contact").iterator():
        folded, plain = fold(contact), re.sub(r"\D", "", contact)
        if (digits and digits in plain) or any(one in folded for one in texts):
            yield key


def _accounts(asked: PersonRequest, user: User | None) -> list[User]:
    name = fold(asked.name)
    return [
        one for one in User.objects.all()
        if one == user or (name and fold(one.name) == name) or (asked.mail and one.email == asked.mail)
    ]  # fmt: skip


def _of_user(model: type[Any], user: User | None, asked: PersonRequest) -> Iterable[Any]:
    fits = Q(user=user) if user else Q()
    if asked.device:
        fits |= Q(device=asked.device)
    rows: QuerySet[Any] = model._default_manager.filter(fits) if fits else model._default_manager.none()
    return rows


def _tries(user: User | None) -> list[Any]:
    if user is None:
        return []
    return [
        *AccessAttempt.objects.filter(username__in=user.borne_names)[:MOST],
        *AccessLog.objects.filter(username__in=user.borne_names)[:MOST],
    ]


def _digests(asked: PersonRequest, user: User | None) -> QuerySet[Digest]:
    fits = Q(user=user) if user else Q()
    if asked.mail:
        fits |= Q(address__iexact=asked.mail)
    return Digest.objects.filter(fits) if fits else Digest.objects.none()


def _texts(rows: QuerySet[Any], asked: PersonRequest, column: str) -> QuerySet[Any]:
    fits = _said(asked, column)
    return rows.filter(fits) if fits else rows.none()


def _remarks(asked: PersonRequest) -> QuerySet[Remark]:
    fits = Q()
    for text in filter(None, (asked.name, asked.mail)):
        fits |= Q(text__icontains=text)
    if pattern := phone_pattern(asked.phone):
        fits |= Q(text__regex=pattern)
    return Remark.objects.filter(fits) if fits else Remark.objects.none()


def _import_rows(asked: PersonRequest) -> QuerySet[ImportRow]:
    """Rows whose cells have it; SQLite keeps JSON with escapes, PostgreSQL without."""
    fits = Q()
    for text in filter(None, (asked.name, asked.mail)):
        fits |= Q(kept_text__contains=text) | Q(kept_text__contains=json.dumps(text)[1:-1])
    if pattern := phone_pattern(asked.phone):
        fits |= Q(kept_text__regex=pattern)
    rows = ImportRow.objects.annotate(kept_text=Cast("read", TextField())).select_related("run")
    return rows.filter(fits) if fits else rows.none()


def _rows(title: str, note: str, rows: Iterable[Any]) -> Found:
    some = list(rows[: MOST + 1] if isinstance(rows, QuerySet) else rows)
    items = tuple(Item(title, _words(row), row._meta.label_lower, str(row.pk)) for row in some[:MOST])
    return Found(title, note, items, len(some) > MOST)


def _words(row: Any) -> str:
    if isinstance(row, ImportRow):
        return f"{row.run.name}, dòng {row.label}"
    if isinstance(row, AccessAttempt | AccessLog):
        return f"{row.attempt_time:%d/%m/%Y} · {row.ip_address}"
    return str(row)
