"""What the screens of audits read from the disk at once. All of it blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.accounts.viewer import Viewer
from services.audits.audit import Line, OpenAudit
from services.audits.comparing import Comparison, compare
from services.audits.gravity import Action, actions
from services.audits.judging import Reminder, anew, certificate_ends, reminders
from services.audits.kept import KeptAudit
from services.audits.own_list import Missing, missing
from services.audits.union import Looked, ShelfState, union
from services.papers.paper import closing_day
from services.register.certificates import Today
from services.workspace import Device, Workspace

NOW, SHELF = "now", "shelf"
"""In addresses the running audit, and the shelves as all tills have seen them."""


@dataclass(frozen=True)
class Overview:
    """The shelves as they stand, and the audits behind that.

    `lines` are those of the shelves with the verdicts of today's copy, `own` counts the products of the shop's list.
    """

    running: OpenAudit | None = None
    audits: list[KeptAudit] = field(default_factory=list)
    state: ShelfState = field(default_factory=ShelfState)
    lines: tuple[Line, ...] = ()
    todo: list[Action] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)
    absent: list[Missing] = field(default_factory=list)
    own: int = 0
    to_take_over: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, device: Device, workspace: Workspace, viewer: Viewer) -> Overview:
        """Read it as of today."""
        book, products, today = device.audits, device.own_list.products(), workspace.today()
        state, audits = book.union(viewer), book.audits(viewer)
        lines, ends = judged_anew(_ticked(state, audits), workspace, today)
        return cls(
            running=book.current(viewer),
            audits=audits,
            state=state,
            lines=lines,
            todo=actions(lines, today, ends),
            reminders=reminders(lines, workspace.catalogue, today),
            absent=missing(products, state),
            own=len(products),
            to_take_over=book.without_account() if viewer.account else [],
        )


@dataclass(frozen=True)
class Todo:
    """What is to be done at the shelves of one audit, or of all, by today's copy; what was done is in `lines` too.

    `sources` are the audits and numbers of the lines that each line is made of, of this device alone: what another one
    has seen is ticked off there.
    """

    shop: str
    lines: Mapping[int, Line]
    actions: list[Action]
    sources: Mapping[int, tuple[tuple[str, int], ...]]

    @classmethod
    def of(cls, device: Device, workspace: Workspace, viewer: Viewer, audit_id: str) -> Todo | None:
        """Read it; None where there is no such audit."""
        if audit_id == SHELF:
            return cls._of_shelves(device, workspace, viewer)
        today = workspace.today()
        running = device.audits.current(viewer)
        if audit_id == NOW or (running and running.id == audit_id):
            if running is None:
                return None
            named, shop, of_audit = running.id, running.shop, tuple(line for line in running.lines if line.quantity)
        else:
            kept = device.audits.audit(audit_id, viewer)
            if kept is None:
                return None
            named, shop, of_audit = "" if kept.elsewhere else kept.id, kept.audit.shop, kept.lines
        lines, ends = judged_anew(of_audit, workspace, today)
        sources = {line.n: ((named, line.n),) if named else () for line in lines}
        return cls(shop, {line.n: line for line in lines}, actions(lines, today, ends), sources)

    @classmethod
    def _of_shelves(cls, device: Device, workspace: Workspace, viewer: Viewer) -> Todo:
        today, state, audits = workspace.today(), device.audits.union(viewer), device.audits.audits(viewer)
        lines, ends = judged_anew(_ticked(state, audits), workspace, today)
        running = device.audits.current(viewer)
        here = {kept.id for kept in audits if not kept.elsewhere}
        here |= {running.id} if running else set()
        sources = {
            each.line.n: tuple(source for source in each.sources if source[0] in here)
            for shelf in state.shelves
            for each in shelf.standing
        }
        return cls("", {line.n: line for line in lines}, actions(lines, today, ends), sources)


@dataclass(frozen=True)
class Against:
    """A closed audit held against what was on its shelves before."""

    kept: KeptAudit
    comparison: Comparison

    @classmethod
    def of(cls, device: Device, viewer: Viewer, audit_id: str) -> Against | None:
        """Read it; None where there is no such audit."""
        kept = device.audits.audit(audit_id, viewer)
        if kept is None:
            return None
        before = device.audits.before(audit_id, viewer)
        after = union([Looked(kept.id, kept.audit.device, kept.audit.body["lines"])])
        return cls(kept, compare(before, after, closing_day(kept.audit)))


def _ticked(state: ShelfState, audits: Sequence[KeptAudit]) -> tuple[Line, ...]:
    """The lines of the shelves with what was ticked off since their audits were closed.

    What was counted after it had been ticked off stands on the shelf again.
    """
    of = {kept.id: kept for kept in audits}
    ticks = {(kept.id, n): done for kept in audits for n, done in kept.ticks.items()}
    lines = []
    for each in (each for shelf in state.shelves for each in shelf.standing):
        line, told = each.line, [ticks[source] for source in each.sources if source in ticks]
        if told:
            counted = max(_counted(of[name], n) if name in of else line.last_at for name, n in each.sources)
            told = [done for done in told if done is None or done.at >= counted]
        lines.append(replace(line, done=told[-1]) if told else line)
    return tuple(lines)


def _counted(kept: KeptAudit, n: int) -> datetime:
    """When a line was counted last; another till's clock may be ahead, so at the latest when its audit had arrived."""
    at = next(datetime.fromisoformat(line["last_at"]) for line in kept.audit.body["lines"] if line["n"] == n)
    return min(at, kept.received_at) if kept.elsewhere and kept.received_at else at


def judged_anew(
    lines: tuple[Line, ...], workspace: Workspace, today: Today
) -> tuple[tuple[Line, ...], dict[str, date]]:
    """The lines as today's copy of the register judges them, and the last days of the certificates in force."""
    found = anew(lines, workspace.catalogue, workspace.now())
    kept = tuple(replace(line, done=before.done) for line, before in zip(found, lines, strict=True))
    gtins = {line.gtin for line in lines if line.gtin}
    return kept, certificate_ends(gtins, workspace.catalogue, today)
