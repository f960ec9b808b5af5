"""The code on a paper record: a few facts about it, signed by the device, which any phone's camera opens."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import rfc8785

from services.audits.audit import Audit
from services.audits.gravity import Klass, klass
from services.papers.faults import Fault, FaultCode
from services.papers.trust import (
    DeviceKey,
    KeyFault,
    Trust,
    certified_key,
    has_signed,
    padless,
    unpadded,
)
from services.register.certificates import VIETNAM, Today
from services.rounds.inspection import Finding, Inspection
from services.rounds.round import Round

LONGEST = 4096
_TOO_MANY = 2_000 * 999_999
_PATH = re.compile(r"/proof/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.ASCII)
_TEXTS = ("hash", "day", "kid", "sig", "cert")


class Signing(Protocol):
    """A device's key."""

    @property
    def kid(self) -> str:
        """Its id."""

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature of a message."""


@dataclass(frozen=True)
class Facts:
    """What the code says of any record: its id and hash, its day in Vietnam. Each kind adds counts of its own."""

    id: str
    hash: str
    day: date

    def counts(self) -> dict[str, int]:
        """The members that tell which kind of record it is of."""
        return {name: number for name, number in vars(self).items() if name not in ("id", "hash", "day")}

    def members(self) -> dict[str, Any]:
        """The members of PAPER that come before the key's id."""
        return {"v": 1, "hash": self.hash, "day": self.day.isoformat(), **self.counts()}

    def message(self) -> bytes:
        """What is signed."""
        return b"ocop-paper\n" + rfc8785.dumps(self.members() | {"id": self.id})


@dataclass(frozen=True)
class Paper(Facts):
    """Of a round: how many products were inspected, what was found other than "matches", and how many photos."""

    products: int
    findings: int
    photos: int

    @classmethod
    def of(cls, closed: Round, inspections: Sequence[Inspection]) -> Paper:
        """Count what a round holds."""
        found = [finding for each in inspections for finding in each.body["findings"]]
        closed_at = closed.said.closed_at or closed.said.opened_at
        return cls(
            closed.id,
            closed.sha256,
            closed_at.astimezone(VIETNAM).date(),
            len(closed.inspections),
            sum(finding != Finding.MATCHES for finding in found),
            sum(len(each.body["photos"]) for each in inspections),
        )


@dataclass(frozen=True)
class AuditPaper(Facts):
    """Of a shelf audit: its lines, the packs that they count, and the lines that should be off the shelf."""

    lines: int
    packs: int
    take_down: int

    @classmethod
    def of(cls, audit: Audit) -> AuditPaper:
        """Count what an audit holds, by the day on which it was closed."""
        lines, today = audit.lines, closing_day(audit)
        taken = sum(klass(line, today) is Klass.TAKE_DOWN for line in lines)
        day = audit.closed_at.astimezone(VIETNAM).date()
        return cls(audit.id, audit.sha256, day, len(lines), sum(line.quantity for line in lines), taken)


def closing_day(audit: Audit) -> Today:
    """The day in Vietnam by which an audit is judged: what its paper says does not change with the day it is made.

    It is that of the closing, corrected by what the device knew of the server's clock: by a clock that is a year ahead
    nothing is past its date. A clock that was put right before the closing has said `closed_at` (the moment of its last
    line) too late, and `created_at` right.
    """
    closed_at = min(audit.closed_at, datetime.fromisoformat(audit.body["created_at"]))
    with contextlib.suppress(OverflowError):
        closed_at += timedelta(seconds=audit.body["clock_offset"] or 0)
    return Today(closed_at, closed_at.astimezone(VIETNAM).date(), clock_behind=False)


_KINDS: dict[type[Paper] | type[AuditPaper], tuple[str, ...]] = {
    Paper: ("products", "findings", "photos"),
    AuditPaper: ("lines", "packs", "take_down"),
}


@dataclass(frozen=True)
class CheckedPaper:
    """What a paper's code says, whose key has signed it, and what is wrong; the rest of the paper was not compared."""

    paper: Paper | AuditPaper | None
    key: DeviceKey | None
    faults: tuple[Fault, ...]


def paper_link(site: str, paper: Facts, key: Signing, certificate: str | None) -> str:
    """The address that the code holds; `site` is the address of the register's server.

    Without a certificate only a server that knows the key can tell whose it is.
    """
    signed = {"kid": key.kid, "sig": padless(key.sign(paper.message())), "cert": certificate}
    return f"{site.rstrip('/')}/proof/{paper.id}?p={padless(rfc8785.dumps(paper.members() | signed))}"


def is_paper(text: str) -> bool:
    """Whether a scanned text is the address of a paper record; it may still be a bad one."""
    return _parts(text) is not None


def check_paper(text: str, trust: Trust) -> CheckedPaper:
    """Check the code of a paper without network. Never raises."""
    parts = _parts(text)
    try:
        if parts is None:
            return CheckedPaper(None, None, (Fault(FaultCode.NO_RECORD),))
        paper, kid, signature, certificate = _read(*parts)
    except (ValueError, TypeError, KeyError, RecursionError):
        return CheckedPaper(None, None, (Fault(FaultCode.UNREAD_FORM),))
    key, fault = certified_key(certificate, kid, trust)
    faults = [] if fault is None else [Fault(FAULTS[fault])]
    if key is not None and not has_signed(key, paper.message(), signature):
        faults.insert(0, Fault(FaultCode.PAPER_ALTERED))
    return CheckedPaper(paper, key, tuple(faults))


FAULTS = {fault: FaultCode(fault.value) for fault in KeyFault}
"""The fault of a paper or a file for each fault of its key."""


def _parts(text: str) -> tuple[str, str] | None:
    """The record's id and PAPER, encoded."""
    if len(text) > LONGEST:
        return None
    try:
        address = urlsplit(text)
        told = [value for name, value in parse_qsl(address.query, keep_blank_values=True) if name == "p"]
    except ValueError:
        return None
    path = _PATH.fullmatch(address.path)
    if address.scheme not in ("http", "https") or path is None or len(told) != 1:
        return None
    return path[1], told[0]


def _read(record_id: str, encoded: str) -> tuple[Paper | AuditPaper, str, bytes, str | None]:
    members = json.loads(unpadded(encoded))
    types = {name: type(value) for name, value in dict(members).items()}
    of = next((kind for kind, counts in _KINDS.items() if types in _forms(counts)), None)
    if of is None or members["v"] != 1 or not re.fullmatch("[0-9a-f]{64}", members["hash"]):
        raise ValueError("another form")
    counts = [members[name] for name in _KINDS[of]]
    if not all(0 <= count <= _TOO_MANY for count in counts):
        raise ValueError("no count")
    paper = of(record_id, members["hash"], date.fromisoformat(members["day"]), *counts)
    return paper, members["kid"], unpadded(members["sig"]), members["cert"]


def _forms(counts: Sequence[str]) -> tuple[dict[str, type], ...]:
    """The types of a paper's members, with a certificate and without."""
    members: dict[str, type] = dict.fromkeys(_TEXTS, str) | dict.fromkeys(("v", *counts), int)
    return members, members | {"cert": type(None)}
