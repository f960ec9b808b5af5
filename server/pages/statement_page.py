"""Tells what a signed statement is worth, in the words of the page that a phone's own camera opens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet

from issuing.models import IssuerKey, SignedStatement
from issuing.statements import Claims, check, kid_of
from register.certificates import CertificateState, standing_on
from register.models import Certificate


@dataclass(frozen=True)
class StatementState:
    """One sentence, a CSS class for its colour, and what the statement says where its signature is good."""

    words: str
    css: str
    claims: Claims | None = None


_UNPROVEN = {
    "malformed": StatementState("Xác nhận trong mã không đọc được.", "bad"),
    "unknown_key": StatementState("Xác nhận được ký bằng khóa mà sổ đăng ký này không biết.", "bad"),
    "altered": StatementState("Xác nhận đã bị sửa hoặc chưa từng được sổ đăng ký ký: chữ ký sai.", "bad"),
    "key_revoked": StatementState(
        "Khóa ký xác nhận này đã bị thu hồi nên xác nhận không còn giá trị. "
        "Bao bì in từ trước vẫn có thể mang nó một cách ngay tình.",
        "warn",
    ),
    "key_not_in_use": StatementState("Xác nhận ghi ngày ký mà khóa ký chưa hoặc không còn được dùng.", "bad"),
}

_PROVEN = {
    CertificateState.WITHDRAWN: ("Chữ ký đúng, nhưng giấy chứng nhận đã bị thu hồi sau đó.", "bad"),
    CertificateState.ENDED: ("Chữ ký đúng, nhưng xác nhận đã hết hạn.", "warn"),
    CertificateState.NOT_YET: ("Chữ ký đúng, nhưng xác nhận chưa có hiệu lực.", "warn"),
    CertificateState.IN_FORCE: ("Chữ ký đúng, xác nhận còn hiệu lực.", "good"),
}


def state_of(token: str, gtin: str, today: date) -> StatementState:
    """Judge a token found on the page of `gtin` (14 digits) on a day in Vietnam."""
    worth, claims = check(token)
    if worth == "key_revoked":
        return _because(_UNPROVEN[worth], IssuerKey.objects.filter(kid=kid_of(token)), "revoked_reason")
    if worth in _UNPROVEN or claims is None:
        return _UNPROVEN[worth]
    if claims.gtin != gtin:
        return StatementState(f"Xác nhận thuộc sản phẩm khác, GTIN {claims.gtin}.", "bad", claims)
    revoked = SignedStatement.objects.filter(jti=claims.jti).exclude(revoked_at=None)
    if revoked.exists():
        state = StatementState("Sổ đăng ký đã thu hồi xác nhận này.", "bad", claims)
        return _because(state, revoked, "revoked_reason")
    certificate = Certificate.objects.filter(number=claims.certificate)
    withdrawn_on = certificate.values_list("withdrawn_on", flat=True).first()
    standing = standing_on(today, claims.valid_from, claims.valid_to, withdrawn_on)
    if standing.will_be_withdrawn_on:
        day = f"{standing.will_be_withdrawn_on:%d/%m/%Y}"
        words = f"Chữ ký đúng, xác nhận còn hiệu lực; giấy chứng nhận sẽ bị thu hồi từ ngày {day}."
        return _because(StatementState(words, "warn", claims), certificate, "withdrawn_reason")
    words, css = _PROVEN[standing.state]
    state = StatementState(words, css, claims)
    withdrawn = standing.state is CertificateState.WITHDRAWN
    return _because(state, certificate, "withdrawn_reason") if withdrawn else state


def _because(state: StatementState, records: QuerySet[Any], column: str) -> StatementState:
    """The state with the reason that the column of the only record gives, if there is one."""
    reason = records.values_list(column, flat=True).first()
    return replace(state, words=f"{state.words} Lý do: {reason}") if reason else state
