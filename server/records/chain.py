"""Keeps which record of a device follows which, by whom each was signed, and where the chain breaks."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import CharField, Q
from django.utils import timezone

from accounts.models import DeviceKey, User
from querying.inserts import insert
from querying.prepared import Prepared
from records.device_keys import is_signed
from records.kinds import Kind, Parts, all_kinds
from records.models import Break, Link, StoredRecord

_SIGNATURE = re.compile(r"([0-9a-f]{32});([A-Za-z0-9_-]{86})")

_key_named = Prepared(lambda kid: DeviceKey.objects.filter(kid=kid).order_by(), CharField())

_CLOCKS_DRIFT = timedelta(minutes=10)


class BadSignature(ValueError):
    """There is no signature where there has to be one, or it is not by a key of the sender."""


class UnknownKey(LookupError):
    """The key was never certified here, as far as this database knows."""


def check(header: str, sha256: str, account: User | None, device: UUID) -> tuple[DeviceKey, str] | None:
    """Read a `Record-Signature` and return the key and the signature; None where there is none.

    The key has to be the sender's on the `device` that the record names, as whoever checks a file asks too. Which
    device's session sends it does not count: an account brings back what waits in a folder that it has left. A revoked
    key's signature is taken too: the record was made, and the office is told. Raises BadSignature and UnknownKey.
    """
    if not header:
        return None
    match = _SIGNATURE.fullmatch(header)
    if match is None or account is None:
        raise BadSignature("This is no signature of an account's key.")
    key = _key_named.first(match[1])
    if key is None:
        raise UnknownKey("This server does not know the key. Have it certified.")
    if (key.user_id, key.device) != (account.pk, device):
        raise BadSignature("The key is another account's, or another device's than the record's.")
    if not is_signed(key, b"ocop-record\n" + sha256.encode(), match[2]):
        raise BadSignature("The signature is not by this key.")
    return key, match[2]


def must_be_signed(kind: Kind, account: User | None, devices: Collection[UUID]) -> bool:
    """Whether a record of this kind needs a signature: one of `devices` has a key of this account's.

    They are the device of the session and that of the record, so that neither can be named to do without.
    """
    if not kind.chained or account is None:
        return False
    return DeviceKey.objects.filter(user=account, device__in=devices, revoked_at=None).exists()


def keep(kind: Kind, record: StoredRecord, prev: str | None, signed: tuple[DeviceKey, str] | None) -> None:
    """Keep a new record's place in its chain, and note a gap or a fork. The clock of the records is locked."""
    if not kind.chained and signed is None:
        return
    key, signature = signed or (None, "")
    # There is one already where somebody has removed the record from the database, and its sender sends it again.
    told = {
        "sha256": record.sha256,
        "prev": prev,
        "account_id": record.account_id,
        "device": record.device,
        "key": key,
        "signature": signature,
        "chained": kind.chained,
        "received_at": record.received_at,
    }
    link = Link(kind=kind.name, record=record.pk, **told)
    insert(link, once=("kind", "record"), anew=[name.removesuffix("_id") for name in told])
    if kind.chained:
        _note_breaks(link)


def add_signature(kind: Kind, record: StoredRecord, signed: tuple[DeviceKey, str] | None) -> None:
    """Keep the signature of a record that came without one before."""
    if signed is not None:
        unsigned = Link.objects.filter(kind=kind.name, record=record.pk, key=None)
        unsigned.update(key=signed[0], signature=signed[1])


def signatures(records: Collection[tuple[Kind, StoredRecord]]) -> dict[tuple[str, UUID], str]:
    """`Record-Signature` of those of the records that have one, by kind and id."""
    links = Link.objects.filter(record__in=[record.pk for _, record in records]).exclude(key=None)
    return {(link.kind, link.record): header for link in links if (header := link.header)}


def chain_of(link: Link, parts: Parts | None) -> list[Link]:
    """The place of a record in its chain, and those of the records that it names and that are here."""
    of_sender = Link.objects.filter(account=link.account_id, chained=True)
    return [link, *of_sender.filter(record__in=parts.held if parts else ())]


def breaks_of(*links: Link) -> list[Break]:
    """The breaks that records are part of: two with one predecessor, or one whose predecessor is not here."""
    found = Break.objects.filter(Q(link__in=links) | Q(other__in=links), mended_at=None)
    return list(found.select_related("link", "other"))


def clock_set_back(links: Collection[Link]) -> list[Link]:
    """Those of one device's links whose record is, by the device's clock, older than the one that it names.

    The later one names the earlier one, so the clock was set back between them or was ahead before. Minutes are not
    counted: clocks are set right by them.
    """
    prevs = Link.objects.filter(sha256__in=[link.prev for link in links if link.prev], chained=True)
    before = {(prev.account_id, prev.device, prev.sha256): prev for prev in prevs}
    made = _made_at([*links, *before.values()])
    found = []
    for link in links:
        prev = before.get((link.account_id, link.device, link.prev or ""))
        times = (made.get(link.pk), made.get(prev.pk) if prev else None)
        if times[0] and times[1] and times[0] < times[1] - _CLOCKS_DRIFT:
            found.append(link)
    return found


def _made_at(links: Collection[Link]) -> dict[int, datetime]:
    """When the records of these links were made, by their devices' clocks."""
    made: dict[int, datetime] = {}
    for kind in chained_kinds():
        of_kind = {link.record: link.pk for link in links if link.kind == kind.name}
        times = kind.records.filter(pk__in=of_kind).values_list("pk", "created_at")
        made |= {of_kind[record]: at for record, at in times}
    return made


def chained_kinds() -> list[Kind]:
    """The kinds whose records name the one before them."""
    return [kind for kind in all_kinds().values() if kind.chained]


def _note_breaks(link: Link) -> None:
    chain = Link.objects.filter(account=link.account_id, device=link.device, chained=True)
    # A chain goes on with the next key, but two keys may each have a first record.
    same = chain.filter(prev=link.prev) if link.prev else chain.filter(prev=None, key=link.key_id)
    other = same.exclude(pk=link.pk).order_by("pk").first()
    if other is not None:
        _note(Break.What.FORK, link, other)
    if link.prev is not None and not chain.filter(sha256=link.prev).exists():
        _note(Break.What.GAP, link)
    Break.objects.filter(what=Break.What.GAP, link__in=chain.filter(prev=link.sha256)).update(mended_at=timezone.now())


def _note(what: Break.What, link: Link, other: Link | None = None) -> None:
    Break.objects.get_or_create(what=what, link=link, defaults={"other": other, "noticed_at": link.received_at})
