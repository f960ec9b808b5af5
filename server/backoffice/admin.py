"""Imports the back office's admin classes: Django looks for them here."""

from backoffice import account_admin, inspection_admin, issuing_admin, proof_admin, register_admin, report_admin

__all__ = ["account_admin", "inspection_admin", "issuing_admin", "proof_admin", "register_admin", "report_admin"]
