"""Edits the answer that is being written, and keeps it on the disk. Independent of any screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from services.accounts.viewer import Viewer
from services.answers.answer import Answer, AnswerDraft, merge
from services.answers.answer_book import AnswerBook
from services.texts import normal
from views.parts.editing import MergingEditor, without_scan


class AnswerEditor(MergingEditor[AnswerDraft]):
    """Applies what the person does to a draft, and saves it."""

    def __init__(self, draft: AnswerDraft, book: AnswerBook, tell: Callable[[str], None]) -> None:
        super().__init__(draft, tell)
        self._book = book

    def type(self, text: str) -> None:
        """Take over the content of the field; saved soon."""
        if (text := normal(text)) != self.draft.text:
            self.draft = replace(self.draft, text=text)
            self._keep.touch()

    def take_out(self, scan: str, text: str) -> None:
        """Remove the code that a handheld scanner typed into the field, and keep the rest."""
        rest = without_scan(text, scan)
        if rest is not None:
            self.type(rest)
            self.rewritten = True
            self._changed.notify()

    async def remove_photo(self, sha256: str) -> None:
        """Take a photo out of the answer."""
        with self._problems() as found:
            await self._keep.flush()
            self._take_photos_of(await asyncio.to_thread(self._book.remove_photo, self._known, sha256))
        self._tell_all(found)

    async def sign(self, *, account: str, viewer: Viewer, device: str, clock_offset: int | None) -> Answer | None:
        """Make the answer final. None where that is not possible: the problem is told, or it is `gone`."""
        answer: Answer | None = None
        with self._busy(), self._problems() as found:
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
            self._keep.drop()
        self._tell_all(found)
        return answer

    def _tell_all(self, problems: Sequence[str]) -> None:
        for problem in problems:
            self._tell(problem)
        self._changed.notify()

    def _photos(self) -> Sequence[object]:
        return self.draft.photos

    def _store_photo(self, picture: bytes) -> AnswerDraft:
        return self._book.add_photo(self._known, picture)

    def _take_photos_of(self, stored: AnswerDraft) -> None:
        self.draft = replace(self.draft, photos=stored.photos)
        self._known = replace(self._known, photos=stored.photos)

    def _store(self, draft: AnswerDraft, base: AnswerDraft) -> AnswerDraft:
        return self._book.save(draft, base)

    def _merged(self, base: AnswerDraft, mine: AnswerDraft, stored: AnswerDraft) -> AnswerDraft:
        return merge(base, mine, stored)

    def _says(self, draft: AnswerDraft) -> object:
        return draft.text
