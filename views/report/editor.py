"""Edits the report that is being written, and keeps it on the disk. Independent of any screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from services.accounts.viewer import Viewer
from services.notes.content import Position
from services.notes.photos import BadPicture
from services.reports.report import Report, ReportDraft, ReportInvalid, Seen, merge
from services.reports.report_book import ReportBook, ReportClosed
from services.storage.store import StoreWriteError
from services.subscriptions import Subscriptions, Unsubscribe
from services.texts import normal
from views.parts.autosave import Autosave
from views.parts.picture_file import PictureFile, Rejected


class ReportEditor:
    """Applies what the person does to a draft, and saves it. Used on one event loop.

    `draft` is the report as it is now, saved or not; `busy` is true while something takes time. `rewritten`: another
    window's words were taken in, which the fields do not show yet. `gone`: it was sent off or discarded there. `tell`
    is called with the code of each problem.
    """

    def __init__(self, draft: ReportDraft, book: ReportBook, tell: Callable[[str], None]) -> None:
        self.draft = draft
        self.busy = False
        self.rewritten = False
        self.gone = False
        self._known = draft  # as stored, when last heard of
        self.book = book
        self._tell = tell
        self._keep = Autosave(self._save, self._not_saved)
        self._changed = Subscriptions()
        self._loop = asyncio.get_running_loop()

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` when the screen has to be drawn anew; typing is on the screen already."""
        return self._changed.add(callback)

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
            start = content.rfind(scan)
            if start >= 0:
                rest = (content[:start] + content[start + len(scan) :]).rstrip("\n")
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

    async def add_photos(self, pictures: Sequence[PictureFile]) -> list[Rejected]:
        """Store pictures and add them; returns those that are not added, each with its reason."""
        with self._busy():
            found = [(picture, await self._add_photo(picture)) for picture in pictures]
        return [Rejected(picture.name, problem) for picture, problem in found if problem]

    async def _add_photo(self, picture: PictureFile) -> str | None:
        """Add one; the code of the problem, or None."""
        if picture.content is None:
            return "file_unreadable"
        before = self.draft.photos
        with self._problems() as found:
            await self._keep.flush()
            self._take_photos_of(await asyncio.to_thread(self.book.add_photo, self._known, picture.content))
            if self.draft.photos == before:
                return "photo_there_already"
        return found[0] if found else None

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

    def leave(self) -> None:
        """Save what is not saved yet, without waiting for it, since the screen is going away."""
        self._keep.leave()

    def _take_in(self, said: dict[str, str]) -> None:
        said = {name: normal(value) for name, value in said.items()}
        self.draft = replace(self.draft, **said)  # type: ignore[arg-type]  # names of texts
        self._keep.touch()

    def _take_photos_of(self, stored: ReportDraft) -> None:
        self.draft = replace(self.draft, photos=stored.photos)
        self._known = replace(self._known, photos=stored.photos)

    def _save(self) -> None:
        """Save the draft beside what another window wrote; runs in a thread, while it is this editor's turn."""
        mine = self.draft
        saved = self._known = self.book.save(mine, self._known)
        if _says(saved) != _says(mine):
            # Runs before this turn ends, since the loop takes calls in their order.
            self._loop.call_soon_threadsafe(self._take_over, mine, saved)

    def _take_over(self, base: ReportDraft, saved: ReportDraft) -> None:
        """Show what another window wrote, beside what was typed here since."""
        self.draft, self.rewritten = merge(base, self.draft, saved), True
        if _says(self.draft) != _says(saved):
            self._keep.touch()
        self._changed.notify()

    def _not_saved(self, error: Exception) -> None:
        if isinstance(error, ReportClosed):
            self._close()
        else:
            self._tell("not_saved" if isinstance(error, StoreWriteError) else "internal")

    def _close(self) -> None:
        self._keep.drop()
        self.gone = True
        self._changed.notify()

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
    def _problems(self) -> Iterator[list[str]]:
        """Catch problems that the person can solve; gives their codes."""
        found: list[str] = []
        try:
            yield found
        except (BadPicture, ReportInvalid) as error:
            found.append(error.reason)
        except StoreWriteError:
            found.append("not_saved")
        except ReportClosed:
            self._close()


def _says(draft: ReportDraft) -> tuple[object, ...]:
    return draft.what, draft.text, draft.place, draft.contact
