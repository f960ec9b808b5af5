"""Tells anybody who has a record's id and hash, or its paper, what this server holds (docs/records.md)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

import rfc8785
from jwt import InvalidTokenError
from jwt.api_jws import PyJWS

from accounts.models import DeviceKey
from issuing import keys
from issuing.models import IssuerKey
from issuing.statements import kid_of as key_named_in
from records.chain import breaks_of, chain_of, chained_kinds, clock_set_back
from records.device_keys import is_signed, kid_of
from records.erasing import told
from records.kinds import Parts, kind_named
from records.models import Break, Link
from records.wire import SHA256_FORM, UUID_FORM

State = Literal["matches", "differs", "not_arrived"]
Chain = Literal["whole", "gap", "fork"]

LONGEST_PAPER = 4096
"""Characters of a paper's code; ours have some 900."""

_FACTS = {"v": int, "hash": str, "day": str}
COUNTS = {"round": ("products", "findings", "photos"), "audit": ("lines", "packs", "take_down")}
"""What a paper counts, by the kind of its record: its members tell which kind it is of."""
_jws = PyJWS(algorithms=["EdDSA"])


@dataclass(frozen=True)
class Proof:
    """What is here under an id, held against a hash: `matches`, `differs` or `not_arrived`.

    `chain` is `whole`, `gap` (the record before it is not here) or `fork` (another record names the same one before
    it), also where that is so of one of its parts; None where the record is not this one. `key` is the one that signed
    it, `account` and `device` are the sender's. `erased_at`: when content was last removed from the stored record,
    whose hash stays that of what was sent; `erased`: what, and on which ground (ERASED of docs/api.md). `corrected_at`:
    when the first record that corrects it arrived. `parts` are the records that it names. `clock_set_back`: it or one
    of its parts is older, by the device's clock, than the record that it follows.
    """

    state: State
    kind: str | None = None
    received_at: datetime | None = None
    key: DeviceKey | None = None
    chain: Chain | None = None
    erased_at: datetime | None = None
    account: UUID | None = None
    device: UUID | None = None
    corrected_at: datetime | None = None
    parts: Parts | None = None
    clock_set_back: bool = False
    erased: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True)
class Paper:
    """What a paper's code says of a round or an audit (its `kind`), and what its signature is worth.

    `worth` is `good`, `altered` (the signature is not that of these facts), `unknown_key` (the key was never certified
    by this register) or `key_revoked`. `name` is whom the key was certified for, and `account` and `device` are theirs.
    """

    sha256: str
    day: date
    kind: str
    counts: Mapping[str, int]
    worth: str
    name: str
    key_revoked_at: datetime | None = None
    account: UUID | None = None
    device: UUID | None = None

    def contradicts(self, parts: Parts | None) -> bool:
        """Whether the code counts otherwise than the record that is held with all its parts."""
        told = {"day": self.day, **self.counts}
        return parts is not None and parts.facts is not None and parts.facts != told


class BadPaper(ValueError):
    """The code does not have the form of a paper's code."""


def proof_of(record_id: UUID, sha256: str, kind: str | None = None) -> Proof:
    """What is held of a record of a chained kind (one with this name, or any) under this id."""
    kinds = [of.name for of in chained_kinds() if kind in (None, of.name)]
    links = list(Link.objects.filter(record=record_id, kind__in=kinds).select_related("key", "account"))
    if not links:
        return Proof("not_arrived")
    # Records of two kinds may have one id. The one that is meant is that with this hash.
    link = next((link for link in links if link.sha256 == sha256), None)
    if link is None:
        return Proof("differs")
    of = kind_named(link.kind)
    record = of.records.filter(pk=record_id).first()
    if record is None:  # somebody has removed it from the database: it is not held any more
        return Proof("not_arrived")
    parts = of.parts(record)
    links = chain_of(link, parts)
    return Proof(
        "matches",
        link.kind,
        link.received_at,
        link.key,
        _chain(links),
        getattr(record, "erased_at", None),
        link.account.uuid if link.account else None,
        link.device,
        next((correction.received_at for correction in record.corrections), None),
        parts,
        clock_set_back=bool(clock_set_back(links)),
        erased=told([(of, record)]).get((of.name, record.pk), []),
    )


def _chain(links: list[Link]) -> Chain:
    found = {each.what for each in breaks_of(*links)}
    return "fork" if Break.What.FORK in found else "gap" if Break.What.GAP in found else "whole"


def read_paper(record_id: str, code: str) -> Paper:
    """Read the code on the paper of a record (docs/api.md, PAPER) and check its signature. Raises BadPaper."""
    if not re.fullmatch(UUID_FORM, record_id):
        raise BadPaper("no id")
    kind, said = _document(code)
    facts = {name: said[name] for name in (*_FACTS, *COUNTS[kind])} | {"id": record_id}
    day = _day(said["day"])
    whose = _whose(said["kid"], said["cert"])
    key, revoked_at = (whose.key, whose.key.revoked_at) if whose else (None, None)
    if key is None:
        worth = "unknown_key"
    elif not is_signed(key, b"ocop-paper\n" + rfc8785.dumps(facts), said["sig"]):
        worth = "altered"
    else:
        worth = "key_revoked" if revoked_at else "good"
    counts = {name: said[name] for name in COUNTS[kind]}
    name, account, device = (whose.name, whose.account, whose.device) if whose else ("", None, None)
    return Paper(said["hash"], day, kind, counts, worth, name, revoked_at, account, device)


def _document(code: str) -> tuple[str, dict[str, Any]]:
    """The kind of record that a paper's code is of, and its members, each of its type. Raises BadPaper."""
    if len(code) > LONGEST_PAPER or not re.fullmatch(r"[A-Za-z0-9_-]+", code):
        raise BadPaper("no code of a paper")
    try:
        content = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
        said = json.loads(content)
        canonical = rfc8785.dumps(said) == content
    except (ValueError, RecursionError) as error:
        raise BadPaper("not canonical JSON in base64url") from error
    names = set(said) if isinstance(said, dict) else set()
    kind = next((kind for kind, counts in COUNTS.items() if names == {*_FACTS, *counts, "kid", "sig", "cert"}), "")
    if not canonical or not kind:
        raise BadPaper("other members")
    right = all(type(said[name]) is wanted for name, wanted in _FACTS.items())
    right = right and all(type(said[name]) is int for name in COUNTS[kind])
    texts = isinstance(said["kid"], str) and isinstance(said["sig"], str) and isinstance(said["cert"], str | None)
    if not right or not texts or said["v"] != 1 or not re.fullmatch(SHA256_FORM, said["hash"]):
        raise BadPaper("other values")
    if not re.fullmatch("[0-9a-f]{32}", said["kid"]):  # a database takes no NUL
        raise BadPaper("no key's name")
    return kind, said


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadPaper("no day") from error


@dataclass(frozen=True)
class _Certified:
    key: DeviceKey
    name: str
    account: UUID
    device: UUID


def _whose(kid: str, certificate: str | None) -> _Certified | None:
    """The key that a paper names, and whom it was certified for; None where nobody knows it.

    What this database knows of a key counts. One that it does not know (it was restored from a backup, say) counts by
    its certificate, where that was signed by a key of the register's in its days.
    """
    known = DeviceKey.objects.filter(kid=kid).select_related("user").first()
    if known is not None:
        return _Certified(known, known.user.name, known.user.uuid, known.device)
    try:
        issuer = IssuerKey.objects.get(kid=key_named_in(certificate or ""), revoked_at=None)
        said = json.loads(_jws.decode(certificate or "", keys.public_key(issuer), algorithms=["EdDSA"]))
        if (said["use"], kid_of(said["key"])) != ("device", kid):
            return None
        at = datetime.fromtimestamp(said["iat"], UTC)
        if at < issuer.valid_from or (issuer.valid_to is not None and at > issuer.valid_to):
            return None
        key = DeviceKey(kid=kid, public_key=str(said["key"]))
        return _Certified(key, str(said["name"]), UUID(said["account"]), UUID(said["device"]))
    except (InvalidTokenError, IssuerKey.DoesNotExist, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None
