"""Does an import's long work in the background: with progress, a way to stop it, and a true word after a crash.

The work goes through the queue (`background`). Work that ends with its process leaves the register as it was, since it
writes there in one transaction. Whoever looks at the import next finds that nobody works on it (`settle`), and it may
be begun again.
"""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks import task

from background.processes import this_process
from background.work import QUEUED, Cancelled, Progress, Stopping, wait_shortly
from imports import preview, publishing, undoing
from imports.cells import Unreadable
from imports.known import register_state
from imports.models import AT_WORK, ImportRun, RunState
from imports.words import told

logger = logging.getLogger(__name__)
_TRIES = 5
_BUSY = "Sổ đăng ký đang được sửa liên tục. Chưa nhập gì, hãy thử lại."
_BEFORE = {
    RunState.READING: RunState.CANCELLED,
    RunState.PUBLISHING: RunState.PREVIEW,
    RunState.UNDOING: RunState.PUBLISHED,
}
"""Where an import stands again whose work was stopped."""
_STOPPED = "Đã dừng theo yêu cầu. Sổ đăng ký không đổi."


def begin_reading(run: ImportRun, *, here: bool = False) -> bool:
    """Read the file and make the preview. With `here` this process does the work, and it is over afterwards."""
    over = (RunState.READING, RunState.ASKING, RunState.PREVIEW, RunState.FAILED, RunState.CANCELLED)
    return _begin(run, over, RunState.READING, here)


def begin_publishing(run: ImportRun, by: Any, *, here: bool = False) -> bool:
    """Publish the good rows."""
    return _begin(run, (RunState.PREVIEW,), RunState.PUBLISHING, here, published_by=by)


def begin_undoing(run: ImportRun, by: Any, *, here: bool = False) -> bool:
    """Take the import back."""
    return _begin(run, (RunState.PUBLISHED,), RunState.UNDOING, here, undone_by=by)


def cancel(run: ImportRun) -> None:
    """Ask the work to stop; what is being written at this moment is written whole."""
    waiting = ImportRun.objects.filter(pk=run.pk, state=run.state, worker=QUEUED)
    if run.at_work and waiting.update(state=_BEFORE[RunState(run.state)], told=_STOPPED, worker=""):
        return
    ImportRun.objects.filter(pk=run.pk, state__in=AT_WORK).update(cancelling=True)


def settle(run: ImportRun) -> None:
    """Where the process that worked on the import is gone, say so, and let the work be begun again."""
    if run.at_work and run.is_left:
        _say_left(run)


def _say_left(run: ImportRun) -> None:
    state, text = {
        RunState.READING: (RunState.FAILED, "Máy chủ dừng khi đang đọc tệp. Chưa nhập gì. Bấm Đọc lại để làm tiếp."),
        RunState.PUBLISHING: (RunState.PREVIEW, "Máy chủ dừng khi đang nhập. Chưa dòng nào được nhập, hãy nhập lại."),
        RunState.UNDOING: (RunState.PUBLISHED, "Máy chủ dừng khi đang hoàn tác. Chưa hoàn tác gì."),
    }[RunState(run.state)]
    found = ImportRun.objects.filter(pk=run.pk, state=run.state, worker=run.worker)
    found.update(state=state, told=text, worker="")
    run.refresh_from_db()


def _begin(run: ImportRun, over: tuple[RunState, ...], state: RunState, here: bool, **said: Any) -> bool:
    """Put the import's work into the queue, unless somebody else has just done so, and wait for a short one."""
    here = here or bool(getattr(settings, "IMPORTS_INLINE", False))
    free = ImportRun.objects.filter(pk=run.pk, state__in=over).exclude(state__in=AT_WORK, worker__gt="")
    fields = {"state": state, "worker": QUEUED, "beat_at": timezone.now(), "cancelling": False, "done": 0, "told": ""}
    with transaction.atomic():
        if not free.update(**fields, **said):
            return False
        if not here:
            do_import.enqueue(str(run.pk))
    if here:
        _take_up(str(run.pk))
    wait_shortly(run)
    return True


@task
def do_import(run_id: str) -> None:
    """The import's work, where nobody has taken it up or stopped it meanwhile. A second try finds that somebody has."""
    # What this process is said to do, it has left: it does one task at a time, and the database was away at the end.
    for run in ImportRun.objects.filter(pk=run_id, state__in=AT_WORK, worker=this_process()):
        _say_left(run)
    _take_up(run_id)


def _take_up(run_id: str) -> None:
    waiting = ImportRun.objects.filter(pk=run_id, state__in=AT_WORK, worker=QUEUED)
    if waiting.update(worker=this_process(), beat_at=timezone.now()):
        _work(ImportRun.objects.get(pk=run_id))


def _work(run: ImportRun) -> None:
    mine = ImportRun.objects.filter(pk=run.pk, worker=this_process())
    begun = RunState(run.state)
    work = {RunState.READING: preview.make, RunState.PUBLISHING: _publish, RunState.UNDOING: _undo}[begun]
    try:
        state = work(run, Progress(run))
    except (Cancelled, publishing.TakenAway):
        mine.update(state=_BEFORE[begun], told=_STOPPED, worker="")
    except Stopping:
        with transaction.atomic():
            mine.update(worker=QUEUED, done=0)
            do_import.enqueue(str(run.pk))
    except Unreadable as refused:
        mine.update(state=RunState.FAILED, told=told(refused.problem), worker="")
    except Exception:
        logger.exception("import failed", extra={"fields": {"import": str(run.pk), "state": run.state}})
        text = "Có lỗi ở máy chủ. Sổ đăng ký không đổi. Hãy thử lại, hoặc báo cho quản trị viên."
        failed = RunState.FAILED if begun == RunState.READING else _BEFORE[begun]
        mine.update(state=failed, told=text, worker="")
    else:
        mine.update(state=state, worker="")


def _publish(run: ImportRun, progress: Progress) -> RunState:
    for _ in range(_TRIES):
        seen = register_state()
        if seen != run.seen and (differ := preview.judge_again(run, progress)):
            text = f"Sổ đăng ký đã đổi từ lúc xem trước: {differ} dòng có kết quả khác. Chưa nhập gì, hãy xem lại."
            ImportRun.objects.filter(pk=run.pk).update(told=text)
            return RunState.PREVIEW
        seen = run.seen
        prepared = publishing.prepare(run, progress)
        publishing.keep_taken(prepared.rows, progress)
        try:
            seconds = publishing.write(run, prepared, seen)
        except (publishing.RegisterChanged, IntegrityError):
            continue
        fields = {"import": str(run.pk), "rows": len(prepared.rows), "locked": round(seconds, 3)}
        logger.info("import published", extra={"fields": fields})
        return RunState.PUBLISHED
    ImportRun.objects.filter(pk=run.pk).update(told=_BUSY)
    return RunState.PREVIEW


def _undo(run: ImportRun, progress: Progress) -> RunState:
    for _ in range(_TRIES):
        try:
            back, stay, _seconds = undoing.undo(run, progress)
        except (publishing.RegisterChanged, IntegrityError):  # a link or picture moves no cursor
            continue
        text = f"Đã hoàn tác {back} dòng." + (
            f" {stay} dòng đã có người sửa sau khi nhập nên giữ nguyên." if stay else ""
        )
        ImportRun.objects.filter(pk=run.pk).update(told=text)
        return RunState.UNDONE
    ImportRun.objects.filter(pk=run.pk).update(told=_BUSY.replace("nhập", "hoàn tác"))
    return RunState.PUBLISHED
