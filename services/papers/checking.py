"""Checks a PDF of a round or an audit without network: what was signed, by whose key, and what was altered since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import rfc8785

from services.audits.audit import Audit
from services.papers.chains import Followers, chain, clock, earlier_versions
from services.papers.faults import Fault, FaultCode, Of
from services.papers.file_form import Carried, Manifest, read_pdf, seal_message
from services.papers.forms import check_audit, check_inspection, check_round, check_size
from services.papers.paper import FAULTS, AuditPaper, CheckedPaper, Paper, check_paper
from services.papers.receipts import BadReceipt, received_at
from services.papers.trust import DeviceKey, Trust, certified_key, has_signed, parted
from services.records.chain import record_message
from services.records.kind import AUDIT, INSPECTION, ROUND, Kind
from services.records.record import Record
from services.rounds.inspection import Inspection
from services.rounds.round import Round, content_hash


@dataclass(frozen=True)
class CheckedFile:
    """What was signed: the round with its inspections in order, or the audit, who signed, and all faults.

    An inspection is None where it is not in the file, or of a newer form.

    `paper` is what the code on the file's paper says. `received` is when the register received a record, by the
    record's hash, and `later` has the hash of what corrects an inspection, by the hash of that. `followers` is what the
    file says of the chain: give it with the next file, so that two records with one predecessor are noticed between
    files too.
    """

    round: Round | None
    inspections: tuple[Inspection | None, ...] = ()
    key: DeviceKey | None = None
    paper: CheckedPaper | None = None
    faults: tuple[Fault, ...] = ()
    followers: Followers = field(default_factory=dict)
    received: Mapping[str, datetime] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)
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
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):  # nothing that a device writes
        return CheckedFile(None, faults=(Fault(FaultCode.UNREAD_FORM),))


def _checked(carried: Carried, trust: Trust, known: Followers) -> CheckedFile:
    records, unread, faults = _records(carried)
    heads = [record for record in records.values() if record.kind is not INSPECTION]
    if len(heads) != 1 or len(carried.manifests) > 1:
        several = len(heads) > 1 or len(carried.manifests) > 1
        code = FaultCode.SEVERAL_RECORDS if several else FaultCode.NO_RECORD
        altered = [] if several else _broken(carried, trust)
        return CheckedFile(None, faults=(*altered, *(faults or (Fault(code),))))
    manifest = (*carried.manifests, Manifest())[0]
    closed: Round | Audit = Audit.of(heads[0]) if heads[0].kind is AUDIT else Round.of(heads[0])
    inspections, told = _inspections(closed, records, unread)
    faults += told
    received, told = _received([closed, *inspections], manifest, trust)
    faults += told
    key, proven, told = _signed(closed, inspections, manifest, trust, received)
    faults += told
    faults += _people(closed) if isinstance(closed, Round) else []
    paper, told = _paper(closed, inspections, manifest, trust, key)
    faults += _unless_told(told, faults, Of.CODE)
    faults += _prints(inspections, manifest, carried)
    told = _seal(carried, manifest, trust, closed, key)
    faults = _left_out(faults, by_device=not told and key is not None) + _unless_told(told, faults, Of.SEAL)
    changed = any(fault.code is FaultCode.INSPECTION_ALTERED for fault in faults)
    followers, told = chain([closed, *inspections], proven, known, earlier_versions(manifest, trust))
    # What was altered has another hash, which breaks the chain by itself.
    faults += [fault for fault in told if not (changed and fault.code is FaultCode.CHAIN_GAP)]
    faults += clock([closed, *inspections], received)
    order = list(FaultCode)
    faults = sorted(dict.fromkeys(faults), key=lambda fault: (order.index(fault.code), fault.where, fault.photo))
    later = {each.sha256: manifest.later[each.sha256] for each in inspections if each and each.sha256 in manifest.later}
    if isinstance(closed, Audit):
        return CheckedFile(None, (), key, paper, tuple(faults), followers, received, later, closed)
    return CheckedFile(closed, tuple(inspections), key, paper, tuple(faults), followers, received, later)


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


def _received(
    records: Sequence[Record | None], manifest: Manifest, trust: Trust
) -> tuple[dict[str, datetime], list[Fault]]:
    """When the register received which record, by its receipts in the file."""
    received: dict[str, datetime] = {}
    faults = []
    for number, record in enumerate(records):
        token = manifest.receipts.get(record.sha256) if record else None
        if record is None or token is None:
            continue
        try:
            at = received_at(record, token, trust)
        except BadReceipt:
            faults.append(Fault(FaultCode.BAD_RECEIPT, number))
            continue
        if at is not None:
            received[record.sha256] = at
    return received, faults


def _left_out(faults: Sequence[Fault], *, by_device: bool) -> list[Fault]:
    """What is missing in a file was left out by the device that made it, where its seal holds to the last byte."""
    codes = {FaultCode.INSPECTION_MISSING: FaultCode.INSPECTION_LEFT_OUT} if by_device else {}
    return [replace(fault, code=codes.get(fault.code, fault.code)) for fault in faults]


def _signed(
    closed: Round | Audit,
    inspections: Sequence[Inspection | None],
    manifest: Manifest,
    trust: Trust,
    received: Mapping[str, datetime],
) -> tuple[DeviceKey | None, Mapping[str, str], list[Fault]]:
    """Whose key signed the round, which key signed which hash, and what is wrong with these signatures.

    What the register received before it revoked a key is as good as it was then. The round names its inspections by
    their hashes, so its own receipt counts for them.
    """
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
        at = received.get(record.sha256) or received.get(closed.sha256)
        early = key is not None and key.revoked_at is not None and at is not None and at < key.revoked_at
        faults += [] if fault is None or early else [Fault(FAULTS[fault])]
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


def _unless_told(faults: Sequence[Fault], told: Collection[Fault], of: Of) -> list[Fault]:
    """What is wrong with the key of a code or a seal: as its own fault, unless the records' key has the same."""
    own = (*FAULTS.values(), FaultCode.OTHER_DEVICE)
    return [fault if fault in told or fault.code not in own else replace(fault, of=of) for fault in faults]


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
    closed: Round | Audit,
    inspections: Sequence[Inspection | None],
    manifest: Manifest,
    trust: Trust,
    signer: DeviceKey | None,
) -> tuple[CheckedPaper | None, list[Fault]]:
    """What the code on the paper says, and whether that is of this record and by who signed it."""
    if manifest.link is None:
        return None, []
    checked = check_paper(manifest.link, trust)
    if checked.paper is None:
        return checked, [Fault(FaultCode.PAPER_ALTERED)]
    faults = [*checked.faults, *(_others(checked.key, closed, signer) if checked.key else [])]
    if checked.paper.hash != closed.sha256:
        faults.append(Fault(FaultCode.OTHER_PAPER))
    elif Fault(FaultCode.PAPER_ALTERED) not in faults:
        named = [sha256 for _id, sha256 in _named(closed)]
        whole = [each for each in inspections if each and each.sha256 in named]
        said = Paper.of(closed, whole) if isinstance(closed, Round) else AuditPaper.of(closed)
        if len(whole) == len(named) and checked.paper != said:
            faults.append(Fault(FaultCode.PAPER_DIFFERS))
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
    if not carried.manifests:  # the app seals no file without the certificate of the key
        return [Fault(FaultCode.FILE_ALTERED)]
    key, fault = certified_key(manifest.certificates.get(kid), kid, trust)
    faults = [] if fault is None else [Fault(FAULTS[fault])]
    if key is None:
        return faults
    if not has_signed(key, seal_message(carried.sealed), signature):
        return [Fault(FaultCode.FILE_ALTERED)]
    return faults + _others(key, closed, signer)


def _broken(carried: Carried, trust: Trust) -> list[Fault]:
    """Whether a file in which no record can be read is other than it was sealed."""
    if carried.added or (carried.seal is not None and not carried.manifests):
        return [Fault(FaultCode.FILE_ALTERED)]
    if carried.seal is None:
        return []
    kid, signature = parted(carried.seal)
    key, _fault = certified_key(carried.manifests[0].certificates.get(kid), kid, trust)
    signed = key is None or has_signed(key, seal_message(carried.sealed), signature)
    return [] if signed else [Fault(FaultCode.FILE_ALTERED)]
