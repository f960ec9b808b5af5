"""Checks what the copy of the register says of the code's product."""

from __future__ import annotations

from datetime import date

from services.codes import GtinKind, TraceLink
from services.register.certificates import ProductState, standing_of
from services.register.products import Certificate
from services.verification.case import Case
from services.verification.verdict import Finding, Reason, ReasonCode, Status

_NO_OCOP_NUMBERS = {
    GtinKind.RESTRICTED: ReasonCode.SHOPS_OWN_NUMBER,
    GtinKind.COUPON: ReasonCode.NO_PRODUCT_NUMBER,
    GtinKind.REFUND: ReasonCode.NO_PRODUCT_NUMBER,
    GtinKind.ISMN: ReasonCode.PUBLICATION_NUMBER,
    GtinKind.ISBN: ReasonCode.PUBLICATION_NUMBER,
    GtinKind.ISSN: ReasonCode.PUBLICATION_NUMBER,
}

STATUS_OF = {
    ProductState.CERTIFIED: Status.CERTIFIED,
    ProductState.ENDS_SOON: Status.EXPIRES_SOON,
    ProductState.ENDED: Status.EXPIRED,
    ProductState.WITHDRAWN: Status.WITHDRAWN,
    ProductState.NOT_CERTIFIED: Status.NOT_CERTIFIED,
}
"""The status that a complete, fresh copy gives a product, by its certificates' state."""


def register_says(case: Case) -> Finding:
    """The status that the register gives the product, or why it gives none."""
    if case.product is None:
        return _absent(case)
    status = STATUS_OF[case.worth.state]
    if status is not Status.WITHDRAWN:
        if case.today.clock_behind:
            status = Status.CLOCK_WRONG
        elif case.doubts and status in (Status.EXPIRED, Status.NOT_CERTIFIED):  # the copy may lack a renewal
            status = Status.COPY_TOO_OLD
    return Finding(status, (*_certificates(case), *case.doubts))


def _absent(case: Case) -> Finding:
    if case.copy.unread:
        return Finding(Status.NOT_IN_COPY, (Reason(ReasonCode.PRODUCT_UNREAD), *case.doubts))
    if isinstance(case.code, TraceLink):
        host = case.pack.link.host if case.pack.link else case.code.host
        unknown = (Reason(ReasonCode.LINK_NOT_IN_COPY, (("host", host),)),) if case.copy.as_of else ()
        newer = (Reason(ReasonCode.CODES_UNREAD),) if case.copy.codes_unread else ()
        return Finding(Status.UNKNOWN_LINK, (*unknown, *newer, *case.doubts))
    gtin = (("gtin", case.code.gtin),)
    if case.code.kind in _NO_OCOP_NUMBERS:
        return Finding(Status.NOT_A_PRODUCT_CODE, (Reason(_NO_OCOP_NUMBERS[case.code.kind], gtin),))
    demonstration = case.code.kind is GtinKind.DEMONSTRATION
    about = (Reason(ReasonCode.DEMONSTRATION_NUMBER, gtin),) if demonstration else ()
    if case.current:
        return Finding(Status.NOT_REGISTERED, (Reason(ReasonCode.GTIN_NOT_REGISTERED, gtin), *about))
    absent = (Reason(ReasonCode.GTIN_NOT_IN_COPY, gtin),) if case.copy.as_of else ()
    return Finding(Status.NOT_IN_COPY, (*absent, *case.doubts, *about))


def _certificates(case: Case) -> tuple[Reason, ...]:
    """The reasons on the certificate that speaks for the product."""
    state, c = case.worth.state, case.worth.speaks
    if c is None:
        return (Reason(ReasonCode.NO_CERTIFICATE),)
    what = (("number", c.number), ("stars", c.stars), ("valid_to", c.valid_to))
    match state:
        case ProductState.CERTIFIED:
            return (Reason(ReasonCode.CERTIFICATE_VALID, what), *will_be_withdrawn(case, c))
        case ProductState.ENDS_SOON:
            left = ("days", (c.valid_to - case.today.day).days)
            return (Reason(ReasonCode.CERTIFICATE_ENDS, (*what, left)), *will_be_withdrawn(case, c))
        case ProductState.ENDED:
            return (Reason(ReasonCode.CERTIFICATE_ENDED, what),)
        case ProductState.WITHDRAWN:
            return (withdrawn(c),)
        case ProductState.NOT_CERTIFIED:  # pragma: no branch - no other state is left, as the type checker sees
            values = (("number", c.number), ("valid_from", c.valid_from))
            return (Reason(ReasonCode.CERTIFICATE_NOT_YET, values),)


def will_be_withdrawn(case: Case, certificate: Certificate) -> tuple[Reason, ...]:
    """The reason that a certificate in force will be withdrawn on a known day."""
    ahead = standing_of(certificate, case.today.day).will_be_withdrawn_on
    return (Reason(ReasonCode.CERTIFICATE_WILL_BE_WITHDRAWN, _withdrawal(certificate)),) if ahead else ()


def withdrawn(certificate: Certificate) -> Reason:
    """The reason that a certificate was withdrawn."""
    return Reason(ReasonCode.CERTIFICATE_WITHDRAWN, _withdrawal(certificate))


def _withdrawal(certificate: Certificate) -> tuple[tuple[str, str | date], ...]:
    return (
        ("number", certificate.number),
        ("withdrawn_on", certificate.withdrawn_on or certificate.valid_from),
        ("why", certificate.withdrawn_reason or ""),
        *((("why_en", certificate.withdrawn_reason_en),) if certificate.withdrawn_reason_en else ()),
    )
