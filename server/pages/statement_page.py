"""Tells what a signed statement is worth, in the words of the page that a phone's own camera opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from issuing.models import SignedStatement
from issuing.statements import Claims, check
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
    if worth in _UNPROVEN or claims is None:
        return _UNPROVEN[worth]
    if claims.gtin != gtin:
        return StatementState(f"Xác nhận thuộc sản phẩm khác, GTIN {claims.gtin}.", "bad", claims)
    if SignedStatement.objects.filter(jti=claims.jti).exclude(revoked_at=None).exists():
        return StatementState("Sổ đăng ký đã thu hồi xác nhận này.", "bad", claims)
    withdrawn_on = Certificate.objects.filter(number=claims.certificate).values_list("withdrawn_on", flat=True).first()
    standing = standing_on(today, claims.valid_from, claims.valid_to, withdrawn_on)
    if standing.will_be_withdrawn_on:
        day = f"{standing.will_be_withdrawn_on:%d/%m/%Y}"
        words = f"Chữ ký đúng, xác nhận còn hiệu lực; giấy chứng nhận sẽ bị thu hồi từ ngày {day}."
        return StatementState(words, "warn", claims)
    words, css = _PROVEN[standing.state]
    return StatementState(words, css, claims)
