"""Edits the inspection that is being written, and keeps it on the disk. Independent of any screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.accounts.author import Author
from services.accounts.viewer import Viewer
from services.rounds.checks import Problem, Rules
from services.rounds.inspection import Answered, Finding, Found, Inspection, InspectionDraft, ItemAnswer, Picture, Shows
from services.rounds.marking import Mark, hides, marked, marks_to_json
from services.rounds.merging import merge_draft
from services.rounds.round_book import RoundBook
from services.rounds.shots import next_shot
from services.texts import normal
from views.parts.editing import MergingEditor, without_scan

_TEXTS = ("text", "seller_said")

MARKS: dict[str, tuple[Mark, ...]] = {}
"""The marks drawn on photos since the app was opened, by the original's hash, so that they can be changed again."""


class InspectionEditor(MergingEditor[InspectionDraft]):
    """Applies what the person does to a draft, and saves it.

    `shot` is what the next photo shows: as the person chose, else as the findings ask for. `problems` are what kept
    it from being finished when that was last tried.
    """

    def __init__(self, draft: InspectionDraft, book: RoundBook, viewer: Viewer, tell: Callable[[str], None]) -> None:
        super().__init__(draft, tell)
        self.book = book
        self._viewer = viewer
        self.problems: tuple[Problem, ...] = ()
        self._chosen_shot: Shows | None = None
        self._ending = False
        self._listen(book.subscribe)

    @property
    def found(self) -> Found:
        return self.draft.found

    @property
    def shot(self) -> Shows:
        return self._chosen_shot or next_shot(self.found.findings, self.draft.pictures) or Shows.OTHER

    def choose_shot(self, shows: Shows) -> None:
        """Say what the next photo shows."""
        self._chosen_shot = shows
        self._changed.notify()

    def type(self, **said: Any) -> None:
        """Take over the content of fields, by Found's names; saved soon. They are on the screen already.

        `typed`, if it is given, is what of them could not be understood, as the draft keeps it.
        """
        self.draft = replace(self.draft, typed=said.pop("typed", self.draft.typed))
        said = {name: normal(value) if name in _TEXTS else value for name, value in said.items()}
        self.draft = replace(self.draft, found=replace(self.found, **said))
        self._keep.touch()

    def choose(self, **said: Any) -> None:
        """Take over what was chosen, by Found's names; saved soon."""
        self.type(**said)
        self.problems = ()
        self._changed.notify()

    def switch(self, **said: str) -> None:
        """Choose one of several, or with the same again take that back."""
        self.choose(**{name: None if getattr(self.found, name) == value else value for name, value in said.items()})

    def toggle(self, finding: Finding) -> None:
        """Say this of the product, or say it no longer. That it matches stands alone."""
        there = self.found.findings
        if finding in there:
            findings = tuple(each for each in there if each != finding)
        elif finding is Finding.MATCHES:
            findings = (finding.value,)
        else:
            findings = (*(each for each in there if each != Finding.MATCHES), finding.value)
        self.choose(findings=findings)

    def prove(self, item: str, photo: str) -> None:
        """Put a photo, by its hash, beside an item's answer in the checklist; without an answer it is not checked."""
        filled = self.found.checklist
        if filled is None:
            return
        there = filled.answer(item) or ItemAnswer(item, Answered.NOT_CHECKED)
        others = tuple(each for each in filled.answers if each.item != item)
        self.choose(checklist=replace(filled, answers=(*others, replace(there, photo=photo))))

    def insert(self, sentence: str) -> None:
        """Put a sentence on a line of its own below the text; the field is drawn with it."""
        self.type(text="\n".join(filter(None, [self.found.text.rstrip(), sentence])))
        self.rewritten = True
        self._changed.notify()

    def take_out(self, scan: str, typed: dict[str, str]) -> None:
        """Remove the code that a handheld scanner typed into the text or what the seller said, and keep the rest."""
        for name, content in typed.items():
            rest = without_scan(content, scan)
            if rest is not None:
                self.type(**{**typed, name: rest})
                self.rewritten = True
                self._changed.notify()
                return

    def draw(self, on: str, marks: Sequence[Mark] | None) -> None:
        """Keep what is being drawn on a photo, by its hash; None: nothing that its copy does not show."""
        others = {photo: kept for photo, kept in self.draft.marks.items() if photo != on}
        drawn = others if marks is None else others | {on: marks_to_json(marks)}
        if drawn != self.draft.marks:
            self.draft = replace(self.draft, marks=drawn)
            self._keep.touch()

    async def draw_on(self, picture: Picture, marks: Sequence[Mark], font: Path, *, keep_original: bool) -> bool:
        """Keep a copy of the photo with these marks beside it; False where that failed, which is told.

        The original leaves the device only with `keep_original`, and never where a part of it was covered. Without
        marks an earlier copy goes.
        """
        original, may_go = picture.copy_of or picture.file.sha256, keep_original and not hides(marks)
        on = drawn_on(picture, self.draft.marks)

        def draw() -> InspectionDraft:
            jpeg = marked(self.book.photos.read(on), marks, font)
            return self.book.add_photo(self.draft.id, jpeg, picture.shows, copy_of=original, keep_original=may_go)

        with self._busy(), self._problems() as found:
            await self._keep.flush()
            if marks:
                self._take_photos_of(await asyncio.to_thread(draw))
            else:
                for copy in [each for each in self.draft.pictures if each.copy_of == original]:
                    self._take_photos_of(await asyncio.to_thread(self._remove, copy.file.sha256))
            if on == original:
                MARKS[original] = tuple(marks)
            self.draw(on, None)
        for problem in found:
            self._tell(problem)
        return not found

    async def remove_photo(self, picture: Picture) -> None:
        """Take a photo out, with its marked copy and its original, and off the disk. Raises StoreWriteError."""
        with self._problems():
            await self._keep.flush()
            self._take_photos_of(await asyncio.to_thread(self._remove, picture.copy_of or picture.file.sha256))
        self._changed.notify()

    async def finish(self, author: Author, rules: Rules | None = None) -> Inspection | None:
        """Make the inspection final. None where that is not possible: `problems` say why, or it is told, or `gone`."""
        inspection: Inspection | None = None
        with self._busy(), self._problems() as found:
            await self._keep.flush()
            self.problems = tuple(await asyncio.to_thread(self.book.problems, self._known, author, rules))
            if self.problems:
                return None
            self._ending = True
            try:
                inspection = await asyncio.to_thread(self.book.finish, self.draft.id, author, rules=rules)
            finally:
                self._ending = inspection is not None
            self._keep.drop()
        for problem in found:
            self._tell(problem)
        return inspection

    async def discard(self) -> None:
        """Remove the draft with its photos from the disk. Raises StoreWriteError."""
        self._keep.drop()
        self._ending = True
        await asyncio.to_thread(self.book.discard, self.draft.id)

    async def _hear(self) -> None:
        async with self._keep.turn:
            if self._ending or self.gone:
                return
            stored = await asyncio.to_thread(self.book.draft, self.draft.id, self._viewer)
            if stored is None:
                self._close()
                return
            base, self._known = self._known, stored
            if self._says(base) != self._says(stored) or (stored.pictures != self.draft.pictures and not self.busy):
                self._take_over(base, stored)

    def _photos(self) -> Sequence[object]:
        return self.draft.pictures

    def _store_photo(self, picture: bytes) -> InspectionDraft:
        return self.book.add_photo(self.draft.id, picture, self.shot)

    def _remove(self, sha256: str) -> InspectionDraft:
        return self.book.remove_photo(self.draft.id, sha256)

    def _take_photos_of(self, stored: InspectionDraft) -> None:
        self.draft = replace(self.draft, pictures=stored.pictures)
        self._known = replace(self._known, pictures=stored.pictures)
        self._chosen_shot = None

    def _store(self, draft: InspectionDraft, base: InspectionDraft) -> InspectionDraft:
        return self.book.save(draft, base)

    def _merged(self, base: InspectionDraft, mine: InspectionDraft, stored: InspectionDraft) -> InspectionDraft:
        return merge_draft(base, mine, stored)

    def _says(self, draft: InspectionDraft) -> object:
        return draft.found


def drawn_on(picture: Picture, drawing: Container[str] = ()) -> str:
    """The hash of the photo that marks are drawn on: the original, so that they can be changed.

    A copy whose marks are not known any more is drawn on itself, so that what it covers stays covered. They are known
    where they are among those that are being drawn (`drawing`, by the photo's hash).
    """
    if picture.copy_of is None or picture.copy_of in MARKS or picture.copy_of in drawing:
        return picture.copy_of or picture.file.sha256
    return picture.file.sha256


def shown(pictures: Sequence[Picture]) -> list[Picture]:
    """The pictures that stand for their shots: a marked copy in the place of its original."""
    copied = {picture.copy_of for picture in pictures if picture.copy_of}
    return [picture for picture in pictures if picture.file.sha256 not in copied]
