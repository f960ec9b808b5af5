"""Edits the report that is being written, and keeps it on the disk. Independent of any screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from services.accounts.viewer import Viewer
from services.notes.content import Position
from services.reports.report import Report, ReportDraft, Seen, merge
from services.reports.report_book import ReportBook
from services.texts import normal
from views.parts.editing import MergingEditor, without_scan


class ReportEditor(MergingEditor[ReportDraft]):
    """Applies what the person does to a draft, and saves it."""

    def __init__(self, draft: ReportDraft, book: ReportBook, tell: Callable[[str], None]) -> None:
        super().__init__(draft, tell)
        self.book = book

    def type(self, *, text: str | None = None, place: str | None = None, contact: str | None = None) -> None:
        """Take over the content of a field; saved soon."""
        typed = {"text": text, "place": place, "contact": contact}
        self._take_in({name: value for name, value in typed.items() if value is not None})

    def toggle(self, seen: Seen) -> None:
        """Say this of the product, or say it no longer; saved soon."""
        what = self.draft.what
        chosen = tuple(one for one in what if one != seen) if seen in what else (*what, seen.value)
        self.draft = replace(self.draft, what=chosen)
        self._keep.touch()
        self._changed.notify()

    def take_out(self, scan: str, **fields: str) -> None:
        """Remove the code that a handheld scanner typed into one of these fields, and keep the rest."""
        for name, content in fields.items():
            rest = without_scan(content, scan)
            if rest is not None:
                self._take_in({**fields, name: rest})
                self.rewritten = True
                self._changed.notify()
                return

    async def add_place(self, locate: Callable[[], Awaitable[Position | None]]) -> bool:
        """Write where the device is below the place in words. False where that is not available."""
        with self._busy():
            found = await locate()
        if found is None:
            return False
        metres = f" (± {found.accuracy:.0f} m)" if found.accuracy is not None else ""
        self.type(place="\n".join(filter(None, [self.draft.place.strip(), f"{found}{metres}"])))
        self.rewritten = True
        self._changed.notify()
        return True

    async def remove_photo(self, sha256: str) -> None:
        """Take a photo out of the report and off the disk. Raises StoreWriteError."""
        with self._problems():
            await self._keep.flush()
            self._take_photos_of(await asyncio.to_thread(self.book.remove_photo, self._known, sha256))
        self._changed.notify()

    async def sign(
        self, *, account: str | None, viewer: Viewer, device: str, clock_offset: int | None, site: str | None
    ) -> Report | None:
        """Make the report final. None where that is not possible: the problem is told, or it is `gone`."""
        report: Report | None = None
        with self._busy(), self._problems() as found:
            await self._keep.flush()
            report = await asyncio.to_thread(
                self.book.sign,
                self._known,
                account=account,
                viewer=viewer,
                device=device,
                now=datetime.now(UTC),
                clock_offset=clock_offset,
                site=site,
            )
        for problem in found:
            self._tell(problem)
        return report

    async def discard(self) -> None:
        """Remove the draft with its photos from the disk. Raises StoreWriteError."""
        self._keep.drop()
        await asyncio.to_thread(self.book.discard, self.draft.id)

    def _take_in(self, said: dict[str, str]) -> None:
        said = {name: normal(value) for name, value in said.items()}
        self.draft = replace(self.draft, **said)  # type: ignore[arg-type]  # names of texts
        self._keep.touch()

    def _photos(self) -> Sequence[object]:
        return self.draft.photos

    def _store_photo(self, picture: bytes) -> ReportDraft:
        return self.book.add_photo(self._known, picture)

    def _take_photos_of(self, stored: ReportDraft) -> None:
        self.draft = replace(self.draft, photos=stored.photos)
        self._known = replace(self._known, photos=stored.photos)

    def _store(self, draft: ReportDraft, base: ReportDraft) -> ReportDraft:
        return self.book.save(draft, base)

    def _merged(self, base: ReportDraft, mine: ReportDraft, stored: ReportDraft) -> ReportDraft:
        return merge(base, mine, stored)

    def _says(self, draft: ReportDraft) -> object:
        return draft.what, draft.text, draft.place, draft.contact
