"""What a device holds of a closed round for its paper: the records, their signatures, and the key that signs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from services.accounts.accounts import Accounts
from services.accounts.device_key import DeviceKey
from services.accounts.viewer import Viewer
from services.checklists.versions import Versions
from services.papers.checklists import ItemWords, ListOf, ListWords
from services.papers.making import Proof
from services.records.book import RecordBook
from services.records.record import Record
from services.rounds.inspection import Inspection
from services.rounds.round import Round
from services.rounds.round_book import RoundBook


@dataclass(frozen=True)
class KeptRecord:
    """A closed round with its inspections, what proves them, and the account's key; None while that is locked.

    An inspection is None where it was lost on this device.
    """

    round: Round
    inspections: tuple[Inspection | None, ...]
    proof: Proof
    key: DeviceKey | None


def kept_record(
    round_id: str, book: RoundBook, viewer: Viewer, accounts: Accounts, addresses: Collection[str]
) -> KeptRecord | None:
    """Read it; None where the viewer has no such closed round. `addresses` are those of the register's server.

    Raises StoreWriteError where a signature that is made now cannot be kept.
    """
    kept = book.round(round_id, viewer)
    if kept is None or kept.closed is None:
        return None
    closed = kept.closed
    here = (book.inspections.record(named) if named in book.inspections else None for named, _ in closed.inspections)
    inspections = tuple(Inspection.of(record) if record else None for record in here)
    made = {closed.sha256: book.closed.signature(closed.id)}
    there = [each for each in inspections if each]
    earlier = [version for each in there for version in _earlier(each, book.inspections)]
    made |= {each.sha256: book.inspections.signature(each.id) for each in (*there, *earlier)}
    signatures = {sha256: signature for sha256, signature in made.items() if signature}
    key = accounts.keys.of(accounts.one_name(closed.owner), closed.device) if closed.owner else None
    # Of earlier keys too: a key that was lost or revoked is replaced, and what it has signed stays signed by it.
    kids = {signature.partition(";")[0] for signature in signatures.values()} | ({key.kid} if key else set())
    words = {kid: accounts.keys.certificate_of(kid, addresses) for kid in sorted(kids)}
    certificates = {kid: certificate for kid, certificate in words.items() if certificate}
    given = {closed.sha256: book.closed.entry(closed.id).jws}
    given |= {each.sha256: book.inspections.entry(each.id).jws for each in there}
    corrections = book.inspections.corrections()
    later = {
        each.sha256: _latest(each, book.inspections, corrections).sha256 for each in there if each.id in corrections
    }
    proof = Proof(
        signatures,
        certificates,
        receipts={sha256: jws for sha256, jws in given.items() if jws},
        earlier={each.sha256: each.prev or "" for each in earlier},
        later=later,
    )
    return KeptRecord(closed, inspections, proof, key)


def _earlier(record: Record, book: RecordBook) -> Iterator[Record]:
    """The versions of a record that were corrected before it, the latest first."""
    seen = {record.id}
    while record.supersedes is not None and record.supersedes in book and record.supersedes not in seen:
        record = book.record(record.supersedes)
        seen.add(record.id)
        yield record


def _latest(record: Record, book: RecordBook, corrections: Mapping[str, str]) -> Record:
    """The record that corrects this one and is corrected by none."""
    seen = set()
    while record.id in corrections and record.id not in seen:
        seen.add(record.id)
        record = book.record(corrections[record.id])
    return record


def lists_of(versions: Versions) -> ListOf:
    """The words of the checklists that a device has."""

    def words(version: str, law: str) -> ListWords | None:
        document = versions.get(version)
        if document is None:
            return None
        sources = document.sources
        items = {
            item.id: ItemWords(
                item.text,
                item.text_en,
                ", ".join(sources[each].name for each in item.citation),
                ", ".join(sources[each].name_en for each in item.citation),
                assumed=item.certainty != "found",
            )
            for item in document.items.values()
        }
        named = document.laws.get(law)
        return ListWords(named.name if named else law, named.name_en if named else law, items)

    return words
