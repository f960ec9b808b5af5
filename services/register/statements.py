"""Checks signed certificate statements, in which the register states something of a product, without network.

A statement is a compact JWS (RFC 7515) signed with Ed25519 (RFC 8037) in the one form that docs/api.md gives it. Any
other form is refused, even where it would mean the same (RFC 8725): there is one algorithm, whatever the token says, no
further header, and exactly the claims of docs/api.md, each once. Whether it has lapsed or was revoked, and whether it
is about the product on the pack, is judged in `services.verification`.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.codes.gtin import has_valid_check_digit

LONGEST = 4096
"""Characters of a token. A QR code holds up to 2,953 bytes (ISO/IEC 18004), but texts are typed and pasted too."""

_TOKEN = re.compile(r"(([\w-]+)\.([\w-]+))\.([\w-]{86})", re.ASCII)  # a signature has 64 bytes
_KEY_ID = re.compile(r"[!-~]{1,64}")  # shown to people even where the key is unknown
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEAR_3000 = 32_503_680_000  # seconds since 1970; Python cannot convert times near its last year to local time
_CLAIMS = {"jti": str, "iss": str, "iat": int, "gtin": str, "cert": str, "stars": int, "from": str, "to": str}


@dataclass(frozen=True)
class IssuerKey:
    """A key that signed statements. `public_key` has 32 bytes (RFC 8032); the times are aware.

    It signed nothing before `valid_from` or after `valid_to` (None: still in use).
    """

    kid: str
    public_key: bytes
    issuer: str
    valid_from: datetime
    valid_to: datetime | None
    revoked_at: datetime | None
    revoked_reason: str | None

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> IssuerKey:
        """Read an issuer key of docs/api.md. Raises KeyError, TypeError or ValueError where it does not fit."""
        public_key = _decode(document["public_key"])
        texts = (document["kid"], document["issuer"], document["revoked_reason"] or "")
        if len(public_key) != 32 or not all(isinstance(text, str) for text in texts):
            raise ValueError("not an issuer's key")
        return cls(
            kid=document["kid"],
            public_key=public_key,
            issuer=document["issuer"],
            valid_from=_moment(document["valid_from"]),
            valid_to=_moment(document["valid_to"]) if document["valid_to"] is not None else None,
            revoked_at=_moment(document["revoked_at"]) if document["revoked_at"] is not None else None,
            revoked_reason=document["revoked_reason"],
        )

    def in_use(self, moment: datetime) -> bool:
        """Whether the key may have signed at this moment, revoked or not."""
        return self.valid_from <= moment and (self.valid_to is None or moment <= self.valid_to)


@dataclass(frozen=True)
class Statement:
    """What a token says, proven or not: `gtin` (14 digits) has the certificate with this number and these stars.

    `id` is its `jti`; `valid_from` and `valid_to` are the certificate's first and last day in Vietnam's calendar.
    """

    id: str
    issuer: str
    issued_at: datetime
    gtin: str
    certificate: str
    stars: int
    valid_from: date
    valid_to: date
    key_id: str


class StatementFault(StrEnum):
    """Why a statement proves nothing.

    ALTERED: the signature is not by the key that the token names. This is judged before the form of the claims, and
    before KEY_REVOKED: a revoked key makes even good statements worthless, and must not excuse a token that it never
    signed. UNREAD_KEY: the register names the key, in a form that only a newer version of the app can read.
    """

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    UNREAD_KEY = "unread_key"
    ALTERED = "altered"
    KEY_REVOKED = "key_revoked"
    KEY_NOT_IN_USE = "key_not_in_use"


@dataclass(frozen=True)
class CheckedStatement:
    """What a token says, if that can be read, and what is wrong with it. With a `fault` the statement proves nothing.

    `key` is the key that the token names, where the register knows it.
    """

    statement: Statement | None
    fault: StatementFault | None
    key: IssuerKey | None


def statement_in(text: str) -> str | None:
    """The token in the parameter `statement` of a web address, or None.

    Where there are several, readers would differ on which counts. All are returned joined, which is no valid statement.
    """
    try:
        query = urlsplit(text).query
    except ValueError:
        return None
    return "&".join(value for name, value in parse_qsl(query) if name == "statement") or None


def check_statement(
    token: str, keys: Sequence[IssuerKey], unread_keys: Collection[str] = frozenset()
) -> CheckedStatement:
    """Read a token and check its signature with the register's keys. Never raises.

    `unread_keys` are the ids of keys that the register names and that could not be read.
    """
    try:
        kid, payload, signature, signed = _parts(token)
    except ValueError:
        return CheckedStatement(None, StatementFault.MALFORMED, None)
    key = next((key for key in keys if key.kid == kid), None)
    try:
        statement = _statement(payload, kid)
    except ValueError:
        statement = None
    if key is None and statement and kid in unread_keys:
        return CheckedStatement(statement, StatementFault.UNREAD_KEY, None)
    return CheckedStatement(statement, _fault(statement, key, signature, signed), key)


def is_signed(token: str, payload: bytes, keys: Sequence[IssuerKey], moment: datetime) -> bool:
    """Whether a token signs exactly this payload with one of these keys, in use at the moment and not revoked."""
    try:
        kid, said, signature, signed = _parts(token)
        key = next(key for key in keys if key.kid == kid and key.revoked_at is None and key.in_use(moment))
        _public_key(key.public_key).verify(signature, signed)
    except (ValueError, StopIteration, InvalidSignature):
        return False
    return said == payload


def proven_payload(
    token: str, keys: Sequence[IssuerKey], unread_keys: Collection[str] = frozenset()
) -> tuple[bytes | None, IssuerKey | None, StatementFault | None]:
    """What a token says, the key that signed it, and what is wrong: MALFORMED, UNKNOWN_KEY, UNREAD_KEY or ALTERED.

    A revoked key is no fault here: the caller knows when it matters. Never raises.
    """
    try:
        kid, payload, signature, signed = _parts(token)
    except ValueError:
        return None, None, StatementFault.MALFORMED
    key = next((key for key in keys if key.kid == kid), None)
    if key is None:
        return payload, None, StatementFault.UNREAD_KEY if kid in unread_keys else StatementFault.UNKNOWN_KEY
    try:
        _public_key(key.public_key).verify(signature, signed)
    except InvalidSignature:
        return payload, key, StatementFault.ALTERED
    return payload, key, None


def _fault(
    statement: Statement | None, key: IssuerKey | None, signature: bytes, signed: bytes
) -> StatementFault | None:
    if key is None:
        return StatementFault.UNKNOWN_KEY if statement else StatementFault.MALFORMED
    try:
        _public_key(key.public_key).verify(signature, signed)
    except InvalidSignature:
        return StatementFault.ALTERED
    if statement is None:  # the register signed it, in a form that this version cannot read
        return StatementFault.MALFORMED
    if key.revoked_at is not None:
        return StatementFault.KEY_REVOKED
    return None if key.in_use(statement.issued_at) else StatementFault.KEY_NOT_IN_USE


_public_key = lru_cache(maxsize=64)(Ed25519PublicKey.from_public_bytes)


def _parts(token: str) -> tuple[str, bytes, bytes, bytes]:
    """Key id, payload, signature, and the bytes that were signed. Raises ValueError."""
    match = _TOKEN.fullmatch(token) if len(token) <= LONGEST else None
    if match is None:
        raise ValueError("no compact JWS with an Ed25519 signature")
    header = _object(_decode(match[2]))
    kid = header.get("kid")
    if header != {"alg": "EdDSA", "kid": kid} or not isinstance(kid, str) or not _KEY_ID.fullmatch(kid):
        raise ValueError("not the header of a statement")
    return kid, _decode(match[3]), _decode(match[4]), match[1].encode()


def _statement(payload: bytes, kid: str) -> Statement:
    """Read STATEMENT of docs/api.md. Raises ValueError."""
    claims = _object(payload)
    if {name: type(value) for name, value in claims.items()} != _CLAIMS:
        raise ValueError("not the claims of a statement")
    texts = (claims["jti"], claims["iss"], claims["cert"])
    days = (claims["from"], claims["to"])
    "".join(texts).encode()  # raises ValueError for half a surrogate pair
    if not all(text.strip() for text in texts) or not all(_DAY.fullmatch(day) for day in days):
        raise ValueError("an empty text, or no day")
    if not 0 <= claims["iat"] < _YEAR_3000:
        raise ValueError("no time")
    statement = Statement(
        id=claims["jti"],
        issuer=claims["iss"],
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        gtin=claims["gtin"],
        certificate=claims["cert"],
        stars=claims["stars"],
        valid_from=date.fromisoformat(claims["from"]),
        valid_to=date.fromisoformat(claims["to"]),
        key_id=kid,
    )
    if len(statement.gtin) != 14 or not has_valid_check_digit(statement.gtin):
        raise ValueError("no GTIN")
    if statement.stars not in (3, 4, 5) or statement.valid_from > statement.valid_to:
        raise ValueError("no certificate")
    return statement


def _object(text: bytes) -> dict[str, Any]:
    """A JSON object in which every name stands once. Raises ValueError."""
    try:
        document = json.loads(text.decode(), object_pairs_hook=_members)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(document, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - it is what was sent that is wrong
    return document


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _decode(text: str) -> bytes:
    """Decode base64url without padding (RFC 7515, section 2). Raises ValueError, also for a non-canonical spelling."""
    decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != text:
        raise ValueError("another spelling of the same bytes")
    return decoded


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment
