"""Checks a PDF of a round or an audit without network: what was signed, by whose key, and what was altered since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import rfc8785

from services.audits.audit import Audit
from services.papers.faults import Fault, FaultCode
from services.papers.file_form import Carried, Manifest, read_pdf, seal_message
from services.papers.forms import check_audit, check_inspection, check_round, check_size
from services.papers.paper import FAULTS, AuditPaper, CheckedPaper, Paper, check_paper
from services.papers.trust import DeviceKey, Trust, certified_key, has_signed, parted
from services.records.chain import record_message
from services.records.kind import AUDIT, INSPECTION, ROUND, Kind
from services.records.record import Record
from services.rounds.inspection import Inspection
from services.rounds.round import Round, content_hash

Followers = Mapping[tuple[str, str], str]
"""By the hash of a record the hash of the one that was signed next; of the first of a key by that key's id instead."""


@dataclass(frozen=True)
class CheckedFile:
    """What was signed: the round with its inspections in order, or the audit, who signed, and all faults.

    An inspection is None where it is not in the file, or of a newer form.

    `paper` is what the code on the file's paper says. `followers` is what the file says of the chain: give it with the
    next file, so that two records with one predecessor are noticed between files too.
    """

    round: Round | None
    inspections: tuple[Inspection | None, ...] = ()
    key: DeviceKey | None = None
    paper: CheckedPaper | None = None
    faults: tuple[Fault, ...] = ()
    followers: Followers = field(default_factory=dict)
    audit: Audit | None = None

    @property
    def record(self) -> Record | None:
        """What the file is of."""
        return self.round or self.audit

    @property
    def is_whole(self) -> bool:
        """Whether all that can be checked here is as it was signed."""
        return not self.faults

    @property
    def contradicts(self) -> bool:
        """Whether something is not as it was signed; else what is lacking leaves it open."""
        return any(fault.contradicts for fault in self.faults)


def check_pdf(pdf: bytes, trust: Trust, known: Followers | None = None) -> CheckedFile:
    """Check a file; `known` is what is known of the chains of keys. Raises BadFile where nothing is looked for."""
    carried = read_pdf(pdf)
    try:
        return _checked(carried, trust, known or {})
    except (LookupError, TypeError, ValueError, AttributeError):  # nothing that a device writes, whoever signed it
        return CheckedFile(None, faults=(Fault(FaultCode.UNREAD_FORM),))


def _checked(carried: Carried, trust: Trust, known: Followers) -> CheckedFile:
    records, unread, faults = _records(carried)
    heads = [record for record in records.values() if record.kind is not INSPECTION]
    if len(heads) != 1 or len(carried.manifests) > 1:
        several = len(heads) > 1 or len(carried.manifests) > 1
        code = FaultCode.SEVERAL_RECORDS if several else FaultCode.NO_RECORD
        return CheckedFile(None, faults=(*(faults or (Fault(code),)),))
    manifest = (*carried.manifests, Manifest())[0]
    closed: Round | Audit = Audit.of(heads[0]) if heads[0].kind is AUDIT else Round.of(heads[0])
    inspections, told = _inspections(closed, records, unread)
    faults += told
    key, proven, told = _signed(closed, inspections, manifest, trust)
    faults += told
    faults += _people(closed) if isinstance(closed, Round) else []
    paper, told = _paper(closed, inspections, manifest, trust)
    faults += told
    faults += _prints(inspections, manifest, carried)
    faults += _seal(carried, manifest, trust, closed, key)
    followers, told = _chain([closed, *inspections], proven, known)
    faults += told
    order = list(FaultCode)
    faults = sorted(dict.fromkeys(faults), key=lambda fault: (order.index(fault.code), fault.where, fault.photo))
    if isinstance(closed, Audit):
        return CheckedFile(None, (), key, paper, tuple(faults), followers, closed)
    return CheckedFile(closed, tuple(inspections), key, paper, tuple(faults), followers)


_FORMS = {
    ROUND: (check_round, FaultCode.ROUND_ALTERED),
    INSPECTION: (check_inspection, FaultCode.INSPECTION_ALTERED),
    AUDIT: (check_audit, FaultCode.AUDIT_ALTERED),
}
"""By the kind of a record what checks its form, and the fault of one that is not as it was signed."""


