"""Writes the bodies of audits (docs/api.md), and says what may be in one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import rfc8785

from services.accounts.author import Author, common
from services.audits.audit import (
    LONGEST_LOT,
    LONGEST_OWN_NAME,
    LONGEST_REMARKS,
    LONGEST_SHELF,
    LONGEST_SHOP,
    MOST_LINES,
    MOST_PRICE,
    MOST_QUANTITY,
    Audit,
    AuditInvalid,
    Line,
    OpenAudit,
)
from services.audits.counting import Count
from services.notes.content import NotedVerdict
from services.records.kind import AUDIT
from services.records.record import rfc3339
from services.texts import normal

_FOR_THE_REST = 96 * 1024
"""So many bytes are kept free for what stands beside the lines: remarks, pauses, and what one more change adds."""


def audit_body(said: OpenAudit, author: Author, *, office: bool, remarks: str, now: datetime) -> dict[str, Any]:
    """The body of AUDIT, but for `prev`. AuditInvalid: `empty`, `remarks_too_long`."""
    remarks = kept_text(remarks)
    if len(remarks) > LONGEST_REMARKS:
        raise AuditInvalid("remarks_too_long")
    lines = [line for line in said.lines if line.quantity > 0]
    if not lines:
        raise AuditInvalid("empty")
    closed_at = max(now, said.opened_at, *(line.last_at for line in lines))  # a clock may have been set back
    pauses = [pause if pause.until else replace(pause, until=max(closed_at, pause.since)) for pause in said.pauses]
    return {
        **common(AUDIT, said.id, author, now),
        "round": None,
        "supersedes": None,
        "files": [],
        "shop": said.shop,
        "opened_at": rfc3339(said.opened_at),
        "closed_at": rfc3339(closed_at),
        "pauses": [pause.to_json() for pause in pauses],
        "office": office,
        "remarks": remarks,
        "copy_as_of": _copy_as_of(lines),
        "lines": [line.to_json() for line in lines],
    }


def without_account(body: dict[str, Any]) -> Audit:
    """The audit as it is kept on a device without an account. AuditInvalid: `too_large`, `not_canonical`."""
    body = body | {"account": None, "prev": None, "office": False}
    try:
        canonical = rfc8785.dumps(body)
    except rfc8785.CanonicalizationError as error:
        raise AuditInvalid("not_canonical") from error
    if len(canonical) > AUDIT.most_bytes:
        raise AuditInvalid("too_large")
    return Audit(body["id"], body, hashlib.sha256(canonical).hexdigest())


def taken_over(audit: Audit, author: Author, now: datetime) -> dict[str, Any]:
    """The body of an audit without an account, as its new owner signs it; but for `prev`."""
    return audit.body | common(AUDIT, audit.id, author, now)


def check_room(count: Count) -> None:
    """AuditInvalid (`full`) where the audit holds all that a record may say: its closing must never fail for it."""
    if len(count.lines) >= MOST_LINES or not has_room(count):
        raise AuditInvalid("full")


def has_room(count: Count) -> bool:
    """Whether a line of the audit may become longer."""
    return count.size() <= AUDIT.most_bytes - _FOR_THE_REST


def check_quantity(quantity: int, least: int = 0) -> None:
    """AuditInvalid (`bad_quantity`) for what a line cannot hold."""
    if not least <= quantity <= MOST_QUANTITY:
        raise AuditInvalid("bad_quantity")


def tidy_shop(name: str) -> str:
    """The shop's name as it is kept. AuditInvalid: `shop_too_long`."""
    return _tidy(name, LONGEST_SHOP, "shop_too_long")


def tidy_shelf(name: str) -> str:
    """A shelf's name as it is kept: without space around it or doubled in it. AuditInvalid: `shelf_too_long`."""
    return _tidy(" ".join(name.split()), LONGEST_SHELF, "shelf_too_long")


def tidy_fields(line: Line, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a person changes of a line, as it is kept; AuditInvalid as AuditBook.change_line says.

    Raises TypeError for a field that cannot be changed.
    """
    tidy: dict[str, Any] = {}
    for name, value in fields.items():
        match name:
            case "lot":
                tidy[name] = _tidy(value or "", LONGEST_LOT, "lot_too_long") or None
            case "shelf":
                tidy[name] = tidy_shelf(value)
            case "own_name":
                tidy[name] = _tidy(value or "", LONGEST_OWN_NAME, "name_too_long") or None
            case "price":
                tidy[name] = _within(value, 0, MOST_PRICE, "bad_price")
            case "stars_label":
                tidy[name] = _within(value, 1, 5, "bad_stars")
            case "shows_mark" if value is None or isinstance(value, bool):
                tidy[name] = value
            case "verdict" if value is None or isinstance(value, NotedVerdict):
                tidy[name] = value
            case "expiry" if value is None or isinstance(value, date):
                if value != line.expiry:
                    tidy |= {"expiry": value, "expiry_by": "person" if value else None}
            case _:
                raise TypeError(name)
    return tidy


def kept_text(text: str) -> str:
    """A person's text as it is kept."""
    return normal(text).encode(errors="replace").decode()  # half a surrogate pair is valid nowhere


def _tidy(text: str, longest: int, reason: str) -> str:
    text = kept_text(text).strip()
    if len(text) > longest:
        raise AuditInvalid(reason)
    return text


def _within(value: int | None, least: int, most: int, reason: str) -> int | None:
    if value is not None and not least <= value <= most:
        raise AuditInvalid(reason)
    return value


def _copy_as_of(lines: Sequence[Line]) -> str | None:
    """The date of the oldest copy that a line was judged by."""
    dates = [line.verdict.as_of for line in lines if line.verdict and line.verdict.as_of]
    return rfc3339(min(dates)) if dates else None
