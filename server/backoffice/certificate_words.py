"""Says in the office's words what a certificate is worth, with the design's tone for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from register.certificates import CertificateState, Standing, standing_of
from register.models import Certificate

NEVER = ("Chưa từng có giấy", "unk")
"""What is said of a product without a certificate."""
_STATES = {
    CertificateState.NOT_YET: ("Chưa tới ngày hiệu lực", "wait"),
    CertificateState.IN_FORCE: ("Còn hiệu lực", "fine"),
    CertificateState.ENDED: ("Hết hiệu lực", "stop"),
    CertificateState.WITHDRAWN: ("Đã thu hồi", "stop"),
}


@dataclass(frozen=True)
class OneCertificate:
    """A certificate with its standing on a day, in words and as a tone."""

    certificate: Certificate
    standing: Standing
    words: str
    tone: str

    @property
    def is_withdrawn(self) -> bool:
        """Whether a withdrawal is written, also one that takes effect later."""
        return self.certificate.withdrawn_on is not None

    @property
    def points(self) -> str:
        """The points as people write them: 78,5; empty where none are known."""
        return "" if self.certificate.points is None else points_in_words(self.certificate.points)


def points_in_words(points: Decimal) -> str:
    """Points with a decimal comma, and no zeros behind it."""
    return f"{points.normalize():f}".replace(".", ",")


def on_day(certificate: Certificate, today: date) -> OneCertificate:
    """Tell what a certificate is worth on a day."""
    standing = standing_of(certificate, today)
    words, tone = _STATES[standing.state]
    if standing.will_be_withdrawn_on:
        words, tone = f"Thu hồi từ {standing.will_be_withdrawn_on:%d/%m/%Y}", "att"
    elif standing.ends_soon:
        words, tone = "Sắp hết hiệu lực", "att"
    return OneCertificate(certificate, standing, words, tone)
