"""What each role may do in the back office: fixed sets of permissions, beside Django's own.

A permission is written "app.action_model"; here stands its beginning, so that a list and its parts are named once.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from accounts.models import Role, User

_READS = (
    "register.view_", "inspections.view_", "reports.view_", "rounds.view_", "audits.view_", "answers.view_",
    "checklists.view_", "records.view_break", "overview.view_",
)  # fmt: skip
_REVIEWS = (*_READS, "records.add_event", "inspections.change_suspicion")

MAY: dict[str, tuple[str, ...]] = {
    Role.REVIEWER: _REVIEWS,
    Role.REGISTRAR: (*_REVIEWS, "register.", "linking.", "checklists.add_"),
}
"""An administrator may do everything anyway; shops and inspectors work with the app alone."""


class RoleBackend(BaseBackend):
    """A reviewer reads the register and what people send, answers senders, and decides on suspected copies.

    A registrar does that too, and keeps the register and the checklists.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        """Whether the role of `user_obj` carries `perm`, written "app.action_model"."""
        return bool(_may(user_obj)) and perm.startswith(_may(user_obj))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Whether the role of `user_obj` sees the application at all."""
        return any(permission.partition(".")[0] == app_label for permission in _may(user_obj))


def _may(user: Any) -> tuple[str, ...]:
    return MAY.get(user.role, ()) if isinstance(user, User) and user.is_active else ()
