"""Tells what a signed statement is worth, in the words of the page that a phone's own camera opens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from issuing.models import IssuerKey, SignedStatement
from issuing.statements import Claims, check, kid_of
from pages.certificate_words import in_words, reason_of
from register.certificates import CertificateState, standing_on
from register.models import Certificate


@dataclass(frozen=True)
class StatementState:
    """One sentence, a CSS class for its colour, and what the statement says where its signature is good."""

    words: str
    css: str
    claims: Claims | None = None

    @property
    def days(self) -> str:
        """From when to when the statement says that the certificate is valid, in the page's language."""
        return f"{in_words(self.claims.valid_from)} – {in_words(self.claims.valid_to)}" if self.claims else ""


_UNPROVEN = {
    "malformed": (gettext_noop("Xác nhận trong mã không đọc được."), "stop"),
    "unknown_key": (gettext_noop("Xác nhận được ký bằng khóa mà sổ đăng ký này không biết."), "stop"),
    "altered": (gettext_noop("Xác nhận đã bị sửa hoặc chưa từng được sổ đăng ký ký: chữ ký sai."), "stop"),
    "key_revoked": (
        gettext_noop(
            "Khóa ký xác nhận này đã bị thu hồi nên xác nhận không còn giá trị. "
            "Bao bì in từ trước vẫn có thể mang nó một cách ngay tình."
        ),
        "attention",
    ),
    "key_not_in_use": (gettext_noop("Xác nhận ghi ngày ký mà khóa ký chưa hoặc không còn được dùng."), "stop"),
}

_PROVEN = {
    CertificateState.WITHDRAWN: (gettext_noop("Chữ ký đúng, nhưng giấy chứng nhận đã bị thu hồi sau đó."), "stop"),
    CertificateState.ENDED: (gettext_noop("Chữ ký đúng, nhưng xác nhận đã hết hạn."), "attention"),
    CertificateState.NOT_YET: (gettext_noop("Chữ ký đúng, nhưng xác nhận chưa có hiệu lực."), "attention"),
    CertificateState.IN_FORCE: (gettext_noop("Chữ ký đúng, xác nhận còn hiệu lực."), "fine"),
}


def state_of(token: str, gtin: str, today: date) -> StatementState:
    """Judge a token found on the page of `gtin` (14 digits) on a day in Vietnam."""
    worth, claims = check(token)
    if worth == "key_revoked":
        return _because(_said(_UNPROVEN[worth]), IssuerKey.objects.filter(kid=kid_of(token)), "revoked_reason")
    if worth in _UNPROVEN or claims is None:
        return _said(_UNPROVEN[worth])
    if claims.gtin != gtin:
        return StatementState(_("Xác nhận thuộc sản phẩm khác, GTIN {gtin}.").format(gtin=claims.gtin), "stop", claims)
    revoked = SignedStatement.objects.filter(jti=claims.jti).exclude(revoked_at=None)
    if revoked.exists():
        state = StatementState(_("Sổ đăng ký đã thu hồi xác nhận này."), "stop", claims)
        return _because(state, revoked, "revoked_reason")
    certificate = Certificate.objects.filter(number=claims.certificate)
    withdrawn_on = certificate.values_list("withdrawn_on", flat=True).first()
    standing = standing_on(today, claims.valid_from, claims.valid_to, withdrawn_on)
    if standing.will_be_withdrawn_on:
        words = _("Chữ ký đúng, xác nhận còn hiệu lực; giấy chứng nhận sẽ bị thu hồi từ ngày {day}.")
        words = words.format(day=in_words(standing.will_be_withdrawn_on))
        return _withdrawn(StatementState(words, "attention", claims), certificate)
    state = replace(_said(_PROVEN[standing.state]), claims=claims)
    withdrawn = standing.state is CertificateState.WITHDRAWN
    return _withdrawn(state, certificate) if withdrawn else state


def _said(state: tuple[str, str]) -> StatementState:
    words, css = state
    return StatementState(_(words), css)


def _withdrawn(state: StatementState, certificates: QuerySet[Certificate]) -> StatementState:
    """The state with the reason why the only certificate was withdrawn, if the register has one."""
    certificate = certificates.first()
    if certificate is None or not certificate.withdrawn_reason:
        return state
    return replace(state, words=f"{state.words} {_('Lý do: {reason}').format(reason=reason_of(certificate))}")


def _because(state: StatementState, records: QuerySet[Any], column: str) -> StatementState:
    """The state with the reason that the column of the only record gives, if there is one."""
    reason = records.values_list(column, flat=True).first()
    return replace(state, words=f"{state.words} {_('Lý do: {reason}').format(reason=reason)}") if reason else state
