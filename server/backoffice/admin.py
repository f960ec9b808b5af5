"""Imports the back office's admin classes: Django looks for them here."""

from django.contrib import admin
from django_tasks_db.models import DBTaskResult

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

# The library's page of the queue speaks English and shows errors; the figures and the log tell of the queue.
admin.site.unregister(DBTaskResult)
