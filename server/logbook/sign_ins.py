"""Writes who signed in to the back office and out of it, whose sign-in failed, and what was done to accounts.

Devices' sessions are watched.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from accounts.guessing import account_named
from accounts.models import User
from accounts.recording import recorded
from logbook.models import Group
from logbook.writing import named, write


def connect() -> None:
    """Hear of sign-ins."""
    user_logged_in.connect(_signed_in, dispatch_uid="logbook")
    user_logged_out.connect(_signed_out, dispatch_uid="logbook")
    user_login_failed.connect(_refused, dispatch_uid="logbook")
    recorded.connect(_done, dispatch_uid="logbook")


def _done(by: User, about: User | str, what: str, **_: Any) -> None:
    """Write what somebody did to an account: invited, renewed, unlocked, took a second factor away."""
    user = about if isinstance(about, User) else None
    name = named(user) if user else f"{about} (không có tài khoản)"
    write(Group.ACCOUNT, "Việc với tài khoản", user, about=name, why=what, by=by)


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
