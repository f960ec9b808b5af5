"""Lets a session into the back office once its account has done what it has to: own password, second factor."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import idle, second_factor
from accounts.models import User

_PASSWORD, _FACTOR = "office-first-password", "office-second-factor"
_CONFIRMED = "second_factor"
"""What a session keeps once its second factor was shown: since when the account has that one."""

_TOO_LONG = "Bạn đã được đăng xuất vì {} phút qua không có thao tác nào. Hãy đăng nhập để làm tiếp."
_TOO_OLD = "Bạn đã được đăng xuất vì đã đăng nhập hơn {} giờ. Hãy đăng nhập lại để làm tiếp."


class Gate:
    """Middleware before the pages of the back office.

    A page that is asked too early leads to where the missing thing is done, and from there back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._password, self._factor, self._alive = reverse(_PASSWORD), reverse(_FACTOR), reverse("office-alive")
        self._open = {reverse("admin:login"), reverse("admin:logout"), reverse("admin:jsi18n"), self._alive}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to what has to be done first."""
        user = request.user
        if not (request.path_info.startswith("/admin/") and isinstance(user, User)):
            return self._get_response(request)
        unused = idle.seconds_left(request) == 0
        if unused or idle.seconds_to_end(request) == 0:
            logout(request)
            if request.path_info not in self._open:
                why = _TOO_LONG.format(settings.IDLE_MINUTES) if unused else _TOO_OLD.format(settings.SESSION_HOURS)
                messages.info(request, why)
                return _to("admin:login", request)
        elif request.path_info != self._alive:
            idle.touch(request)
        if request.path_info in self._open or not isinstance(request.user, User):
            return self._get_response(request)
        # A factor that there is comes first: who knows the password alone must not be able to change it.
        if needs_second_factor(request, user) and (user.second_factor_since or not user.must_change_password):
            return self._get_response(request) if request.path_info == self._factor else _to(_FACTOR, request)
        if user.must_change_password and request.path_info != self._password:
            return _to(_PASSWORD, request)
        return self._get_response(request)


def needs_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this session has still to show a second factor, or its account to set one up."""
    if user.second_factor_since is None:
        return user.is_staff and second_factor.is_required(user)
    return request.session.get(_CONFIRMED) != user.second_factor_since.isoformat()


def confirmed(request: HttpRequest, user: User) -> None:
    """Note that the session has shown the account's second factor."""
    since = user.second_factor_since
    request.session[_CONFIRMED] = since.isoformat() if since else None


def begin_anew(request: HttpRequest) -> None:
    """Give a session in which somebody has signed in again another key, and have its second factor shown again."""
    request.session.pop(_CONFIRMED, None)
    request.session.cycle_key()


def ask_to_sign_in_again(request: HttpRequest, why: str) -> HttpResponse:
    """Say that what was asked needs a new sign-in; only the button there ends the session, and leads back to this page.

    An address alone must not: anybody can have it opened by a link. `why` has a place for the minutes.
    """
    told = why.format(idle.FRESH // 60)
    if request.method != "POST" or "sign-in-again" not in request.POST:
        context = {**admin.site.each_context(request), "title": "Cần đăng nhập lại", "why": told}
        return render(request, "backoffice/people/sign_in_again.html", context)
    logout(request)
    messages.info(request, told)
    return redirect(f"{reverse('admin:login')}?{urlencode({'next': request.path_info})}")


def _to(name: str, request: HttpRequest) -> HttpResponse:
    # What was asked by a form cannot be asked again by an address; its page can.
    wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("admin:index")
    return redirect(f"{reverse(name)}?{urlencode({'next': wanted})}")
