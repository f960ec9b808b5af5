"""What the signed statement in the code says, and how it stands beside the register.

A signature proves what the register stated when it signed, not that this pack is the original. A key that was revoked
takes the worth from good statements too: the pack is not accused for it.
"""

from __future__ import annotations

from services.register.statements import CheckedStatement, Statement, StatementFault
from services.verification.case import NOTHING, Case, Finding
from services.verification.registered import withdrawn
from services.verification.verdict import SOON, VIETNAM, Reason, ReasonCode, Status


def statement_says(case: Case) -> Finding:
    """What is wrong with the statement, that it has ended, or what it adds."""
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
    if case.today > statement.valid_to:
        return _adds(ReasonCode.STATEMENT_ENDED, *number, ("valid_to", statement.valid_to))
    if case.today < statement.valid_from:
        return _adds(ReasonCode.STATEMENT_NOT_YET, *number, ("valid_from", statement.valid_from))
    return _in_force(case, statement)


def decides(case: Case, register: Finding) -> Status | None:
    """The status that a good statement gives where the register's copy cannot know better; None where it can.

    It cannot where the statement was signed later than the copy is, or the copy is not whole.
    """
    statement = case.statement
    if statement is None or case.clock_behind or statement_says(case).status:
        return None
    newer = case.copy.as_of is None or statement.issued_at > case.copy.as_of
    lacking = not case.copy.complete and case.product is None
    if not (newer or lacking) or not statement.valid_from <= case.today <= statement.valid_to:
        return None
    if register.status in (Status.CERTIFIED, Status.EXPIRES_SOON) or _is_withdrawn(case, statement):
        return None
    return Status.EXPIRES_SOON if statement.valid_to - case.today <= SOON else Status.CERTIFIED


def _in_force(case: Case, statement: Statement) -> Finding:
    s, known = statement, [(c.number, c.stars) for c in case.in_force]
    if _is_withdrawn(case, s) and case.product:
        gone = next(c for c in case.product.certificates if c.number == s.certificate)
        return Finding(None, (withdrawn(gone),))
    if known and (s.certificate, s.stars) not in known:
        return _adds(ReasonCode.STATEMENT_DIFFERS, ("number", s.certificate), ("stars", s.stars))
    values = (("number", s.certificate), ("stars", s.stars), ("valid_to", s.valid_to), ("issuer", s.issuer))
    return _adds(ReasonCode.STATEMENT_VALID, *values)


def _is_withdrawn(case: Case, statement: Statement) -> bool:
    certificates = case.product.certificates if case.product else ()
    return any(c.number == statement.certificate and c.withdrawn_on for c in certificates)


def _faulty(case: Case, checked: CheckedStatement) -> Finding:
    key, statement = checked.key, checked.statement
    kid = ("key", key.kid if key else statement.key_id if statement else "")
    if checked.fault is StatementFault.UNKNOWN_KEY:
        # Of a register that is known as it is today, all keys are known.
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
    else:
        reason = Reason(ReasonCode.STATEMENT_UNREADABLE)
    return Finding(Status.STATEMENT_INVALID, (reason,))


def _adds(code: ReasonCode, *values: tuple[str, object]) -> Finding:
    return Finding(None, (Reason(code, values),))  # type: ignore[arg-type]
