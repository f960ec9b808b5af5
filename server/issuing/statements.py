"""Signed certificate statements, which a pack's code can carry and anybody can check without network (docs/api.md).

A signature proves what the register stated, not that the pack which bears it is the original.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import rfc8785
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from jwt import InvalidTokenError
from jwt.api_jws import PyJWS

from issuing import keys
from issuing.models import IssuerKey, SignedStatement
from register import days
from register.certificates import last_day, standing_on
from register.clock import lock_clock
from register.models import Certificate

LONGEST = 4096
"""Characters of a token; ours have some 400."""

# What the name of a key may be (docs/api.md): nothing else is looked up.
_KEY = re.compile(r"[!-~]{1,64}")
_jws = PyJWS(algorithms=["EdDSA"])


@dataclass(frozen=True)
class Claims:
    """What a statement says. `valid_from` and `valid_to` are days in Vietnam's calendar, inclusive."""

    jti: str
    issuer: str
    gtin: str
    certificate: str
    stars: int
    valid_from: date
    valid_to: date
    issued_at: datetime


def statement_for(gtin: str) -> SignedStatement | None:
    """The statement on the product's certificate in force, signed with the key in use; the same one each time.

    None where there is no such product, no certificate in force today, or no key.
    """
    today = days.today()
    in_force = [
        certificate
        for certificate in Certificate.objects.filter(product__gtin=gtin).select_related("product")
        if standing_on(today, certificate.valid_from, certificate.valid_to, certificate.withdrawn_on).in_force
    ]
    certificate = max(in_force, key=lambda one: (last_day(one.valid_to, one.withdrawn_on), one.pk), default=None)
    signer = keys.in_use() if certificate else None
    if certificate is None or signer is None:
        return None
    return _made_before(certificate, signer[0]) or _make(certificate)


def _made_before(certificate: Certificate, key: IssuerKey) -> SignedStatement | None:
    digest = _digest(_content(certificate, key))
    made = SignedStatement.objects.filter(certificate=certificate, key=key, digest=digest, revoked_at=None)
    return made.select_related("certificate__product").first()


def _make(certificate: Certificate) -> SignedStatement | None:
    with transaction.atomic():
        lock_clock()  # so that nobody makes the same statement, and the key stays in use until it is signed
        signer = keys.in_use()
        if signer is None:
            return None
        key, private = signer
        if made := _made_before(certificate, key):
            return made
        jti, now = secrets.token_urlsafe(9), timezone.now().replace(microsecond=0)
        content = _content(certificate, key)
        payload = rfc8785.dumps({**content, "jti": jti, "iat": int(now.timestamp())})
        token = keys.token(payload, key, private)
        return SignedStatement.objects.create(
            jti=jti, certificate=certificate, key=key, digest=_digest(content), token=token, issued_at=now
        )


def _content(certificate: Certificate, key: IssuerKey) -> dict[str, str | int]:
    # Without network nobody learns of a withdrawal, so the statement ends before a withdrawal that is known.
    return {
        "iss": key.issuer,
        "gtin": certificate.product.gtin,
        "cert": certificate.number,
        "stars": certificate.stars,
        "from": certificate.valid_from.isoformat(),
        "to": last_day(certificate.valid_to, certificate.withdrawn_on).isoformat(),
    }


def _digest(content: dict[str, str | int]) -> str:
    return hashlib.sha256(rfc8785.dumps(dict(content))).hexdigest()


def revoke(jti: str, reason: str) -> None:
    """Revoke one statement, and tell devices so with its product. Raises SignedStatement.DoesNotExist."""
    with transaction.atomic():
        lock_clock()
        statement = SignedStatement.objects.get(jti=jti, revoked_at=None)
        statement.revoked_at = timezone.now().replace(microsecond=0)
        statement.revoked_reason = reason
        statement.save()


def address_of(statement: SignedStatement, base: str) -> str:
    """The GS1 Digital Link, on the register at `base`, that carries the statement."""
    gtin = statement.certificate.product.gtin
    return f"{base}/01/{gtin}?{urlencode({'statement': statement.token})}"


def public_url(request: HttpRequest) -> str:
    """The register's address: as configured, or else as the request was addressed."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


def check(token: str) -> tuple[str, Claims | None]:
    """Judge a token by its signature, and tell what it says where it can be read.

    `good`, `malformed`, `unknown_key`, `altered`, `key_revoked` or `key_not_in_use`. Never raises.
    """
    try:
        header, payload = _parts(token)
        claims = _claims(json.loads(payload))
        key = IssuerKey.objects.filter(kid=header["kid"]).first()
    except (InvalidTokenError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return "malformed", None
    if key is None:
        return "unknown_key", claims
    try:
        _jws.decode(token, keys.public_key(key), algorithms=["EdDSA"])
    except InvalidTokenError:
        return "altered", claims
    if key.revoked_at:
        return "key_revoked", claims
    if claims.issued_at < key.valid_from or (key.valid_to and claims.issued_at > key.valid_to):
        return "key_not_in_use", claims
    return "good", claims


def kid_of(token: str) -> str:
    """The key that a token names. Raises InvalidTokenError and ValueError where it cannot be read."""
    return str(_parts(token)[0]["kid"])


def _parts(token: str) -> tuple[dict[str, Any], bytes]:
    """Header and payload, not verified yet. Raises InvalidTokenError and ValueError."""
    if len(token) > LONGEST:
        raise ValueError("too long")
    parts = _jws.decode_complete(token, options={"verify_signature": False})
    if parts["header"].keys() != {"alg", "kid"} or parts["header"]["alg"] != "EdDSA":
        raise ValueError("another header")
    if not isinstance(parts["header"]["kid"], str) or not _KEY.fullmatch(parts["header"]["kid"]):
        raise ValueError("no name of a key")
    return parts["header"], parts["payload"]


def _claims(payload: dict[str, Any]) -> Claims:
    texts = {name: payload[name] for name in ("jti", "iss", "gtin", "cert")}
    if payload.keys() != {*texts, "stars", "from", "to", "iat"} or not all(
        isinstance(text, str) for text in texts.values()
    ):
        raise ValueError("other claims")
    if type(payload["iat"]) is not int or type(payload["stars"]) is not int:
        raise ValueError("no numbers")
    return Claims(
        jti=texts["jti"],
        issuer=texts["iss"],
        gtin=texts["gtin"],
        certificate=texts["cert"],
        stars=payload["stars"],
        valid_from=date.fromisoformat(payload["from"]),
        valid_to=date.fromisoformat(payload["to"]),
        issued_at=datetime.fromtimestamp(payload["iat"], UTC),
    )
