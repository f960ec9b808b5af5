"""Edits the answer that is being written, and keeps it on the disk. Independent of any screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from services.accounts.viewer import Viewer
from services.answers.answer import Answer, AnswerDraft, AnswerInvalid
from services.answers.answer_book import AnswerBook, AnswerClosed
from services.notes.photos import BadPicture
from services.storage.store import StoreWriteError
from services.texts import normal
from views.parts.autosave import Autosave
from views.parts.picture_file import PictureFile, Rejected


class AnswerEditor:
    """Applies what the person does to a draft, and saves it. Used on one event loop.

    `gone`: it was signed in another window. `tell` is called with the code of each problem, `changed` when the screen
    has to be drawn anew; typing is on the screen already.
    """

    def __init__(
        self, draft: AnswerDraft, book: AnswerBook, tell: Callable[[str], None], changed: Callable[[], object]
    ) -> None:
        self.draft = draft
        self.gone = False
        self._known = draft  # as stored, when last heard of
        self._book = book
        self._tell = tell
        self._changed = changed
        self._keep = Autosave(self._save, self._failed)

    def type(self, text: str) -> None:
        """Take over the content of the field; saved soon."""
        if (text := normal(text)) != self.draft.text:
            self.draft = replace(self.draft, text=text)
            self._keep.touch()

    async def add_photos(self, pictures: Sequence[PictureFile]) -> list[Rejected]:
        """Store pictures and add them; returns those that are not added, each with its reason."""
        found = [(picture, await self._add_photo(picture)) for picture in pictures]
        self._changed()
        return [Rejected(picture.name, problem) for picture, problem in found if problem]

    async def remove_photo(self, sha256: str) -> None:
        """Take a photo out of the answer."""
        try:
            await self._keep.flush()
            self._take(await asyncio.to_thread(self._book.remove_photo, self._known, sha256))
        except (AnswerClosed, StoreWriteError) as error:
            self._failed(error)
        self._changed()

    async def sign(self, *, account: str, viewer: Viewer, device: str, clock_offset: int | None) -> Answer | None:
        """Make the answer final. None where that is not possible: the problem is told, or it is `gone`."""
        try:
            await self._keep.flush()
            answer = await asyncio.to_thread(
                self._book.sign,
                self._known,
                account=account,
                viewer=viewer,
                device=device,
                now=datetime.now(UTC),
                clock_offset=clock_offset,
            )
        except (AnswerClosed, AnswerInvalid, StoreWriteError) as error:
            self._failed(error)
            self._changed()
            return None
        self._keep.drop()
        return answer

    def leave(self) -> None:
        """Save what is not saved yet, since the screen is going away."""
        if not self.gone:
            self._keep.leave()

    async def _add_photo(self, picture: PictureFile) -> str | None:
        if picture.content is None:
            return "file_unreadable"
        try:
            await self._keep.flush()
            before = self.draft.photos
            self._take(await asyncio.to_thread(self._book.add_photo, self._known, picture.content))
        except (BadPicture, AnswerInvalid) as error:
            return error.reason
        except (AnswerClosed, StoreWriteError) as error:
            self._failed(error)
            return "not_saved" if isinstance(error, StoreWriteError) else "internal"
        return "photo_there_already" if self.draft.photos == before else None

    def _save(self) -> None:
        written = self.draft
        self._known = self._book.save(written, self._known)
        # Another window's words are in what is stored; the field shows them once it is opened anew.
        self.draft = replace(self._known, text=self._known.text if self.draft is written else self.draft.text)

    def _take(self, stored: AnswerDraft) -> None:
        self._known = stored
        self.draft = replace(self.draft, photos=stored.photos)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, AnswerClosed):
            self.gone = True
            self._changed()
        elif isinstance(error, AnswerInvalid):
            self._tell(error.reason)
        else:
            self._tell("not_saved" if isinstance(error, StoreWriteError) else "internal")
