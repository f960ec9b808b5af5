"""Edits the note that is being written, and keeps it on the disk. Independent of any screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from services.notes.content import Position
from services.notes.note import Draft, NoteInvalid
from services.notes.notebook import Notebook
from services.notes.photos import BadPicture
from services.records.files import Photo
from services.storage.store import StoreWriteError
from services.subscriptions import Subscriptions, Unsubscribe
from views.notes.autosave import Autosave

Locate = Callable[[], Awaitable[Position | None]]
"""Gives the place where the device is, as notes have it, or None where it is not available."""


class NoteEditor:
    """Applies what the person does to a draft, and saves it. Used on one event loop.

    `draft` is the note as it is now, saved or not; `busy` is true while something takes time. `tell` is called with the
    code of each problem.
    """

    def __init__(self, draft: Draft, notebook: Notebook, tell: Callable[[str], None]) -> None:
        self.draft = draft
        self.busy = False
        self._notebook = notebook
        self._tell = tell
        self._keep = Autosave(lambda: notebook.save_draft(self.draft), lambda _error: tell("not_saved"))
        self._changed = Subscriptions()

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` when `draft` or `busy` has changed, except by typing, which is on the screen already."""
        return self._changed.add(callback)

    def type(self, text: str) -> None:
        """Take over the content of the text field; saved soon."""
        self.draft = replace(self.draft, text=text)
        self._keep.touch()

    def take_out(self, text: str, scan: str) -> str | None:
        """Remove from `text` the code that a handheld scanner typed into it, and keep the rest; None: not there."""
        start = text.rfind(scan)
        if start < 0:
            return None
        rest = (text[:start] + text[start + len(scan) :]).rstrip("\n")
        self._change(replace(self.draft, text=rest))
        return rest

    def choose(self, outcome: str) -> None:
        """Take over what the person found, an Outcome; saved soon."""
        self._change(replace(self.draft, outcome=outcome))

    async def add_place(self, locate: Locate) -> bool:
        """Add the place where the device is; saved soon. False where the place is not available."""
        with self._busy():
            found = await locate()
        self._change(replace(self.draft, place=found))
        return found is not None

    def remove_place(self) -> None:
        """Remove the place; saved soon."""
        self._change(replace(self.draft, place=None))

    async def add_photos(self, pictures: Sequence[bytes]) -> None:
        """Store pictures and add them, up to the first that fails; the problem is told."""
        with self._busy(), self._telling():
            await self._keep.flush()
            for picture in pictures:
                self._take_photos_of(await asyncio.to_thread(self._notebook.add_photo, self.draft.id, picture))

    async def remove_photo(self, photo: Photo) -> None:
        """Take a photo out of the note and off the disk. Raises StoreWriteError."""
        await self._keep.flush()
        self._take_photos_of(await asyncio.to_thread(self._notebook.remove_photo, self.draft.id, photo.sha256))
        self._changed.notify()

    async def sign(self, *, account: str | None, device: str, clock_offset: int | None) -> bool:
        """Make the note final. False where that is not possible; the problem is told.

        Raises DraftClosed where there is no such draft any more: it was signed or discarded just before.
        """
        with self._busy(), self._telling() as told:
            await self._keep.flush()
            self._keep.drop()
            await asyncio.to_thread(
                self._notebook.sign,
                self.draft.id,
                account=account,
                device=device,
                now=datetime.now(UTC),
                clock_offset=clock_offset,
            )
        return not told

    async def discard(self) -> None:
        """Remove the draft with its photos from the disk. Raises StoreWriteError."""
        self._keep.drop()
        await asyncio.to_thread(self._notebook.discard_draft, self.draft.id)

    def leave(self) -> None:
        """Save what is not saved yet, without waiting for it, since the screen is going away."""
        self._keep.leave()

    def _change(self, draft: Draft) -> None:
        self.draft = draft
        self._keep.touch()
        self._changed.notify()

    def _take_photos_of(self, stored: Draft) -> None:
        """Take over only the photos, since text may have been typed while they were being stored."""
        self.draft = replace(self.draft, photos=stored.photos)

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
    def _telling(self) -> Iterator[list[str]]:
        """Tell problems that the person can solve, and go on; gives the codes of the problems told."""
        told: list[str] = []
        try:
            yield told
        except (BadPicture, NoteInvalid) as error:
            told.append(error.reason)
        except StoreWriteError:
            told.append("not_saved")
        for code in told:
            self._tell(code)
