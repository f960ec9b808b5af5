"""What the tests of audits share: packs as the screens judge them, and who counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.accounts.author import Author
from services.accounts.viewer import Viewer
from services.audits.audit import Line, Named, Seen
from services.audits.audit_book import AuditBook
from services.audits.union import Looked
from services.codes.gtin import check_digit
from services.notes.content import NotedVerdict
from services.register.certificates import believed_today
from services.verification import Status
from tests.support.record_kinds import DEVICE, NOW

MINH, LAN, NOBODY = Viewer("acc-minh", frozenset({"cuahang01"})), Viewer("acc-lan"), Viewer(None)
AUTHOR = Author("cuahang01", DEVICE, MINH, 3)
TODAY = believed_today(NOW)


def gtin(n: int) -> str:
    payload = f"0952{n:09d}"
    return f"{payload}{check_digit(payload)}"


def verdict(status: Status = Status.CERTIFIED, *reasons: str, days_old: int = 0) -> NotedVerdict:
    return NotedVerdict(status.value, reasons, NOW - timedelta(days=days_old))


def pack(n: int = 1, **fields: Any) -> Seen:
    seen = Seen(gtin(n)[1:], "ean_13", "scanner", gtin(n), Named(f"Trà {n}", "HTX"), verdict(), at=None)
    return replace(seen, **fields)


def line(n: int = 1, **fields: Any) -> Line:
    at = fields.pop("at", NOW)
    begun = Line(n, at, at, "Kệ 1", gtin(n)[1:], "ean_13", "scanner", gtin(n), Named(f"Trà {n}"), verdict=verdict())
    return replace(begun, **fields)


def looked(audit: str, lines: Sequence[Line], device: str = "a", **fields: Any) -> Looked:
    return Looked(audit, device, [each.to_json() for each in lines], **fields)


@pytest.fixture
def book(tmp_path: Path) -> AuditBook:
    return AuditBook(tmp_path / "device")


def later(seconds: int) -> datetime:
    return (NOW + timedelta(seconds=seconds)).astimezone(UTC)
