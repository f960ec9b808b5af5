"""Checks a PDF of a round without network: what was signed, by whose key, and what is not as it was signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import rfc8785

from services.papers.faults import Fault, FaultCode
from services.papers.file_form import Carried, Manifest, read_pdf, seal_message
from services.papers.forms import check_inspection, check_round
from services.papers.paper import FAULTS, CheckedPaper, Paper, check_paper
from services.papers.trust import DeviceKey, Trust, certified_key, has_signed, parted
from services.records.chain import record_message
from services.records.kind import INSPECTION, ROUND, Kind
from services.records.record import Record
from services.rounds.inspection import Inspection
from services.rounds.round import Round, content_hash

Followers = Mapping[tuple[str, str], str]
"""By a key's id and the hash of a record (empty: none), the hash of the record that this key signed next."""


@dataclass(frozen=True)
class CheckedFile:
    """What was signed: the round, its inspections in order (None: not in the file), who signed, and all faults.

    `paper` is what the code on the file's paper says. `followers` is what the file says of the chain: give it with the
    next file, so that two records with one predecessor are noticed between files too.
    """

    round: Round | None
    inspections: tuple[Inspection | None, ...] = ()
    key: DeviceKey | None = None
    paper: CheckedPaper | None = None
    faults: tuple[Fault, ...] = ()
    followers: Followers = field(default_factory=dict)

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
    records, faults = _records(carried)
    rounds = [record for record in records.values() if record.kind is ROUND]
    if len(rounds) != 1 or len(carried.manifests) > 1:
        several = len(rounds) > 1 or len(carried.manifests) > 1
        code = FaultCode.SEVERAL_RECORDS if several else FaultCode.NO_RECORD
        return CheckedFile(None, faults=(*(faults or (Fault(code),)),))
    closed, manifest = Round.of(rounds[0]), (*carried.manifests, Manifest())[0]
    inspections, told = _inspections(closed, records)
    faults += told
    key, told = _signed(closed, inspections, manifest, trust)
    faults += told
    faults += _people(closed)
    paper, told = _paper(closed, inspections, manifest, trust)
    faults += told
    faults += _prints(inspections, manifest, carried)
    faults += _seal(carried, manifest, trust, closed)
    followers, told = _chain([closed, *filter(None, inspections)], manifest, known)
    faults += told
    order = list(FaultCode)
    faults = sorted(dict.fromkeys(faults), key=lambda fault: (order.index(fault.code), fault.where, fault.photo))
    return CheckedFile(closed, tuple(inspections), key, paper, tuple(faults), followers)


def _records(carried: Carried) -> tuple[dict[str, Record], list[Fault]]:
    """The records by id and hash that can be read in this version."""
    found: dict[str, Record] = {}
    faults: list[Fault] = []
    for content in carried.records:
        try:
            body = json.loads(content)
            kind: Kind = {kind.name: kind for kind in (ROUND, INSPECTION)}[body["kind"]]
            canonical = rfc8785.dumps(body) == content
            record = Record(body["id"], body, hashlib.sha256(content).hexdigest(), kind)
            (check_round if kind is ROUND else check_inspection)(record)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            faults.append(Fault(FaultCode.UNREAD_FORM))
            continue
        if not canonical:
            faults.append(Fault(FaultCode.ROUND_ALTERED if kind is ROUND else FaultCode.INSPECTION_ALTERED))
        found[record.sha256] = record
    return found, faults


def _inspections(closed: Round, records: Mapping[str, Record]) -> tuple[list[Inspection | None], list[Fault]]:
    """The inspections that the round names by id and hash, and what of them is lacking, other, or too much."""
    inside = [record for record in records.values() if record.kind is INSPECTION]
    by_id = {record.id: record for record in inside}
    found: list[Inspection | None] = []
    faults = []
    for number, (named, sha256) in enumerate(closed.inspections, 1):
        record = records.get(sha256)
        if record is None and named in by_id:
            faults.append(Fault(FaultCode.INSPECTION_ALTERED, number))
            record = by_id[named]
        elif record is None:
            faults.append(Fault(FaultCode.INSPECTION_MISSING, number))
        found.append(Inspection.of(record) if record else None)
    used = {each.sha256 for each in found if each}
    faults += [Fault(FaultCode.INSPECTION_FOREIGN) for record in inside if record.sha256 not in used]
    return found, faults


