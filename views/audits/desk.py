"""What one window does in a running audit: every change goes to the disk in its order, and is told only after that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

import flet as ft

from services.accounts.viewer import Viewer
from services.audits.audit import AuditClosed, AuditInvalid, Input, Line, OpenAudit, Seen, Taken
from services.audits.audit_book import AuditBook
from services.audits.own_list import OwnList
from services.register.certificates import Today
from services.safe_errors import describe
from services.scanners import Refusal
from services.storage.store import StoreError
from services.workspace import Workspace
from views.audits.seeing import seen_of
from views.parts.question import Question, Scanned, checked_codes

log = logging.getLogger(__name__)

R = TypeVar("R")


@dataclass(frozen=True)
class News:
    """The last thing that happened: what the big result shows.

    `number` grows with each. `n` is a line's number, `how` what taking it did (`new`, `again`, `second_time`, or
    `changed` where the person chose or changed it). Without a line, `refused` says why a scan was not taken, or
    `problem` why something could not be kept. `counted` is false where this very pack was counted before.
    """

    number: int = 0
    n: int | None = None
    how: str = ""
    refused: Refusal | None = None
    problem: str | None = None
    counted: bool = True


@dataclass(frozen=True)
class Refused:
    """A scan that was not taken, or could not be kept, and when."""

    at: datetime
    news: News


MOST_REFUSALS = 20


class Standing(ft.Observable):
    """What seldom changes of a running audit: the shelf, whether it is paused, whether the person is closing it.

    The whole screen is drawn by this, and by each scan only what shows the lines.
    """

    def __init__(self, audit: OpenAudit) -> None:
        self.shelf = audit.shelf
        self.is_paused = audit.is_paused
        self.closing = False

    def follow(self, audit: OpenAudit) -> None:
        """Take over what the audit says now."""
        self.shelf, self.is_paused = audit.shelf, audit.is_paused


class Desk(ft.Observable):
    """The running audit as one window has it; a change redraws what shows it.

    `tell` is called after each pack that was taken or refused, with the line (None: none) and the news. `silent`: the
    last tone could not be played; `typed` is the number that is being typed. `refusals` are the last scans that were
    not taken, newest first: they stand in the list until it is left. `standing` is what seldom changes.
    """

    def __init__(
        self,
        audit: OpenAudit,
        book: AuditBook,
        own: OwnList,
        viewer: Viewer,
        workspace: Workspace,
    ) -> None:
        self.audit = audit
        self.news = News()
        self.silent = False
        self.standing = Standing(audit)
        self.typed = ""
        self.refusals: tuple[Refused, ...] = ()
        self.tell: Callable[[Line | None, News], object] = lambda _line, _news: None
        self._book, self._own, self._viewer, self._workspace = book, own, viewer, workspace
        self._in_order = asyncio.Lock()

    @property
    def today(self) -> Today:
        """The day that it is believed to be."""
        return self._workspace.today()

    @property
    def line(self) -> Line | None:
        """The line that the big result shows: the one last taken or chosen."""
        return self.audit.line(self.news.n) if self.news.n is not None else None

    async def take(self, codes: Sequence[Scanned], how: Input) -> None:
        """Judge a pack by its codes and count it; it is told once it is on the disk."""

        def doing() -> Taken:
            return self._book.take(self.audit.id, self._judged(codes, how))

        taken = await self._do(doing)
        if taken:
            self._happened(News(n=taken.line.n, how=taken.how, counted=taken.counted), taken.line)

    async def amend(self, codes: Sequence[Scanned], known: Sequence[Scanned], how: Input) -> None:
        """Take in what a further code of a pack says that was counted by its `known` codes a moment ago."""

        def doing() -> Line | None:
            before, now = self._judged(known, how), self._judged(codes, how)
            line = next(
                (line for line in self.audit.newest_first if line.product_key == (before.gtin or before.text)), None
            )
            told: dict[str, Any] = {"lot": now.lot, "expiry": now.expiry, "verdict": now.verdict}
            new = {name: value for name, value in told.items() if value and value != getattr(before, name)}
            if line is None or not new:
                return None
            if line.times == 1 or new.keys() == {"verdict"}:
                return self._book.change_line(self.audit.id, line.n, **new)
            taken = self._book.take(self.audit.id, now).line  # first one too many: a kill loses nothing then
            if taken.n != line.n:
                self._book.add(self.audit.id, line.n, -1)
            return taken

        line = await self._do(doing)
        if line and (self.line is None or line.product_key == self.line.product_key):
            self.news = replace(self.news, n=line.n)

    def refuse(self, why: Refusal) -> None:
        """Tell that a scan was not taken."""
        self._happened(News(refused=why), None)

    def forget_refusals(self) -> None:
        """Take the scans that were not taken out of the list: the person has seen them."""
        self.refusals = ()

    def choose(self, n: int) -> None:
        """Show a line in the big result."""
        self.standing.closing = False
        self.news = News(self.news.number + 1, n, "changed")

    async def set_quantity(self, quantity: int, n: int | None = None) -> None:
        """Say how many there are of a line (None: the line shown)."""
        await self._change(lambda line: self._book.set_quantity(self.audit.id, line, quantity), n)

    async def add(self, more: int) -> None:
        """Count more, or fewer, of the line shown."""
        await self._change(lambda n: self._book.add(self.audit.id, n, more))

    async def done(self, what: str | None) -> None:
        """Tick off what was done with the line shown."""
        await self._change(lambda n: self._book.done(self.audit.id, n, what))

    async def expire(self, day: date | None, n: int | None = None) -> None:
        """Say when the packs of a line expire (None: of the line shown)."""
        await self._change(lambda line: self._book.change_line(self.audit.id, line, expiry=day), n)

    async def undo(self) -> bool:
        """Take the last change back; false where there is none."""
        undone = await self._do(lambda: self._book.undo(self.audit.id))
        if undone:
            shown = undone.after or (self.audit.newest_first[0] if self.audit.lines else None)
            self.news = News(self.news.number + 1, shown.n if shown else None, "changed")
        return undone is not None

    async def go_to_shelf(self, name: str) -> None:
        """Go to another shelf; what was shown belongs to the one before."""
        if await self._do(lambda: self._book.shelf(self.audit.id, name)):
            self.news = News(self.news.number + 1)

    async def pause(self) -> None:
        """Pause, or go on."""
        paused = self.audit.is_paused
        await self._do(lambda: (self._book.resume if paused else self._book.pause)(self.audit.id))

    async def catch_up(self) -> None:
        """Take over what another window has changed."""
        await self._do(lambda: None)

    def _judged(self, codes: Sequence[Scanned], how: Input) -> Seen:
        workspace = self._workspace
        judged = checked_codes(Question(tuple(codes)), workspace.catalogue, workspace.now())
        seen = seen_of(judged, how)
        own = self._own.product(seen.gtin) if seen.gtin else None
        return replace(seen, own_name=own.name, price=own.price) if own else seen

    async def _change(self, change: Callable[[int], Line], n: int | None = None) -> None:
        def doing() -> Line | None:
            # Looked up by now: a pack that was being taken when the key was pressed is the one that is meant.
            line = self.news.n if n is None else n
            return None if line is None else change(line)

        line = await self._do(doing)
        if line:
            self.news = News(self.news.number, line.n, "changed")

    async def _do(self, doing: Callable[[], R]) -> R | None:
        """Do one thing after the other in a thread, then read the audit; what goes wrong is told, not lost."""

        def done_and_read() -> tuple[R, OpenAudit | None]:
            return doing(), self._book.current(self._viewer)

        async with self._in_order:
            try:
                result, audit = await asyncio.to_thread(done_and_read)
            except AuditInvalid as invalid:
                self._happened(News(problem=invalid.reason), None)
                return None
            except AuditClosed:
                self._happened(News(problem="closed"), None)
                return None
            except StoreError as error:
                log.warning("an audit's change was not kept: %s", describe(error))
                self._happened(News(problem="not_saved"), None)
                return None
            except Exception:
                log.exception("an audit's change failed")
                self._happened(News(problem="internal"), None)
                return None
            if audit and audit.id == self.audit.id:
                self.audit = audit
                self.standing.follow(audit)
            return result

    def _happened(self, news: News, line: Line | None) -> None:
        if line is None:
            refused = Refused(self._workspace.now(), news)
            self.refusals = (refused, *self.refusals[: MOST_REFUSALS - 1])
        self.news = replace(news, number=self.news.number + 1)
        self.tell(line, self.news)
