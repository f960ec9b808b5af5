"""Edits the note that is being written, and keeps it on the disk. Independent of any screen.

One draft may be open in several windows. Each takes over what the others save, so that all show the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from services.accounts.viewer import Viewer
from services.notes.content import Position
from services.notes.merging import merge, says_the_same
from services.notes.note import Draft
from services.notes.notebook import Notebook
from services.records.files import Photo
from services.storage.store import StoreWriteError
from services.texts import normal
from views.parts.editing import DraftEditor, without_scan

Locate = Callable[[], Awaitable[Position | None]]
"""Gives the place where the device is, as notes have it, or None where it is not available."""


class NoteEditor(DraftEditor[Draft]):
    """Applies what the person does to a draft, and saves it.

    `shared`: another window writes to the draft as well. Once it is `gone`, `moved_to` is the draft that keeps what was
    not saved here, if anything was not.
    """

    def __init__(self, draft: Draft, notebook: Notebook, tell: Callable[[str], None]) -> None:
        super().__init__(draft, tell)
        self.shared = False
        self.moved_to: str | None = None
        self._known = draft  # as stored, when last heard of
        self._notebook = notebook
        self._closing = False
        self._listen(notebook.subscribe)

    def type(self, text: str) -> None:
        """Take over the content of the text field; saved soon."""
        self.draft = replace(self.draft, text=normal(text))
        self._keep.touch()

    def take_out(self, text: str, scan: str) -> str | None:
        """Remove from `text` the code that a handheld scanner typed into it, and keep the rest; None: not there."""
        rest = without_scan(text, scan)
        if rest is not None:
            self._change(replace(self.draft, text=normal(rest)))
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

    async def remove_photo(self, photo: Photo) -> None:
        """Take a photo out of the note and off the disk. Raises StoreWriteError."""
        await self._keep.flush()
        self._take_photos_of(await asyncio.to_thread(self._notebook.remove_photo, self.draft.id, photo.sha256))
        self._changed.notify()

    async def sign(
        self, *, account: str | None, device: str, clock_offset: int | None, viewer: Viewer | None = None
    ) -> bool:
        """Make the note final. False where that is not possible; the problem is told.

        `account` is the name that the note carries, `viewer` whose note it is. What another window wrote and nobody has
        seen here is shown first. Raises DraftClosed where there is no such draft any more: it was signed or discarded
        just before.
        """
        seen = self.draft
        with self._busy(), self._problems(when_closed=False) as found:
            await self._keep.flush()
            if not says_the_same(seen, self.draft):
                return False
            self._keep.drop()
            self._closing = True
            try:
                await asyncio.to_thread(
                    self._notebook.sign,
                    self.draft.id,
                    account=account,
                    device=device,
                    now=datetime.now(UTC),
                    clock_offset=clock_offset,
                    viewer=viewer,
                )
            except Exception:
                self._closing = False
                raise
        for problem in found:
            self._tell(problem)
        return not found

    async def discard(self) -> None:
        """Remove the draft with its photos from the disk. Raises StoreWriteError."""
        self._keep.drop()
        self._closing = True
        try:
            await asyncio.to_thread(self._notebook.discard_draft, self.draft.id)
        except StoreWriteError:
            self._closing = False
            raise

    def _change(self, draft: Draft) -> None:
        self.draft = draft
        self._keep.touch()
        self._changed.notify()

    def _photos(self) -> Sequence[object]:
        return self.draft.photos

    def _store_photo(self, picture: bytes) -> Draft:
        return self._notebook.add_photo(self.draft.id, picture)

    def _take_photos_of(self, stored: Draft) -> None:
        self.draft = replace(self.draft, photos=stored.photos)

    # Other windows

    def _save(self) -> None:
        """Save the draft beside what another window wrote; runs in a thread, while it is this editor's turn."""
        base, mine = self._known, self.draft
        saved = self._notebook.save_draft(mine, base)
        self._known = saved
        if not says_the_same(mine, saved):
            # Runs before this turn ends, since the loop takes calls in their order.
            self._loop.call_soon_threadsafe(self._take, mine, saved, mine.text not in (base.text, saved.text))

    def _close(self) -> None:
        self._hear_soon()

    async def _hear(self) -> None:
        """Take over what was done to the draft elsewhere."""
        async with self._keep.turn:
            if self._closing or self.gone:
                return
            stored = await asyncio.to_thread(self._notebook.draft, self.draft.id)
            if stored is None:
                await self._let_go()
                return
            base, self._known = self._known, stored
            # While busy, this editor may be adding photos itself.
            if not says_the_same(base, stored) or (stored.photos != self.draft.photos and not self.busy):
                self._take(base, stored, self.draft.text not in (base.text, stored.text) and stored.text != base.text)

    def _take(self, base: Draft, stored: Draft, both_wrote: bool) -> None:
        """Merge what is stored into what is on the screen."""
        mine, self.draft = self.draft, merge(base, self.draft, stored)
        self.shared = self.shared or not says_the_same(mine, self.draft)
        self.rewritten = self.rewritten or mine.text != self.draft.text
        if both_wrote:
            self._tell("both_texts_kept")
        if not says_the_same(self.draft, stored):
            self._keep.touch()
        self._changed.notify()

    async def _let_go(self) -> None:
        """Stop, because the draft was signed or discarded elsewhere; what was not saved goes into a new draft."""
        if self._closing:  # here, meanwhile
            return
        self._keep.drop()
        if not says_the_same(self.draft, self._known):
            with self._problems() as found:
                self.moved_to = await asyncio.to_thread(self._begin_anew)
            for problem in found:
                self._tell(problem)
        self.gone = True
        self._changed.notify()

    def _begin_anew(self) -> str:
        """Put what was not saved into a correction of the signed note, or else into a new draft; returns its id."""
        mine, notebook = self.draft, self._notebook
        if notebook.note(mine.id) is None:
            kept = ("code", "verdict", "product_name", "outcome", "text", "place", "supersedes", "account")
            return notebook.new_draft(**{name: getattr(mine, name) for name in kept}).id
        begun = notebook.correct(mine.id, account=mine.account)
        here = replace(begun, text=mine.text, outcome=mine.outcome, place=mine.place)
        known = replace(begun, text=self._known.text, outcome=self._known.outcome, place=self._known.place)
        return notebook.save_draft(here, known).id
