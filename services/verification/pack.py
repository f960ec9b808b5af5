"""Checks what else the pack shows: other codes, the label's stars, the serial number, dates, and the code's address."""

from __future__ import annotations

from services.codes import ProductCode
from services.links import LinkWarning
from services.verification.case import NOTHING, Case
from services.verification.verdict import Finding, Reason, ReasonCode, Status

_DOUBTFUL = frozenset({LinkWarning.LOOKALIKE, LinkWarning.CREDENTIALS, LinkWarning.IP_ADDRESS, LinkWarning.IDN})
"""Warnings that an address pretends to be another one: reason enough to doubt, whatever else is right."""


def other_codes(case: Case) -> Finding:
    """Whether the pack's other codes name the same product."""
    if case.gtin is None:
        return NOTHING
    others = [gtin for gtin in case.pack.gtins if not _same_goods(gtin, case.gtin)]
    reasons = [Reason(ReasonCode.OTHER_CODE_DIFFERS, (("gtin", case.gtin), ("other", other))) for other in others]
    return Finding(Status.CODE_MISMATCH, tuple(reasons)) if reasons else NOTHING


def _same_goods(one: str, other: str) -> bool:
    """Whether two GTINs are the same, or differ in the indicator digit only.

    A case may bear the GTIN of the goods in it with another indicator (GS1 General Specifications 2.1.9.2).
    """
    return one[1:13] == other[1:13]


def label_stars(case: Case, stars: int | None) -> Finding:
    """Whether the label shows more stars than `stars`, the certificate's in force (None: no certificate is)."""
    label = case.pack.label_stars
    if not label or (stars is not None and label <= stars):
        return NOTHING
    status = None if case.doubts else Status.STAR_MISMATCH
    if stars is not None:
        values = (("label", label), ("stars", stars))
        return Finding(status, (Reason(ReasonCode.LABEL_STARS_TOO_MANY, values),))
    if case.product is None:
        return NOTHING
    return Finding(status, (Reason(ReasonCode.LABEL_STARS_WITHOUT_CERTIFICATE, (("label", label),)),))


def ocop_mark(case: Case, register: Finding) -> Finding:
    """Whether the pack shows the OCOP mark or stars, though the register, as far as is known, has no such product.

    `register` is what the register says where no signed statement knows better. A product that only a newer version of
    the app can read is registered, so its mark says nothing.
    """
    if not (case.pack.ocop_mark or case.pack.label_stars) or case.copy.unread:
        return NOTHING
    if register.status is Status.NOT_REGISTERED:
        return Finding(register.status, (Reason(ReasonCode.MARK_NOT_REGISTERED),))
    if register.status is Status.NOT_IN_COPY:
        return Finding(register.status, (Reason(ReasonCode.MARK_NOT_IN_COPY),))
    return NOTHING


def serial(case: Case) -> Finding:
    """Whether packs with this serial number were seen where a single pack cannot have been."""
    number = case.code.serial if isinstance(case.code, ProductCode) else None
    copies = case.product.copies if case.product else ()
    copy = next((copy for copy in copies if copy.serial == number), None)
    if number is None or copy is None:
        return NOTHING
    if copy.reason == "seen_after_sale" and copy.sold_on:
        values = (("serial", number), ("sold_on", copy.sold_on))
        why = Reason(ReasonCode.SERIAL_SEEN_AFTER_SALE, values)
    elif copy.reason == "too_far_apart":
        why = Reason(ReasonCode.SERIAL_TOO_FAR_APART, (("serial", number),))
    else:  # a reason that only a newer version of the app knows
        why = Reason(ReasonCode.SERIAL_DOUBTED, (("serial", number),))
    seen = [
        Reason(ReasonCode.SEEN_NEAR, (("day", sighting.day), ("place", sighting.place)))
        if sighting.place
        else Reason(ReasonCode.SEEN, (("day", sighting.day),))
        for sighting in copy.sightings
    ]
    # A suspicion may have been cleared since, so an old copy does not raise it.
    return Finding(None if case.doubts else Status.SUSPECTED_COPY, (why, *seen))


def dates(case: Case) -> Finding:
    """Whether the code's dates have passed or lie ahead today."""
    if not isinstance(case.code, ProductCode) or case.today.clock_behind:
        return NOTHING
    reasons = []
    if case.code.expiry and case.code.expiry < case.today.day:
        reasons.append(Reason(ReasonCode.PACK_DATE_PASSED, (("expiry", case.code.expiry),)))
    if case.code.produced and case.code.produced > case.today.day:
        reasons.append(Reason(ReasonCode.PRODUCED_AHEAD, (("produced", case.code.produced),)))
    return Finding(None, tuple(reasons))


def link(case: Case) -> Finding:
    """What a person should know of the address in the code before opening it."""
    address = case.pack.link
    if case.pack.host_hides:
        return Finding(Status.DOUBTFUL_LINK, (Reason(ReasonCode.LINK_HIDDEN),))
    if address is None:
        return NOTHING
    warnings = [w for w in address.warnings if w is not LinkWarning.UNKNOWN_DOMAIN or case.copy.as_of]
    domain = ("domain", address.domain)
    own = [Reason(ReasonCode.PRODUCERS_PAGE, (domain,))] if case.pack.link_of_producer else []
    reasons = own + [
        Reason(ReasonCode.LINK_LOOKALIKE, (domain, ("resembles", address.resembles or "")))
        if warning is LinkWarning.LOOKALIKE
        else Reason(ReasonCode(f"link_{warning.value}"), (domain,))
        for warning in warnings
    ]
    return Finding(Status.DOUBTFUL_LINK if _DOUBTFUL.intersection(warnings) else None, tuple(reasons))