def _records(carried: Carried) -> tuple[dict[str, Record], set[str], list[Fault]]:
    """The records by hash that can be read in this version, and the hashes of those that cannot."""
    found: dict[str, Record] = {}
    unread: set[str] = set()
    faults: list[Fault] = []
    for content in carried.records:
        try:
            check_size(content, AUDIT.most_bytes)
            body = json.loads(content)
            kind: Kind = {kind.name: kind for kind in _FORMS}[body["kind"]]
            check_size(content, kind.most_bytes)
            canonical = rfc8785.dumps(body) == content
            record = Record(body["id"], body, hashlib.sha256(content).hexdigest(), kind)
            _FORMS[kind][0](record)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            faults.append(Fault(FaultCode.UNREAD_FORM))
            unread.add(hashlib.sha256(content).hexdigest())
            continue
        if not canonical:
            faults.append(Fault(_FORMS[kind][1]))
        found[record.sha256] = record
    return found, unread, faults


def _inspections(
    closed: Round | Audit, records: Mapping[str, Record], unread: Collection[str]
) -> tuple[list[Inspection | None], list[Fault]]:
    """The inspections that the round names by id and hash, and what of them is lacking, other, or too much."""
    inside = [record for record in records.values() if record.kind is INSPECTION]
    by_id = {record.id: record for record in inside}
    found: list[Inspection | None] = []
    faults = []
    for number, (named, sha256) in enumerate(_named(closed), 1):
        record = records.get(sha256)
        if record is None and named in by_id:
            faults.append(Fault(FaultCode.INSPECTION_ALTERED, number))
            record = by_id[named]
        elif record is None and sha256 not in unread:
            faults.append(Fault(FaultCode.INSPECTION_MISSING, number))
        found.append(Inspection.of(record) if record else None)
    used = {each.sha256 for each in found if each}
    faults += [Fault(FaultCode.INSPECTION_FOREIGN) for record in inside if record.sha256 not in used]
    return found, faults


def _named(closed: Round | Audit) -> Sequence[tuple[str, str]]:
    """Ids and hashes of the inspections that a record names; an audit names none."""
    return closed.inspections if isinstance(closed, Round) else ()


def _signed(
    closed: Round | Audit, inspections: Sequence[Inspection | None], manifest: Manifest, trust: Trust
) -> tuple[DeviceKey | None, Mapping[str, str], list[Fault]]:
    """Whose key signed the round, which key signed which hash, and what is wrong with these signatures."""
    faults: list[Fault] = []
    proven: dict[str, str] = {}
    signer: DeviceKey | None = None
    for number, record in enumerate([closed, *inspections]):
        if record is None or Fault(FaultCode.INSPECTION_ALTERED, number) in faults:
            continue
        try:
            kid, signature = parted(manifest.signatures.get(record.sha256, ""))
        except ValueError:
            # The round names its inspections by their hashes, so that its own signature covers them.
            faults += [] if number else [_unsigned(manifest, closed)]
            continue
        key, fault = certified_key(manifest.certificates.get(kid), kid, trust)
        faults += [] if fault is None else [Fault(FAULTS[fault])]
        if key is None:
            continue
        if not has_signed(key, record_message(record.sha256), signature):
            code = FaultCode.INSPECTION_ALTERED if number else _FORMS[closed.kind][1]
            faults.append(Fault(code, number))
            continue
        proven[record.sha256] = kid
        signer = signer if number else key
        faults += _others(key, record, signer)
    return signer, proven, faults


def _others(key: DeviceKey, record: Record, signer: DeviceKey | None) -> list[Fault]:
    """Whether a key is of another device than the record's, or of another account than the round's."""
    same = key.device == record.device and (signer is None or key.account == signer.account)
    return [] if same else [Fault(FaultCode.OTHER_DEVICE)]


