"""Checks the signed statement in the code, and compares it with the register.

A signature proves what the register stated when it signed, not that this pack is the original. A revoked key makes good
statements worthless too, so the pack is not accused for it.
"""

from __future__ import annotations

from services.register.certificates import VIETNAM, CertificateState, Standing, standing_of, standing_on
from services.register.products import Certificate
from services.register.statements import CheckedStatement, Statement, StatementFault
from services.verification.case import NOTHING, Case
from services.verification.registered import will_be_withdrawn, withdrawn
from services.verification.verdict import Finding, Reason, ReasonCode, Status


def statement_says(case: Case) -> Finding:
    """What is wrong with the statement, whether it has ended, or what it adds."""
    checked = case.pack.statement
    if checked is None:
        return NOTHING
    if checked.fault is not None or checked.statement is None:
        return _faulty(case, checked)
    statement = checked.statement
    if statement.gtin != case.gtin:
        values = (("gtin", case.gtin or ""), ("other", statement.gtin))
        return Finding(Status.STATEMENT_INVALID, (Reason(ReasonCode.STATEMENT_OTHER_PRODUCT, values),))
    number = (("number", statement.certificate),)
    if case.product and statement.id in case.product.revoked_statements:
        return Finding(Status.STATEMENT_INVALID, (Reason(ReasonCode.STATEMENT_REVOKED, number),))
    match _standing(case, statement).state:
        case CertificateState.ENDED:
            return _adds(ReasonCode.STATEMENT_ENDED, *number, ("valid_to", statement.valid_to))
        case CertificateState.NOT_YET:
            return _adds(ReasonCode.STATEMENT_NOT_YET, *number, ("valid_from", statement.valid_from))
    return _in_force(case, statement)


def decides(case: Case, register: Finding) -> Status | None:
    """The status that a good statement gives where the copy cannot know better than the statement, else None.

    The copy cannot know better where it is older than the statement, or incomplete.
    """
    statement = case.statement
    if statement is None or case.today.clock_behind or statement_says(case).status:
        return None
    newer = case.copy.as_of is None or statement.issued_at > case.copy.as_of
    lacking = not case.copy.complete and case.product is None
    if not (newer or lacking):
        return None
    standing = _standing(case, statement)
    if standing.state is not CertificateState.IN_FORCE:
        return None
    if register.status in (Status.CERTIFIED, Status.EXPIRES_SOON) or _withdrawn(case, statement):
        return None
    return Status.EXPIRES_SOON if standing.ends_soon else Status.CERTIFIED


def _in_force(case: Case, statement: Statement) -> Finding:
    s, known = statement, [(c.number, c.stars) for c in case.worth.in_force]
    if gone := _withdrawn(case, s):
        return Finding(None, (withdrawn(gone),))
    if known and (s.certificate, s.stars) not in known:
        return _adds(ReasonCode.STATEMENT_DIFFERS, ("number", s.certificate), ("stars", s.stars))
    values = (("number", s.certificate), ("stars", s.stars), ("valid_to", s.valid_to), ("issuer", s.issuer))
    ahead = (reason for c in case.worth.in_force if c.number == s.certificate for reason in will_be_withdrawn(case, c))
    return Finding(None, (Reason(ReasonCode.STATEMENT_VALID, values), *ahead))


def _standing(case: Case, statement: Statement) -> Standing:
    """The standing by the statement's own days."""
    return standing_on(case.today.day, statement.valid_from, statement.valid_to, None)


def _withdrawn(case: Case, statement: Statement) -> Certificate | None:
    """The certificate that the statement names, where the register has it as withdrawn."""
    for c in case.product.certificates if case.product else ():
        if c.number == statement.certificate and standing_of(c, case.today.day).state is CertificateState.WITHDRAWN:
            return c
    return None


def _faulty(case: Case, checked: CheckedStatement) -> Finding:
    key, statement = checked.key, checked.statement
    kid = ("key", key.kid if key else statement.key_id if statement else "")
    if checked.fault is StatementFault.UNREAD_KEY:
        return _adds(ReasonCode.STATEMENT_UNREAD)
    if checked.fault is StatementFault.UNKNOWN_KEY:
        # A current copy of the register has all its keys.
        status = Status.STATEMENT_INVALID if case.current else None
        return Finding(status, (Reason(ReasonCode.STATEMENT_UNKNOWN_KEY, (kid,)),))
    if checked.fault is StatementFault.KEY_REVOKED and key and key.revoked_at:
        revoked_on = key.revoked_at.astimezone(VIETNAM).date()
        return _adds(ReasonCode.STATEMENT_KEY_REVOKED, kid, ("revoked_on", revoked_on))
    if checked.fault is StatementFault.KEY_NOT_IN_USE and statement:
        signed_on = statement.issued_at.astimezone(VIETNAM).date()
        reason = Reason(ReasonCode.STATEMENT_KEY_NOT_IN_USE, (kid, ("signed_on", signed_on)))
    elif checked.fault is StatementFault.ALTERED:
        reason = Reason(ReasonCode.STATEMENT_ALTERED)
    elif checked.fault is StatementFault.MALFORMED and key:  # the register signed it, in a form of later versions
        return _adds(ReasonCode.STATEMENT_UNREAD)
    else:
        reason = Reason(ReasonCode.STATEMENT_UNREADABLE)
    return Finding(Status.STATEMENT_INVALID, (reason,))


def _adds(code: ReasonCode, *values: tuple[str, object]) -> Finding:
    return Finding(None, (Reason(code, values),))  # type: ignore[arg-type]
