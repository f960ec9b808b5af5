"""What the copy of the register says of the code's product."""

from __future__ import annotations

from services.codes import GtinKind, TraceLink
from services.register.products import Certificate
from services.verification.case import Case, Finding
from services.verification.verdict import SOON, Reason, ReasonCode, Status

_NO_OCOP_NUMBERS = {
    GtinKind.RESTRICTED: ReasonCode.SHOPS_OWN_NUMBER,
    GtinKind.COUPON: ReasonCode.NO_PRODUCT_NUMBER,
    GtinKind.REFUND: ReasonCode.NO_PRODUCT_NUMBER,
    GtinKind.ISMN: ReasonCode.PUBLICATION_NUMBER,
    GtinKind.ISBN: ReasonCode.PUBLICATION_NUMBER,
    GtinKind.ISSN: ReasonCode.PUBLICATION_NUMBER,
}


def register_says(case: Case) -> Finding:
    """The status that the register gives the product, or why it gives none."""
    if case.product is None:
        return _absent(case)
    status, reason = _certificates(case, case.product.certificates)
    if status is not Status.WITHDRAWN:
        if case.clock_behind:
            status = Status.CLOCK_WRONG
        elif case.doubts and status in (Status.EXPIRED, Status.NOT_CERTIFIED):  # a renewal may be what the copy lacks
            status = Status.COPY_TOO_OLD
    return Finding(status, (reason, *case.doubts))


def _absent(case: Case) -> Finding:
    if isinstance(case.code, TraceLink):
        host = case.pack.link.host if case.pack.link else case.code.host
        unknown = (Reason(ReasonCode.LINK_NOT_IN_COPY, (("host", host),)),) if case.copy.as_of else ()
        return Finding(Status.UNKNOWN_LINK, (*unknown, *case.doubts))
    gtin = (("gtin", case.code.gtin),)
    if case.code.kind in _NO_OCOP_NUMBERS:
        return Finding(Status.NOT_A_PRODUCT_CODE, (Reason(_NO_OCOP_NUMBERS[case.code.kind], gtin),))
    demonstration = case.code.kind is GtinKind.DEMONSTRATION
    about = (Reason(ReasonCode.DEMONSTRATION_NUMBER, gtin),) if demonstration else ()
    if case.current:
        return Finding(Status.NOT_REGISTERED, (Reason(ReasonCode.GTIN_NOT_REGISTERED, gtin), *about))
    absent = (Reason(ReasonCode.GTIN_NOT_IN_COPY, gtin),) if case.copy.as_of else ()
    return Finding(Status.NOT_IN_COPY, (*absent, *case.doubts, *about))


def _certificates(case: Case, certificates: tuple[Certificate, ...]) -> tuple[Status, Reason]:
    """The status that the best of a product's certificates gives it."""
    if case.in_force:
        return _in_force(case, max(case.in_force, key=lambda c: c.valid_to))
    if not certificates:
        return Status.NOT_CERTIFIED, Reason(ReasonCode.NO_CERTIFICATE)
    last = max(certificates, key=lambda c: c.valid_from)
    if last.withdrawn_on:
        return Status.WITHDRAWN, withdrawn(last)
    if last.valid_from > case.today:
        values = (("number", last.number), ("valid_from", last.valid_from))
        return Status.NOT_CERTIFIED, Reason(ReasonCode.CERTIFICATE_NOT_YET, values)
    ended = (("number", last.number), ("stars", last.stars), ("valid_to", last.valid_to))
    return Status.EXPIRED, Reason(ReasonCode.CERTIFICATE_ENDED, ended)


def _in_force(case: Case, certificate: Certificate) -> tuple[Status, Reason]:
    c = certificate
    what = (("number", c.number), ("stars", c.stars), ("valid_to", c.valid_to))
    left = c.valid_to - case.today
    if left <= SOON:
        return Status.EXPIRES_SOON, Reason(ReasonCode.CERTIFICATE_ENDS, (*what, ("days", left.days)))
    return Status.CERTIFIED, Reason(ReasonCode.CERTIFICATE_VALID, what)


def withdrawn(certificate: Certificate) -> Reason:
    """That a certificate was withdrawn, when and why."""
    values = (
        ("number", certificate.number),
        ("withdrawn_on", certificate.withdrawn_on or certificate.valid_from),
        ("why", certificate.withdrawn_reason or ""),
    )
    return Reason(ReasonCode.CERTIFICATE_WITHDRAWN, values)
