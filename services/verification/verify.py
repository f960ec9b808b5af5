"""Runs all checks of a case, and draws the one verdict from them."""

from __future__ import annotations

from datetime import datetime

from services.codes import Code, Fault, Unrecognised
from services.register.certificates import believed_today
from services.register.products import Product
from services.verification import pack as shown
from services.verification.case import Case
from services.verification.registered import register_says
from services.verification.statement import decides, statement_says
from services.verification.verdict import Finding, Pack, Reason, ReasonCode, RegisterCopy, Status, Verdict

_NOTHING_ELSE = Pack()


def verify(
    code: Code, product: Product | None, copy: RegisterCopy, now: datetime, pack: Pack = _NOTHING_ELSE
) -> Verdict:
    """Judge a code.

    `product` is the code's product in the copy, or None; `now` is an aware time, the server's where known. A clock that
    shows a time before one that is known to have passed is wrong and is not believed.
    """
    if isinstance(code, Unrecognised):
        status = Status.NOT_A_PRODUCT_CODE if code.fault is Fault.NOT_A_PRODUCT_CODE else Status.MALFORMED
        reason = Reason(ReasonCode(code.fault.value))
        if code.symbology:
            reason = Reason(ReasonCode.KIND_WITHOUT_NUMBER, (("symbology", code.symbology),))
        return Verdict((Finding(status, (reason,)),), None, believed_today(now, copy.as_of))
    case = Case.of(code, product, copy, now, pack)
    register, statement = register_says(case), statement_says(case)
    stars = [certificate.stars for certificate in case.worth.in_force]
    if decided := decides(case, register):
        statement = Finding(decided, statement.reasons)
        register = Finding(None, register.reasons)
        stars += [case.statement.stars] if case.statement else []
    findings = (
        register,
        statement,
        shown.ocop_mark(case, register),
        shown.other_codes(case),
        shown.label_stars(case, max(stars, default=None)),
        shown.serial(case),
        shown.link(case),
        shown.dates(case),
    )
    return Verdict(findings, copy.as_of, case.today, copy.live)
