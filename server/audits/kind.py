"""Describes audits as a kind of record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from audits.audit import MAX_AUDIT_BYTES, Audit
from audits.gravity import judged_at, to_take_down
from audits.models import Audit as StoredAudit
from audits.models import AuditFile
from records.kinds import Kind, Parts, as_column
from register.days import day_of
from register.folding import fold


def _columns(said: Audit) -> dict[str, Any]:
    """Read from an audit what lists show of it; nothing that could be searched where the office does not see it."""
    at = judged_at(said.closed_at, said.created_at, said.clock_offset)
    return {
        "office": said.office,
        "shop": as_column(said.shop) if said.office else "",
        "opened_at": datetime.fromisoformat(said.opened_at),
        "closed_at": datetime.fromisoformat(said.closed_at),
        "line_count": len(said.lines),
        "pack_count": sum(line.quantity for line in said.lines),
        "take_down_count": sum(to_take_down(line.model_dump(), at) for line in said.lines),
        "search_text": as_column(fold(" ".join(_words(said)))) if said.office else "",
    }


def _words(said: Audit) -> list[str]:
    """Each word once: two thousand lines name few shelves and often the same product."""
    words: dict[str | None, None] = dict.fromkeys((said.shop, said.remarks))
    for line in said.lines:
        shown = (line.product.name, line.product.producer) if line.product else ()
        named = (line.shelf, line.gtin, line.text, line.own_name, line.lot, *shown)
        words |= dict.fromkeys(word for word in named if word)
    return [word for word in words if word]


def _parts(record: StoredAudit) -> Parts:
    """An audit names no other records; what its paper counts is in itself."""
    facts = {
        "day": day_of(record.closed_at),
        "lines": record.line_count,
        "packs": record.pack_count,
        "take_down": record.take_down_count,
    }
    return Parts(facts=facts)


def _without_names(body: Any) -> dict[str, Any]:
    """Take out the shop, the remarks and the names that the shop gives its shelves and goods."""
    lines = [{**line, "shelf": "", "own_name": None} for line in body["lines"]]
    return {"shop": "", "remarks": "", "lines": lines}


AUDIT = Kind(
    name="audit",
    forms={1: Audit},
    records_model=StoredAudit,
    files_model=AuditFile,
    from_nobody=False,
    chained=True,
    max_bytes=MAX_AUDIT_BYTES,
    columns=_columns,
    parts=_parts,
    for_office=Q(office=True),
    erasable={"names": _without_names},
)
