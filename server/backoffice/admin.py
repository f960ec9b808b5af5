"""Imports the back office's admin classes: Django looks for them here."""

from backoffice import (
    account_admin,
    answer_admin,
    audit_admin,
    checklist_admin,
    counted_admin,
    deadline_admin,
    inspection_admin,
    issuing_admin,
    link_admin,
    proof_admin,
    register_admin,
    report_admin,
    round_admin,
)

__all__ = [
    "account_admin",
    "answer_admin",
    "audit_admin",
    "checklist_admin",
    "counted_admin",
    "deadline_admin",
    "inspection_admin",
    "issuing_admin",
    "link_admin",
    "proof_admin",
    "register_admin",
    "report_admin",
    "round_admin",
]