def _unsigned(manifest: Manifest, closed: Round | Audit) -> Fault:
    """No signature is of this record: either it was signed otherwise, or there never was one."""
    others = manifest.signatures.keys() - {sha256 for _id, sha256 in _named(closed)}
    return Fault(_FORMS[closed.kind][1] if others else FaultCode.NOT_SIGNED)


def _people(closed: Round) -> list[Fault]:
    """Whether what people signed on the screen is this content."""
    content = content_hash(closed.body)
    others = any(each.content != content for each in closed.said.signatures)
    return [Fault(FaultCode.OTHER_CONTENT_SIGNED)] if others else []


def _paper(
    closed: Round | Audit, inspections: Sequence[Inspection | None], manifest: Manifest, trust: Trust
) -> tuple[CheckedPaper | None, list[Fault]]:
    """What the code on the paper says, and whether that is of this record."""
    if manifest.link is None:
        return None, []
    checked = check_paper(manifest.link, trust)
    if checked.paper is None:
        return checked, [Fault(FaultCode.PAPER_ALTERED)]
    faults = [*checked.faults]
    whole = [each for each in inspections if each]
    if checked.paper.hash != closed.sha256 or (
        len(whole) == len(inspections)
        and checked.paper != (Paper.of(closed, whole) if isinstance(closed, Round) else AuditPaper.of(closed))
        and Fault(FaultCode.PAPER_ALTERED) not in faults
    ):
        faults.append(Fault(FaultCode.OTHER_PAPER))
    return checked, faults


def _prints(inspections: Sequence[Inspection | None], manifest: Manifest, carried: Carried) -> list[Fault]:
    """The photos whose print is not the picture that was put into the file.

    Programs that make a file smaller store each photo anew. Without a seal that is no other picture yet, and where it
    holds for all of them it says no more than that the seal is gone.
    """
    printed = [
        (number, photo, manifest.prints[said["sha256"]])
        for number, each in enumerate(inspections, 1)
        if each
        for photo, said in enumerate(each.body["photos"], 1)
        if said["sha256"] in manifest.prints
    ]
    gone = [(number, photo) for number, photo, sha256 in printed if sha256 not in carried.jpegs]
    if carried.seal is not None or carried.added:
        return [Fault(FaultCode.PHOTO_SWAPPED, *where) for where in gone]
    return [Fault(FaultCode.PHOTO_SAVED_ANEW, *where) for where in gone] if len(gone) < len(printed) else []


def _seal(carried: Carried, manifest: Manifest, trust: Trust, closed: Record, signer: DeviceKey | None) -> list[Fault]:
    """Whether the file is as the device made it, to the byte, by the device and the account that closed the record."""
    if carried.added:
        return [Fault(FaultCode.FILE_ALTERED)]
    if carried.seal is None:
        return [Fault(FaultCode.NOT_SEALED)]
    kid, signature = parted(carried.seal)
    key, fault = certified_key(manifest.certificates.get(kid), kid, trust)
    faults = [] if fault is None else [Fault(FAULTS[fault])]
    if key is None:
        return faults
    if not has_signed(key, seal_message(carried.sealed), signature):
        return [Fault(FaultCode.FILE_ALTERED)]
    return faults + _others(key, closed, signer)


def _chain(
    records: Sequence[Record | None], proven: Mapping[str, str], known: Followers
) -> tuple[Followers, list[Fault]]:
    """Two records that follow on one are a fork. Records between those of the file are a gap, which may be in order.

    Only what a key has signed counts: anybody can write a record that names another's predecessor.
    """
    followers: dict[tuple[str, str], str] = {}
    faults: list[Fault] = []
    begins = 0
    hashes = {record.sha256 for record in records if record}
    for number, record in enumerate(records):
        if record is None:
            continue
        begins += record.prev not in hashes
        kid = proven.get(record.sha256)
        if kid is None:
            continue
        link = (record.prev, "") if record.prev else ("", kid)
        other = followers.get(link, known.get(link, record.sha256))
        if other != record.sha256:
            faults.append(Fault(FaultCode.CHAIN_FORKED, number))
        followers[link] = record.sha256
    if begins > 1:
        faults.append(Fault(FaultCode.CHAIN_GAP))
    return followers, faults
