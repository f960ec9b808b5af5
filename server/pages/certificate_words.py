"""Tells what a certificate is worth on a day, in the words of the pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from register.certificates import CertificateState, Standing, standing_of, that_counts
from register.models import Certificate


@dataclass(frozen=True)
class CertificateWords:
    """A certificate's worth on a day: a word for people, a CSS class for its colour, and whether it is withdrawn."""

    word: str
    css: str
    is_withdrawn: bool = False


@dataclass(frozen=True)
class Worth:
    """What the certificates of a product are worth together: a tone, a headline, lines below it, and stars.

    `tone` is fine, attention, stop or unknown. `stars` is 0 where there never were any; they are `standing` while the
    certificate that gives them is in force. `others` counts the certificates of which it does not speak.
    """

    tone: str
    headline: str
    lines: tuple[str, ...] = ()
    stars: int = 0
    standing: bool = False
    others: int = 0

    @property
    def stars_in_words(self) -> str:
        """4 sao; or what once was, so that nobody takes it for what is."""
        words = _("{number} sao") if self.standing else _("Từng đạt {number} sao")
        return words.format(number=self.stars)


def in_words(day: date) -> str:
    """A day as people of the page's language write it: 12/05/2028, 12 May 2028."""
    return date_format(day, "j F Y" if get_language() == "en" else "d/m/Y")


def state_on(certificate: Certificate, today: date) -> CertificateWords:
    """Return the state of a certificate on `today` (Vietnam's calendar) in words."""
    standing = standing_of(certificate, today)
    if standing.will_be_withdrawn_on:
        day = in_words(standing.will_be_withdrawn_on)
        return CertificateWords(_("Còn hiệu lực, sẽ bị thu hồi từ ngày {day}").format(day=day), "attention")
    if standing.ends_soon:
        return CertificateWords(_("Còn hiệu lực, sắp hết"), "attention")
    match standing.state:
        case CertificateState.WITHDRAWN:
            return CertificateWords(_("Đã bị thu hồi"), "stop", is_withdrawn=True)
        case CertificateState.NOT_YET:
            return CertificateWords(_("Chưa có hiệu lực"), "attention")
        case CertificateState.ENDED:
            return CertificateWords(_("Đã hết hiệu lực"), "stop")
        case CertificateState.IN_FORCE:
            return CertificateWords(_("Còn hiệu lực"), "fine")


def worth_on(certificates: Iterable[Certificate], today: date) -> Worth:
    """Tell what a product's certificates are worth together: by the one in force, or else by the newest."""
    certificates = list(certificates)
    decisive = that_counts(certificates, today)
    if decisive is None:
        return Worth("unknown", _("Chưa có giấy chứng nhận OCOP"))
    tone, headline, lines = _told(decisive, standing_of(decisive, today))
    number = _("Giấy chứng nhận {number}").format(number=decisive.number)
    standing = standing_of(decisive, today).in_force
    began = standing or decisive.valid_from <= today
    return Worth(tone, headline, (*lines, number), decisive.stars if began else 0, standing, len(certificates) - 1)


def reason_of(certificate: Certificate) -> str:
    """Why a certificate was withdrawn, in the page's language where the register has it in that one."""
    if get_language() == "en" and certificate.withdrawn_reason_en:
        return certificate.withdrawn_reason_en
    return certificate.withdrawn_reason or _("sổ đăng ký không ghi lý do")


def _told(certificate: Certificate, standing: Standing) -> tuple[str, str, tuple[str, ...]]:
    """Tone, headline and lines."""
    until = _("Đến hết ngày {day}").format(day=in_words(certificate.valid_to))
    if standing.will_be_withdrawn_on:
        day = in_words(standing.will_be_withdrawn_on)
        return "attention", _("Chứng nhận sẽ bị thu hồi từ ngày {day}").format(day=day), (_why(certificate),)
    match standing.state:
        case CertificateState.IN_FORCE if standing.ends_soon:
            return "attention", _("Chứng nhận sắp hết hiệu lực"), (until,)
        case CertificateState.IN_FORCE:
            return "fine", _("Chứng nhận còn hiệu lực"), (until,)
        case CertificateState.WITHDRAWN:
            since = _("Từ ngày {day}").format(day=in_words(certificate.withdrawn_on or certificate.valid_to))
            return "stop", _("Chứng nhận đã bị thu hồi"), (since, _why(certificate))
        case CertificateState.ENDED:
            return (
                "stop",
                _("Chứng nhận đã hết hiệu lực"),
                (_("Hết ngày {day}").format(day=in_words(certificate.valid_to)),),
            )
        case CertificateState.NOT_YET:
            since = _("Có hiệu lực từ ngày {day}").format(day=in_words(certificate.valid_from))
            return "attention", _("Chứng nhận chưa có hiệu lực"), (since,)


def _why(certificate: Certificate) -> str:
    return _("Lý do: {reason}").format(reason=reason_of(certificate))
