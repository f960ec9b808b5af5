"""Does an import's long work in the background: with progress, a way to stop it, and a true word after a crash.

Work that ends with its process leaves the register as it was, since it writes there in one transaction. Whoever looks
at the import next finds that nobody works on it (`settle`), and it may be begun again.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone

from imports import preview, publishing, undoing
from imports.cells import Unreadable
from imports.known import register_state
from imports.models import AT_WORK, ImportRun, RunState
from imports.words import told

logger = logging.getLogger(__name__)
_HERE = f"{socket.gethostname()}:{os.getpid()}:"
WORKER = _HERE + secrets.token_hex(4)
SILENT = timedelta(seconds=90)
"""Work of another machine that has said nothing for so long is over."""
SHORT = 1.0
_TRIES = 5
_BUSY = "Sổ đăng ký đang được sửa liên tục. Chưa nhập gì, hãy thử lại."


class Cancelled(Exception):
    """The person wants the work to stop."""


class Progress:
    """Tells how far the work is, at most twice a second, and raises Cancelled when it should stop."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run.pk
        self._next = 0.0

    def __call__(self, done: int) -> None:
        """Rows done so far."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 0.5
        mine = ImportRun.objects.filter(pk=self._run, worker=WORKER, cancelling=False)
        if not mine.update(done=done, beat_at=timezone.now()):
            raise Cancelled


def begin_reading(run: ImportRun) -> bool:
    """Read the file and make the preview."""
    over = (RunState.READING, RunState.ASKING, RunState.PREVIEW, RunState.FAILED, RunState.CANCELLED)
    return _begin(run, over, RunState.READING, preview.make)


def begin_publishing(run: ImportRun, by: Any) -> bool:
    """Publish the good rows."""
    return _begin(run, (RunState.PREVIEW,), RunState.PUBLISHING, _publish, published_by=by)


def begin_undoing(run: ImportRun, by: Any) -> bool:
    """Take the import back."""
    return _begin(run, (RunState.PUBLISHED,), RunState.UNDOING, _undo, undone_by=by)


def wait(run: ImportRun, longest: float = 120.0) -> None:
    """Wait until its work is over, or so many seconds; then the run tells how it stands."""
    ends = time.monotonic() + longest
    run.refresh_from_db()
    while run.at_work and time.monotonic() < ends:
        time.sleep(0.05)
        run.refresh_from_db()


def cancel(run: ImportRun) -> None:
    """Ask the work to stop; what is being written at this moment is written whole."""
    ImportRun.objects.filter(pk=run.pk, state__in=AT_WORK).update(cancelling=True)


def settle(run: ImportRun) -> None:
    """Where the process that worked on the import is gone, say so, and let the work be begun again."""
    if not run.at_work or not _is_gone(run):
        return
    state, text = {
        RunState.READING: (RunState.FAILED, "Máy chủ dừng khi đang đọc tệp. Chưa nhập gì. Bấm Đọc lại để làm tiếp."),
        RunState.PUBLISHING: (RunState.PREVIEW, "Máy chủ dừng khi đang nhập. Chưa dòng nào được nhập, hãy nhập lại."),
        RunState.UNDOING: (RunState.PUBLISHED, "Máy chủ dừng khi đang hoàn tác. Chưa hoàn tác gì."),
    }[RunState(run.state)]
    found = ImportRun.objects.filter(pk=run.pk, state=run.state, worker=run.worker)
    found.update(state=state, told=text, worker="")
    run.refresh_from_db()


def _is_gone(run: ImportRun) -> bool:
    machine, process, _ = run.worker.rsplit(":", 2) if run.worker.count(":") >= 2 else ("", "", "")
    if run.worker == WORKER:
        return not any(thread.name == _thread_name(run) for thread in threading.enumerate())
    if machine == socket.gethostname() and (process == str(os.getpid()) or not _lives(process)):
        return True
    return run.beat_at is None or timezone.now() - run.beat_at > SILENT


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _inline() -> bool:
    return bool(getattr(settings, "IMPORTS_INLINE", False))


def _thread_name(run: ImportRun) -> str:
    return f"import-{run.pk}"


def _begin(
    run: ImportRun, over: tuple[RunState, ...], state: RunState, work: Callable[[ImportRun, Progress], RunState],
    **said: Any,
) -> bool:  # fmt: skip
    """Take the import for this process, unless somebody else has just done so, and begin."""
    free = ImportRun.objects.filter(pk=run.pk, state__in=over).exclude(state__in=AT_WORK, worker__gt="")
    before = run.state
    fields = {"state": state, "worker": WORKER, "beat_at": timezone.now(), "cancelling": False, "done": 0, "told": ""}
    if not free.update(**fields, **said):
        return False
    run.refresh_from_db()
    if _inline():
        _work(run, before, work)
    else:
        thread = threading.Thread(target=_in_thread, args=(run, before, work), name=_thread_name(run), daemon=True)
        thread.start()
        thread.join(SHORT)  # a short list is done before its page is drawn
    return True


def _in_thread(run: ImportRun, before: str, work: Callable[[ImportRun, Progress], RunState]) -> None:
    try:
        _work(run, before, work)
    finally:
        connection.close()


def _work(run: ImportRun, before: str, work: Callable[[ImportRun, Progress], RunState]) -> None:
    mine = ImportRun.objects.filter(pk=run.pk, worker=WORKER)
    is_reading = run.state == RunState.READING
    try:
        state = work(run, Progress(run))
    except Cancelled:
        was = before if not is_reading else RunState.CANCELLED
        mine.update(state=was, told="Đã dừng theo yêu cầu. Sổ đăng ký không đổi.", worker="")
    except Unreadable as refused:
        mine.update(state=RunState.FAILED, told=told(refused.problem), worker="")
    except Exception:
        logger.exception("import failed", extra={"fields": {"import": str(run.pk), "state": run.state}})
        text = "Có lỗi ở máy chủ. Sổ đăng ký không đổi. Hãy thử lại, hoặc báo cho quản trị viên."
        mine.update(state=RunState.FAILED if is_reading else before, told=text, worker="")
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
