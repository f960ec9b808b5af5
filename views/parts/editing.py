"""What all editors of drafts do alike: saving while one writes, photos, and what the screen is told of it.

Independent of any screen, and used on one event loop.
"""

from __future__ import annotations

import asyncio
import contextvars
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Generic, TypeVar

from services.answers.answer import AnswerInvalid
from services.answers.answer_book import AnswerClosed
from services.notes.note import DraftClosed, NoteInvalid
from services.notes.photos import BadPicture
from services.reports.report import ReportInvalid
from services.reports.report_book import ReportClosed
from services.rounds.checks import RoundClosed, RoundInvalid
from services.storage.store import StoreWriteError
from services.subscriptions import Subscriptions, Unsubscribe
from views.parts.autosave import Autosave
from views.parts.picture_file import PictureFile, Rejected

D = TypeVar("D")

INVALID = (BadPicture, NoteInvalid, ReportInvalid, RoundInvalid, AnswerInvalid)
"""What books raise for what their server would refuse; it has a `reason`, a problem's code."""

CLOSED = (DraftClosed, ReportClosed, RoundClosed, AnswerClosed)
"""What they raise where there is no such draft any more."""


def without_scan(text: str, scan: str) -> str | None:
    """A field's text without the code that a handheld scanner typed into it; None where it is not there."""
    start = text.rfind(scan)
    return None if start < 0 else (text[:start] + text[start + len(scan) :]).rstrip("\n")


class DraftEditor(ABC, Generic[D]):
    """Saves what the person does to a draft.

    `draft` is as it is now, saved or not; `busy` is true while something takes time. `rewritten`: words were taken in
    that the fields do not show yet. `gone`: it was finished or discarded elsewhere. `tell` is called with the code of
    each problem.
    """

    def __init__(self, draft: D, tell: Callable[[str], None]) -> None:
        self.draft = draft
        self.busy = False
        self.rewritten = False
        self.gone = False
        self._tell = tell
        self._keep = Autosave(self._save, self._not_saved)
        self._changed = Subscriptions()
        self._loop = asyncio.get_running_loop()
        # A screen is drawn in the context in which its change is made, and other windows have contexts of their own.
        self._here = contextvars.copy_context()
        self._hearing: asyncio.Task[None] | None = None
        self._told = False
        self._unsubscribe: Unsubscribe = lambda: None

    @abstractmethod
    def _save(self) -> None:
        """Save the draft; runs in a thread, while it is this editor's turn."""

    @abstractmethod
    def _photos(self) -> Sequence[object]:
        """The draft's photos."""

    @abstractmethod
    def _store_photo(self, picture: bytes) -> D:
        """Store a picture and give the draft with it; runs in a thread."""

    @abstractmethod
    def _take_photos_of(self, stored: D) -> None:
        """Take over only the photos, since something may have been typed while they were being stored."""

    @abstractmethod
    def _close(self) -> None:
        """Stop, because the draft was finished or discarded elsewhere."""

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` when the screen has to be drawn anew; typing is on the screen already."""
        return self._changed.add(callback)

    def leave(self) -> None:
        """Save what is not saved yet, without waiting for it, since the screen is going away."""
        self._unsubscribe()
        self._keep.leave()

    def _listen(self, subscribe: Callable[[Callable[[], None]], Unsubscribe]) -> None:
        """Look at the draft (`_hear`) whenever its book has changed, until the screen goes away."""
        self._unsubscribe = subscribe(self._notice)

    async def _hear(self) -> None:
        """Take over what was done to the draft elsewhere."""

    def _notice(self) -> None:
        """Hear of a change, in the thread that made it."""
        with suppress(RuntimeError):  # the loop has ended, and the screen with it
            self._loop.call_soon_threadsafe(self._hear_soon, context=self._here)

    def _hear_soon(self) -> None:
        self._told = True
        if self._hearing is None or self._hearing.done():
            self._hearing = self._loop.create_task(self._hear_all())

    async def _hear_all(self) -> None:
        while self._told:  # repeated if something changed while the draft was being looked at
            self._told = False
            await self._hear()

    async def add_photos(self, pictures: Sequence[PictureFile]) -> list[Rejected]:
        """Store pictures and add them; returns those that are not added, each with its reason."""
        with self._busy():
            with self._problems() as unsaved:
                await self._keep.flush()
            if unsaved:  # what cannot keep the words would not keep a photo either
                return [Rejected(picture.name, unsaved[0]) for picture in pictures]
            found = [(picture, await self._add_photo(picture)) for picture in pictures]
        return [Rejected(picture.name, problem) for picture, problem in found if problem]

    async def _add_photo(self, picture: PictureFile) -> str | None:
        """Add one; the code of the problem, or None."""
        if picture.content is None:
            return "file_unreadable"
        before = self._photos()
        with self._problems() as found:
            self._take_photos_of(await asyncio.to_thread(self._store_photo, picture.content))
            if self._photos() == before:
                return "photo_there_already"
        return found[0] if found else None

    def _not_saved(self, error: Exception) -> None:
        if isinstance(error, CLOSED):
            self._close()
        else:
            self._tell("not_saved" if isinstance(error, StoreWriteError) else "internal")

    @contextmanager
    def _busy(self) -> Iterator[None]:
        self.busy = True
        self._changed.notify()
        try:
            yield
        finally:
            self.busy = False
            self._changed.notify()

    @contextmanager
    def _problems(self, *, when_closed: bool = True) -> Iterator[list[str]]:
        """Catch problems that the person can solve; gives their codes.

        The editor lets go of a draft that is closed; not `when_closed`: the caller is told.
        """
        found: list[str] = []
        try:
            yield found
        except INVALID as error:
            found.append(error.reason)
        except StoreWriteError:
            found.append("not_saved")
        except CLOSED:
            if not when_closed:
                raise
            self._close()


class MergingEditor(DraftEditor[D]):
    """An editor that takes over at each save what another window wrote to the same draft meanwhile."""

    def __init__(self, draft: D, tell: Callable[[str], None]) -> None:
        super().__init__(draft, tell)
        self._known = draft  # as stored, when last heard of

    @abstractmethod
    def _store(self, draft: D, base: D) -> D:
        """Save what changed since `base`, and give the draft as it is stored now; runs in a thread."""

    @abstractmethod
    def _merged(self, base: D, mine: D, stored: D) -> D:
        """The stored draft with what is mine since `base`."""

    @abstractmethod
    def _says(self, draft: D) -> object:
        """What a person writes and chooses in the draft; photos aside."""

    def _save(self) -> None:
        mine = self.draft
        saved = self._known = self._store(mine, self._known)
        if self._says(saved) != self._says(mine):
            # Runs before this turn ends, since the loop takes calls in their order.
            self._loop.call_soon_threadsafe(self._take_over, mine, saved)

    def _take_over(self, base: D, saved: D) -> None:
        """Show what another window wrote, beside what was typed here since."""
        self.draft, self.rewritten = self._merged(base, self.draft, saved), True
        if self._says(self.draft) != self._says(saved):
            self._keep.touch()
        self._changed.notify()

    def _close(self) -> None:
        self._keep.drop()
        self.gone = True
        self._changed.notify()