def _signed(
    closed: Round, inspections: Sequence[Inspection | None], manifest: Manifest, trust: Trust
) -> tuple[DeviceKey | None, list[Fault]]:
    """Whose key signed the round, and what is wrong with its signature and those of the inspections."""
    faults: list[Fault] = []
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
            code = FaultCode.INSPECTION_ALTERED if number else FaultCode.ROUND_ALTERED
            faults.append(Fault(code, number))
        elif key.device != record.device:
            faults.append(Fault(FaultCode.OTHER_DEVICE, number))
        signer = signer if number else key
    return signer, faults


def _unsigned(manifest: Manifest, closed: Round) -> Fault:
    """No signature is of this round: either it was signed otherwise, or there never was one."""
    others = manifest.signatures.keys() - {sha256 for _id, sha256 in closed.inspections}
    return Fault(FaultCode.ROUND_ALTERED if others else FaultCode.NOT_SIGNED)


def _people(closed: Round) -> list[Fault]:
    """Whether what people signed on the screen is this content."""
    content = content_hash(closed.body)
    others = any(each.content != content for each in closed.said.signatures)
    return [Fault(FaultCode.OTHER_CONTENT_SIGNED)] if others else []


def _paper(
    closed: Round, inspections: Sequence[Inspection | None], manifest: Manifest, trust: Trust
) -> tuple[CheckedPaper | None, list[Fault]]:
    """What the code on the paper says, and whether that is of this round."""
    if manifest.link is None:
        return None, []
    checked = check_paper(manifest.link, trust)
    if checked.paper is None:
        return checked, [Fault(FaultCode.PAPER_ALTERED)]
    faults = [fault for fault in checked.faults if fault.code is FaultCode.PAPER_ALTERED]
    whole = [each for each in inspections if each]
    if checked.paper.hash != closed.sha256 or (
        len(whole) == len(inspections) and checked.paper != Paper.of(closed, whole) and not faults
    ):
        faults.append(Fault(FaultCode.OTHER_PAPER))
    return checked, faults


def _prints(inspections: Sequence[Inspection | None], manifest: Manifest, carried: Carried) -> list[Fault]:
    """The photos whose print is not the picture that was put into the file."""
    return [
        Fault(FaultCode.PHOTO_SWAPPED, number, photo)
        for number, each in enumerate(inspections, 1)
        if each
        for photo, said in enumerate(each.body["photos"], 1)
        if (printed := manifest.prints.get(said["sha256"])) is not None and printed not in carried.jpegs
    ]


def _seal(carried: Carried, manifest: Manifest, trust: Trust, closed: Round) -> list[Fault]:
    """Whether the file is as the device made it, to the byte."""
    if carried.added:
        return [Fault(FaultCode.FILE_ALTERED)]
    if carried.seal is None:
        return [Fault(FaultCode.NOT_SEALED)]
    kid, signature = parted(carried.seal)
    key, fault = certified_key(manifest.certificates.get(kid), kid, trust)
    if key is None:
        return [Fault(FAULTS[fault])] if fault else []
    if not has_signed(key, seal_message(carried.sealed), signature):
        return [Fault(FaultCode.FILE_ALTERED)]
    return [Fault(FaultCode.OTHER_DEVICE)] if key.device != closed.device else []


def _chain(records: Sequence[Record], manifest: Manifest, known: Followers) -> tuple[Followers, list[Fault]]:
    """Two records that follow on one are a fork. Records between those of the file are a gap, which may be in order."""
    followers: dict[tuple[str, str], str] = {}
    faults: list[Fault] = []
    begins = 0
    hashes = {record.sha256 for record in records}
    for number, record in enumerate(records):
        kid = manifest.signatures.get(record.sha256, "").partition(";")[0]
        link = (kid, record.prev or "")
        begins += record.prev not in hashes
        if not kid:
            continue
        other = followers.get(link, known.get(link, record.sha256))
        if other != record.sha256:
            faults.append(Fault(FaultCode.CHAIN_FORKED, number))
        followers[link] = record.sha256
    if begins > 1:
        faults.append(Fault(FaultCode.CHAIN_GAP))
    return followers, faults
