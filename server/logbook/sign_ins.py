"""Writes who signed in to the back office and out of it, and whose sign-in failed. Devices' sessions are watched."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from accounts.guessing import account_named
from accounts.models import User
from logbook.models import Group
from logbook.writing import named, write


def connect() -> None:
    """Hear of sign-ins."""
    user_logged_in.connect(_signed_in, dispatch_uid="logbook")
    user_logged_out.connect(_signed_out, dispatch_uid="logbook")
    user_login_failed.connect(_refused, dispatch_uid="logbook")


def _signed_in(user: Any, **_: Any) -> None:
    if isinstance(user, User):
        write(Group.SIGN_IN, "Vào trang quản lý", user, about=named(user), by=user)


def _signed_out(user: Any, **_: Any) -> None:
    if isinstance(user, User):
        write(Group.SIGN_IN, "Ra khỏi trang quản lý", user, about=named(user), by=user)


def _refused(credentials: dict[str, Any], **_: Any) -> None:
    """Write whose account was tried. A name that no account bears is not written: people type passwords there."""
    user, _name = account_named(str(credentials.get("username", "")))
    if user is not None:
        write(Group.SIGN_IN, "Sai mật khẩu", user, about=named(user))
