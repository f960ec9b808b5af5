"""Closed shelf audits as a device leaves them, signed with keys that the tests make themselves."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from services.audits.audit import Audit, Done, Line, Named
from services.audits.sealing import without_account
from services.notes.content import NotedVerdict
from services.papers.audit_making import AuditProof
from services.papers.making import Proof
from services.records.kind import AUDIT
from services.records.record import rfc3339, seal
from tests.support.closed_rounds import ACCOUNT, AT, DEVICE, Key, certificate, signed_by

STATUSES = ("certified", "withdrawn", "certificate_expired", "not_registered", "certificate_expires_soon")
NAMES = ("Trà hoa vàng", "Mực khô Vân Đồn", "Rượu ba kích", None, "Mật ong hoa rừng")


def line(n: int, **other: Any) -> Line:
    """A line; every fifth is alike."""
    kind = (n - 1) % 5
    name = NAMES[kind]
    said: dict[str, Any] = {
        "n": n,
        "at": AT + timedelta(seconds=n),
        "last_at": AT + timedelta(seconds=n + 5),
        "shelf": ("Kệ trà", "Kệ khô", "")[n % 3],
        "text": f"{9520010800014 + n}",
        "symbology": "EAN-13",
        "input": "scanner",
        "gtin": f"{9520010800014 + n:014}",
        "product": Named(name, "HTX Ba Chẽ") if name else None,
        "own_name": f"Hàng số {n}" if kind == 1 else None,
        "verdict": NotedVerdict(STATUSES[kind], (), AT - timedelta(hours=2)),
        "quantity": n,
        "lot": "L1" if kind else None,
        "expiry": date(2027, 1, 31) if kind else None,
        "expiry_by": "code" if kind else None,
        "price": 120_000 if kind == 1 else None,
    }
    return Line(**said | other)


def closed_audit(lines: list[Line] | None = None, account: str | None = ACCOUNT, **other: Any) -> Audit:
    """A closed audit of these lines, of an account or of nobody."""
    body: dict[str, Any] = {
        "schema": 1,
        "kind": "audit",
        "id": str(uuid.UUID(int=0xA0D17 << 96, version=4)),
        "device": DEVICE,
        "account": "cuahang01" if account else None,
        "created_at": rfc3339(AT + timedelta(minutes=30)),
        "clock_offset": None,
        "round": None,
        "supersedes": None,
        "prev": None,
        "files": [],
        "shop": "Tạp hóa bà Hoa",
        "opened_at": rfc3339(AT),
        "closed_at": rfc3339(AT + timedelta(minutes=30)),
        "pauses": [{"from": rfc3339(AT + timedelta(minutes=5)), "to": rfc3339(AT + timedelta(minutes=9))}],
        "office": False,
        "remarks": "Đã xem hết kệ trà.",
        "copy_as_of": rfc3339(AT - timedelta(hours=2)),
        "lines": [each.to_json() for each in lines or [line(n) for n in range(1, 8)]],
    }
    return Audit.of(seal(AUDIT, body | other, account)) if account else without_account(body | other)


def proven(audit: Audit, key: Key) -> AuditProof:
    """What proves an audit that this key has signed."""
    proof = Proof({audit.sha256: signed_by(key, audit.sha256)}, {key.kid: certificate(key)})
    return AuditProof(proof, key)  # type: ignore[arg-type]  # a key of a test has what is used


DONE = Done("taken_down", AT + timedelta(minutes=20))
