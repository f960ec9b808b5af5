"""What the screens of audits read from the disk at once. All of it blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

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

NOW = "now"
"""The name of the running audit in addresses."""


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
        state = book.union(viewer)
        lines, ends = judged_anew(state.lines, workspace, today)
        return cls(
            running=book.current(viewer),
            audits=book.audits(viewer),
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
    """What is to be done at the shelves of one audit, by today's copy; those that were done are in `lines` too."""

    audit: str
    shop: str
    lines: Mapping[int, Line]
    actions: list[Action]

    @classmethod
    def of(cls, device: Device, workspace: Workspace, viewer: Viewer, audit_id: str) -> Todo | None:
        """Read it; None where there is no such audit."""
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
            named, shop, of_audit = kept.id, kept.audit.shop, kept.lines
        lines, ends = judged_anew(of_audit, workspace, today)
        return cls(named, shop, {line.n: line for line in lines}, actions(lines, today, ends))


@dataclass(frozen=True)
class Against:
    """A closed audit held against what was on its shelves before."""

    kept: KeptAudit
    comparison: Comparison
    first: bool

    @classmethod
    def of(cls, device: Device, viewer: Viewer, audit_id: str) -> Against | None:
        """Read it; None where there is no such audit."""
        kept = device.audits.audit(audit_id, viewer)
        if kept is None:
            return None
        before = device.audits.before(audit_id, viewer)
        after = union([Looked(kept.id, kept.audit.device, kept.audit.body["lines"])])
        return cls(kept, compare(before, after, closing_day(kept.audit)), not before.shelves)


def judged_anew(
    lines: tuple[Line, ...], workspace: Workspace, today: Today
) -> tuple[tuple[Line, ...], dict[str, date]]:
    """The lines as today's copy of the register judges them, and the last days of the certificates in force."""
    found = anew(lines, workspace.catalogue, workspace.now())
    kept = tuple(replace(line, done=before.done) for line, before in zip(found, lines, strict=True))
    gtins = {line.gtin for line in lines if line.gtin}
    return kept, certificate_ends(gtins, workspace.catalogue, today)
