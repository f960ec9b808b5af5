"""Takes away what was written as the sample, and nothing else. What people made of it since goes or stays as it must.

What somebody said of a record of the sample goes with the record. A product of the sample's list that somebody has
changed since stays, and so does an account to which somebody has given a password. An account that something else
holds on to stays too, closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet

from accounts.models import BorneName, DeviceKey, DeviceSession, User
from imports import running
from imports.models import ImportRun, RunState
from inspections.sightings import withdraw
from logbook.models import Entry, Group
from logbook.writing import write
from overview.models import CountedRecord
from records import copies
from records.kinds import all_kinds
from records.models import Erasure, Event, Link
from records.receiving import CLOCK
from register.clock import lock_clock
from reviewing.models import Case, Remark
from sample_office.models import SampleOffice, Written, mark_of


class NotWhole(Exception):
    """The sample's list is being published or taken back right now. Nothing was removed."""


@dataclass(frozen=True)
class Stock:
    """What is in the sample: how many of what; and how much of it other people have said."""

    lines: tuple[tuple[str, int], ...]
    by_others: int


def stock() -> Stock:
    """Count what emptying would take away."""
    ids, accounts = _records(), _accounts()
    every = [pk for pks in ids.values() for pk in pks]
    lines = [
        (str(kind.records_model._meta.verbose_name_plural), len(ids[name])) for name, kind in all_kinds().items()
        if name in ids
    ]  # fmt: skip
    photos = sum(all_kinds()[name].files.filter(record__in=pks).count() for name, pks in ids.items())
    events, remarks = Event.objects.filter(record__in=every), Remark.objects.filter(case__record__in=every)
    products = sum(run.good for run in _runs() if run.state == RunState.PUBLISHED)
    lines += [
        ("ảnh", photos), ("trạng thái và câu trả lời của cơ quan", events.count()),
        ("ghi nội bộ và giao việc", remarks.count()), ("tài khoản mẫu cùng máy của họ", len(accounts)),
        ("sản phẩm từ danh sách mẫu đã nhập", products),
    ]  # fmt: skip
    others = events.exclude(written_by__in=accounts).count() + remarks.exclude(by__in=accounts).count()
    return Stock(tuple(line for line in lines if line[1]), others)


def empty(by: User | None = None) -> list[str]:
    """Take it away; gives, in words, what stays. Raises NotWhole."""
    before = stock()
    told = _take_lists_back(by)
    with transaction.atomic():
        lock_clock(CLOCK)
        SampleOffice.objects.update(state=SampleOffice.State.EMPTIED)
        logged = _in_the_log()
        names = _remove_records()
        told += [f"Tài khoản {name} đã có người đặt mật khẩu để dùng nên được giữ lại." for name in _in_use()]
        told += _remove_accounts()
        Written.objects.all().delete()
        _remove_from_log(logged)
        if before.lines:
            gone = [(name, str(count), "") for name, count in before.lines]
            write(Group.SETTING, "Dọn văn phòng mẫu", changes=gone, by=by)
    _remove_files(names)
    return told


def _records() -> dict[str, list[UUID]]:
    kinds = all_kinds()
    found: dict[str, list[UUID]] = {}
    for what, key in Written.objects.filter(what__in=kinds).values_list("what", "key"):
        found.setdefault(what, []).append(UUID(key))
    return found


def _accounts() -> list[int]:
    """The accounts that are still the sample's own."""
    written = [int(key) for key in Written.objects.filter(what=Written.ACCOUNT).values_list("key", flat=True)]
    marks = set(Written.objects.filter(what=Written.PASSWORD).values_list("key", flat=True))
    found = User.objects.filter(pk__in=written).values_list("pk", "password")
    return [pk for pk, password in found if not marks or mark_of(password) in marks]


def _in_use() -> list[str]:
    """The names of the others, to which somebody has given a password."""
    written = [int(key) for key in Written.objects.filter(what=Written.ACCOUNT).values_list("key", flat=True)]
    theirs = User.objects.filter(pk__in=written).exclude(pk__in=_accounts())
    return list(theirs.order_by("username").values_list("username", flat=True))


def _runs() -> list[ImportRun]:
    keys = Written.objects.filter(what=Written.IMPORT).values_list("key", flat=True)
    return list(ImportRun.objects.filter(pk__in=[UUID(key) for key in keys]))


def _take_lists_back(by: User | None) -> list[str]:
    told = []
    for run in _runs():
        running.settle(run)
        if run.at_work:
            raise NotWhole
        if run.state == RunState.PUBLISHED:
            running.begin_undoing(run, by, here=True)
            if run.state != RunState.UNDONE:
                raise NotWhole
        if kept := run.rows.filter(kept=True).count():
            told.append(f"{kept} sản phẩm trong danh sách mẫu đã có người sửa nên được giữ lại.")
            continue
        run.delete()
        if not ImportRun.objects.filter(sha256=run.sha256).exists():
            default_storage.delete(run.path)
    return told


def _remove_records() -> set[str]:
    """Remove the records with all that hangs on them; gives the names of their photos. The records' clock is locked."""
    names: set[str] = set()
    for what, ids in _records().items():
        kind = all_kinds()[what]
        names.update(kind.files.filter(record__in=ids).exclude(file="").values_list("file", flat=True))
        if what == "note":
            withdraw(ids)
        for model in (Event, Case, CountedRecord, Erasure, Link):
            model._default_manager.filter(kind=what, record__in=ids).delete()
        kind.records.filter(pk__in=ids).delete()
    return names


def _remove_accounts() -> list[str]:
    told = []
    for user in User.objects.filter(pk__in=_accounts()):
        borne = BorneName.objects.filter(user=user)
        try:
            with transaction.atomic():
                DeviceKey.objects.filter(user=user).delete()
                borne.delete()  # so that a sample may come again
                user.delete()
        except ProtectedError:
            User.objects.filter(pk=user.pk).update(is_active=False)
            told.append(f"Tài khoản {user.username} có trong việc khác nên được giữ lại và đã đóng.")
    return told


def _in_the_log() -> Q:
    """What the log says of the sample, but not what other people did: an administrator has closed an account."""
    accounts, ids = _accounts(), [pk for pks in _records().values() for pk in pks]
    written = Written.objects.filter(what=Written.IMPORT).values_list("key", flat=True)
    about = {
        "accounts.user": accounts,
        "accounts.devicesession": DeviceSession.objects.filter(user__in=accounts).values_list("pk", flat=True),
        "accounts.devicekey": DeviceKey.objects.filter(user__in=accounts).values_list("pk", flat=True),
        "records.event": Event.objects.filter(record__in=ids).values_list("pk", flat=True),
        "imports.importrun": written,
    }
    found = Q(by__in=accounts)
    for model, keys in about.items():
        found |= Q(model=model, key__in=[str(key) for key in keys], by=None)
    return found


def _remove_from_log(found: Q) -> None:
    # The log's own manager refuses to delete.
    QuerySet(Entry).filter(found)._raw_delete(using="default")


def _remove_files(names: set[str]) -> None:
    """Remove the photos that no record names any more."""
    for kind in all_kinds().values():
        names = names - set(kind.files.filter(file__in=names).values_list("file", flat=True))
    for name in sorted(names):
        copies.delete(name)
