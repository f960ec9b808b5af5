"""What a device holds of a closed round for its paper: the records, their signatures, and the key that signs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from services.accounts.accounts import Accounts
from services.accounts.device_key import DeviceKey
from services.accounts.viewer import Viewer
from services.checklists.versions import Versions
from services.papers.checklists import ItemWords, ListOf, ListWords
from services.papers.making import Proof
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
    made |= {each.sha256: book.inspections.signature(each.id) for each in inspections if each}
    signatures = {sha256: signature for sha256, signature in made.items() if signature}
    key = accounts.keys.of(accounts.one_name(closed.owner), closed.device) if closed.owner else None
    # Of earlier keys too: a key that was lost or revoked is replaced, and what it has signed stays signed by it.
    kids = {signature.partition(";")[0] for signature in signatures.values()} | ({key.kid} if key else set())
    given = {kid: accounts.keys.certificate_of(kid, addresses) for kid in sorted(kids)}
    certificates = {kid: certificate for kid, certificate in given.items() if certificate}
    return KeptRecord(closed, inspections, Proof(signatures, certificates), key)


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
