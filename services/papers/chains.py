"""Tells what the records of a file say of their chain, and of the clock by which they were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from services.papers.faults import Fault, FaultCode
from services.papers.file_form import Manifest
from services.papers.trust import Trust, certified_key, has_signed, parted
from services.records.chain import record_message
from services.records.record import Record

Followers = Mapping[tuple[str, str], str]
"""By the hash of a record the hash of the one that was signed next; of the first of a key by that key's id instead."""

LATE_DAYS = 30
"""A record that arrived so many days after its own is told as late: a device without a network, or a wrong clock."""

_MOST_EARLIER = 1000
"""So many corrected versions are looked at: each takes two signatures to be checked, and no round has more."""

_DRIFT = timedelta(minutes=10)
"""Clocks are set right by minutes."""


def earlier_versions(manifest: Manifest, trust: Trust) -> Mapping[str, str]:
    """The corrected versions that are not in the file and that the key of some device has signed: what each follows."""
    proven = {}
    for sha256, prev in islice(manifest.earlier.items(), _MOST_EARLIER):
        try:
            kid, signature = parted(manifest.signatures.get(sha256, ""))
        except ValueError:
            continue
        key, _fault = certified_key(manifest.certificates.get(kid), kid, trust)
        if key is not None and has_signed(key, record_message(sha256), signature):
            proven[sha256] = prev
    return proven


def clock(records: Sequence[Record | None], received: Mapping[str, datetime]) -> list[Fault]:
    """Whether the device's own times cannot be right: a record before the one that it follows, or after its arrival."""
    made = {record.sha256: datetime.fromisoformat(record.body["created_at"]) for record in records if record}
    for record in filter(None, records):
        at, before, after = made[record.sha256], made.get(record.prev or ""), received.get(record.sha256)
        corrected = at + timedelta(seconds=record.body["clock_offset"] or 0)
        if (before and at < before - _DRIFT) or (after and corrected > after + _DRIFT):
            return [Fault(FaultCode.CLOCK_WRONG)]
    return []


def chain(
    records: Sequence[Record | None], proven: Mapping[str, str], known: Followers, earlier: Mapping[str, str]
) -> tuple[Followers, list[Fault]]:
    """Two records that follow on one are a fork. Records between those of the file are a gap, which may be in order.

    Only what a key has signed counts: anybody can write a record that names another's predecessor. `earlier` are
    versions that were corrected, through which a chain goes on; and each device has a chain of its own.
    """
    followers: dict[tuple[str, str], str] = {}
    faults: list[Fault] = []
    begins: dict[str, set[str]] = {}
    hashes = {record.sha256 for record in records if record}
    for number, record in enumerate(records):
        if record is None:
            continue
        before, passed = record.prev or "", set[str]()
        while before in earlier and before not in hashes | passed:
            passed.add(before)
            before = earlier[before]
        if before not in hashes:
            begins.setdefault(record.device, set()).add(before)
        kid = proven.get(record.sha256)
        if kid is None:
            continue
        link = (record.prev, "") if record.prev else ("", kid)
        other = followers.get(link, known.get(link, record.sha256))
        if other != record.sha256:
            faults.append(Fault(FaultCode.CHAIN_FORKED, number))
        followers[link] = record.sha256
    if any(len(each) > 1 for each in begins.values()):
        faults.append(Fault(FaultCode.CHAIN_GAP))
    return followers, faults
