"""What a role may do in the back office, beside Django's own permissions."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from accounts.models import Role, User

MAY = (
    "register.", "inspections.view_", "inspections.change_suspicion", "reports.view_", "rounds.view_", "audits.view_",
    "answers.view_", "checklists.view_", "checklists.add_", "records.add_event", "records.view_break",
    "overview.view_",
)  # fmt: skip
SEES = {"register", "inspections", "reports", "rounds", "audits", "answers", "checklists", "records", "overview"}


class RoleBackend(BaseBackend):
    """A registrar keeps the register, reads what people send, answers senders, and decides on suspected copies.

    An administrator may do everything anyway.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        """Whether the role of `user_obj` carries `perm`, written "app.action_model"."""
        if not (isinstance(user_obj, User) and user_obj.is_active and user_obj.role == Role.REGISTRAR):
            return False
        return perm.startswith(MAY)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Whether the role of `user_obj` sees the application at all."""
        return isinstance(user_obj, User) and user_obj.role == Role.REGISTRAR and app_label in SEES
