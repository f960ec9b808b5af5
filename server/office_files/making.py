"""Makes files in the background. A worker that is killed leaves no file, and another makes it anew.

The bytes are written aside and get a name in the store that only this try has. The row names them once all of them are
there, so nobody is ever given half a file; what a killed try has left in the store is removed later (`forgetting`).
"""

from __future__ import annotations

import logging
import secrets
import tempfile
from collections.abc import Mapping
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from background.processes import this_process
from background.work import QUEUED, Cancelled, Progress, Stopping, wait_shortly
from office_files.kinds import FileKind, NotMade, Tell, all_kinds
from office_files.models import FileState, OfficeFile
from records.storage import PhotosUnavailable

logger = logging.getLogger(__name__)

FOLDER = "made"
MOST_WAITING = 5
"""Files that one person may wait for at a time."""
BEFORE_IMPORTS = 10
"""A person waits for a file of seconds, and should not wait for somebody's import of minutes."""
_STOPPED = "Đã dừng theo yêu cầu. Chưa có tệp nào."
_NO_RIGHT = "Tài khoản không còn quyền nhận tệp này."
_AWAY = "Máy chủ chưa giữ được tệp lúc này. Hãy làm lại sau ít phút."
_FAULT = "Có lỗi ở máy chủ nên chưa có tệp. Hãy làm lại, hoặc báo cho quản trị viên."
_LEFT = "Máy chủ dừng khi đang làm tệp. Hãy làm lại."


def begin(kind: FileKind, title: str, name: str, asked: Mapping[str, Any], total: int, by: User) -> OfficeFile | None:
    """Put the making of a file into the queue, and wait for a short one; None where the person waits for many."""
    with transaction.atomic():
        if _waits_for_many(by):
            return None
        file = OfficeFile.objects.create(
            by=by, kind=kind.name, title=title[:200], name=name, asked=asked, total=total, worker=QUEUED,
            beat_at=timezone.now(),
        )  # fmt: skip
        _enqueue(file)
    wait_shortly(file)
    return file


def again(file: OfficeFile) -> bool:
    """Make a file that was stopped or has failed once more; False where the person waits for many."""
    over = OfficeFile.objects.filter(pk=file.pk, state__in=[FileState.CANCELLED, FileState.FAILED])
    with transaction.atomic():
        if _waits_for_many(file.by):
            return False
        if over.update(
            state=FileState.MAKING, worker=QUEUED, beat_at=timezone.now(), done=0, cancelling=False, told=""
        ):
            _enqueue(file)
    wait_shortly(file)
    return True


def cancel(file: OfficeFile) -> None:
    """Ask the making to stop."""
    making = OfficeFile.objects.filter(pk=file.pk, state=FileState.MAKING)
    if not making.filter(worker=QUEUED).update(state=FileState.CANCELLED, worker="", told=_STOPPED):
        making.update(cancelling=True)


def settle(file: OfficeFile) -> None:
    """Where the worker is gone and the queue gives the file to no other, say so, and let it be made once more."""
    # A server that is the queue's process as well may have left it itself, as the database was away at its end.
    if not file.at_work or not (file.is_left or (file.worker == this_process() and file.is_silent)):
        return
    if DBTaskResult.objects.filter(pk__in=[file.task], finished_at=None).exists():
        return  # it is taken up again
    found = OfficeFile.objects.filter(pk=file.pk, state=FileState.MAKING, worker=file.worker)
    stopped = file.cancelling
    found.update(
        state=FileState.CANCELLED if stopped else FileState.FAILED, told=_STOPPED if stopped else _LEFT, worker=""
    )
    file.refresh_from_db()


def write_into(kind: FileKind, asked: Mapping[str, Any], by: User, tell: Tell, into: IO[bytes]) -> None:
    """Write a file with the rights that the account has now. Raises NotMade and what `tell` raises."""
    if not kind.may(by):
        raise NotMade(_NO_RIGHT)
    kind.make(asked, by, tell, into)


@task(priority=BEFORE_IMPORTS)
def make_file(file_id: str) -> None:
    """Make the file, unless it was stopped or another does so. After a kill, it is made anew."""
    file = OfficeFile.objects.filter(pk=file_id, state=FileState.MAKING).select_related("by").first()
    # What this process is said to do, it has left: it does one task at a time.
    if file is None or not (file.is_queued or file.is_left or file.worker == this_process()):
        return
    if file.cancelling:
        OfficeFile.objects.filter(pk=file_id, worker=file.worker).update(
            state=FileState.CANCELLED, told=_STOPPED, worker=""
        )
        return
    free = OfficeFile.objects.filter(pk=file_id, state=FileState.MAKING, worker=file.worker)
    if free.update(worker=this_process(), beat_at=timezone.now(), done=0):
        _make(file)


def _waits_for_many(by: User) -> bool:
    """Whether a person waits for as many files as may be. The next who asks so waits until the transaction ends."""
    User.objects.select_for_update().get(pk=by.pk)
    return OfficeFile.objects.filter(by=by, state=FileState.MAKING).count() >= MOST_WAITING


def _enqueue(file: OfficeFile) -> None:
    OfficeFile.objects.filter(pk=file.pk).update(task=make_file.enqueue(str(file.pk)).id)


def _keep(mine: QuerySet[OfficeFile], file: OfficeFile, written: IO[bytes]) -> None:
    """Keep the bytes, and let the row name them. Raises Cancelled where nobody waits for them any more."""
    size = written.seek(0, 2)
    written.seek(0)
    name = default_storage.save(f"{FOLDER}/{file.pk}-{secrets.token_hex(4)}", File(written))
    ready = {"state": FileState.READY, "file": name, "size": size, "done": file.total, "made_at": timezone.now()}
    if not mine.update(**ready, worker=""):
        default_storage.delete(name)
        raise Cancelled


def _make(file: OfficeFile) -> None:
    mine = OfficeFile.objects.filter(pk=file.pk, worker=this_process(), state=FileState.MAKING)
    try:
        with tempfile.TemporaryFile() as written:
            write_into(all_kinds()[file.kind], file.asked, file.by, Progress(file), written)
            _keep(mine.filter(cancelling=False), file, written)
    except Cancelled:
        mine.update(state=FileState.CANCELLED, told=_STOPPED, worker="")
    except Stopping:
        with transaction.atomic():
            if mine.update(worker=QUEUED, done=0):
                _enqueue(file)
    except NotMade as told:
        mine.update(state=FileState.FAILED, told=str(told), worker="")
    except (PhotosUnavailable, OSError, OperationalError, InterfaceError):
        logger.warning("file_not_made", exc_info=True, extra={"fields": {"file": str(file.pk), "kind": file.kind}})
        mine.update(state=FileState.FAILED, told=_AWAY, worker="")
    except Exception:
        logger.exception("file_not_made", extra={"fields": {"file": str(file.pk), "kind": file.kind}})
        mine.update(state=FileState.FAILED, told=_FAULT, worker="")
