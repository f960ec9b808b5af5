"""What somebody of the office does for their own account: an own password, a second factor, staying signed in."""

from __future__ import annotations

import time
from typing import Any, cast

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import idle, passwords, second_factor
from accounts.models import User
from accounts.recording import record
from backoffice.gate import ask_to_sign_in_again, confirmed, needs_second_factor
from backoffice.words import moment
from register.description import Register

_PENDING, _SHOWN_AT = "second_factor_to_come", "second_factor_shown_at"
_NOT_FRESH = "Để đổi xác nhận hai bước, hãy đăng nhập lại: lần đăng nhập trước đã quá {} phút."
_NOT_THE_SAME = "Hai lần gõ mật khẩu khác nhau."
_FEW_CODES = 3


class NewPassword(forms.Form):
    """A password, typed twice."""

    first = forms.CharField(label="Mật khẩu mới", strip=False, widget=forms.PasswordInput)
    again = forms.CharField(label="Gõ lại mật khẩu mới", strip=False, widget=forms.PasswordInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "new-password"}
            field.error_messages["required"] = "Hãy gõ mật khẩu mới."
        self.rules = password_validators_help_texts()

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        said = super().clean() or {}
        if said.get("first") and said.get("again") and said["first"] != said["again"]:
            self.add_error("again", _NOT_THE_SAME)
        return said


@sensitive_post_parameters()
@never_cache
def first_password(request: HttpRequest) -> HttpResponse:
    """Let somebody who was given a password by another person choose one of their own."""
    user = _own(request)
    if not user.must_change_password:
        return admin.site.password_change(request)  # which asks for the present one
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            passwords.choose(user, form.cleaned_data["first"])
        except ValidationError as why:
            form.add_error("first", why)
        else:
            record(user, user, "Tự đặt mật khẩu mới.")
            update_session_auth_hash(request, user)
            messages.success(request, "Đã đặt mật khẩu mới. Các máy đang dùng tài khoản này phải đăng nhập lại.")
            return redirect(_next(request))
    context = {**admin.site.each_context(request), "title": "Đặt mật khẩu của riêng bạn", "form": form}
    return render(
        request, "backoffice/people/first_password.html", context | _without_sidebar(user.must_change_password)
    )


@sensitive_post_parameters()
@never_cache
def own_second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code where the session has shown none; otherwise set a second factor up, or look after it.

    Only somebody who has signed in just now changes anything: whoever finds a screen that was left must not.
    """
    user = _own(request)
    if user.second_factor_since is not None and needs_second_factor(request, user):
        return _ask(request, user)
    changes = request.method == "POST" or "new" in request.GET or user.second_factor_since is None
    # Who was shown a secret while fresh may finish: an app to read it with may have to be installed first.
    finishes = "code" in request.POST and time.time() - request.session.get(_SHOWN_AT, 0) < idle.FRESH
    if changes and not (finishes or idle.is_fresh(request)):
        return ask_to_sign_in_again(request, _NOT_FRESH)
    if request.method == "POST" and user.second_factor_since is not None:
        if "codes" in request.POST:
            return _shown_once(request, user, second_factor.renew_codes(user))
        if "off" in request.POST and not second_factor.is_required(user):
            second_factor.take_away(user, user, "người dùng tự tắt.")
            messages.success(request, "Đã tắt xác nhận hai bước.")
            return redirect("office-second-factor")
    if user.second_factor_since is None or "new" in request.GET:
        return _set_up(request, user)
    left = second_factor.codes_left(user)
    context = {
        **admin.site.each_context(request), "title": "Xác nhận hai bước", "since": user.second_factor_since,
        "left": left, "few": left < _FEW_CODES, "required": second_factor.is_required(user),
    }  # fmt: skip
    return render(request, "backoffice/people/second_factor.html", context)


def _ask(request: HttpRequest, user: User) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            if second_factor.check(user, request.POST.get("code", "")):
                confirmed(request, user)
                if (left := second_factor.codes_left(user)) < _FEW_CODES:
                    messages.warning(request, f"Bạn còn {left} mã dự phòng. Hãy tạo mã mới ở trang xác nhận hai bước.")
                return redirect(_next(request))
            problem = "Mã chưa đúng hoặc đã dùng. Hãy đợi mã tiếp theo trên điện thoại rồi gõ lại."
        except second_factor.TooManyTries as locked:
            problem = (
                f"Có quá nhiều mã sai. Hãy thử lại sau {moment(locked.until)}, hoặc nhờ một quản trị viên mở khóa."
            )
        except second_factor.Unreadable:
            problem = (
                "Máy chủ không đọc được khóa xác nhận của bạn nữa. "
                "Hãy nhờ một quản trị viên gỡ xác nhận hai bước cho bạn, rồi bật lại."
            )
    context = {**admin.site.each_context(request), "title": "Mã xác nhận", "problem": problem, **_without_sidebar(True)}
    return render(request, "backoffice/people/second_factor_ask.html", context)


def _set_up(request: HttpRequest, user: User) -> HttpResponse:
    """Show a secret as a QR code until a code of it is typed; it waits, sealed, in the session."""
    sealed = request.session.get(_PENDING)
    try:
        secret = second_factor.unseal(user, sealed) if sealed else second_factor.new_secret()
    except second_factor.Unreadable:
        secret = second_factor.new_secret()
    if request.session.get(_PENDING) is None:
        request.session[_PENDING] = second_factor.seal(user, secret)
    if request.method == "GET":
        request.session[_SHOWN_AT] = int(time.time())
    problem = ""
    if request.method == "POST" and "code" in request.POST:
        codes = second_factor.set_up(user, secret, request.POST["code"])
        if codes is not None:
            del request.session[_PENDING], request.session[_SHOWN_AT]
            confirmed(request, user)
            return _shown_once(request, user, codes)
        problem = "Mã chưa đúng. Hãy xem đồng hồ của điện thoại có chạy đúng giờ không, rồi gõ mã đang hiện."
    register = Register.objects.first()
    address = second_factor.address_of(user, secret, register.name if register else "OCOP")
    context = {
        **admin.site.each_context(request), "title": "Bật xác nhận hai bước", "problem": problem,
        "qr": segno.make(address, error="m").svg_data_uri(scale=5, border=4), "secret": secret,
        "required": second_factor.is_required(user), "replaces": user.second_factor_since is not None,
        **_without_sidebar(needs_second_factor(request, user)),
    }  # fmt: skip
    return render(request, "backoffice/people/second_factor_set_up.html", context)


def _shown_once(request: HttpRequest, user: User, codes: list[str]) -> HttpResponse:
    context = {
        **admin.site.each_context(request), "title": "Mã dự phòng của bạn", "codes": codes, "next": _next(request),
        "username": user.username,
    }  # fmt: skip
    return render(request, "backoffice/people/recovery_codes.html", context)


@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """Tell a page how long its session still lives, and what its forms need to be sent in it; with `stay` it lives on.

    A page that stays open is no use of the back office: only what its person does is (static/backoffice/idle.js).
    """
    user = request.user
    if not (isinstance(user, User) and user.is_staff):
        return JsonResponse({"signed_in": False})
    if "stay" in request.GET:
        idle.touch(request)
    ready = not (user.must_change_password or needs_second_factor(request, user))
    left, ends = idle.seconds_left(request), idle.seconds_to_end(request)
    return JsonResponse(
        {"signed_in": ready, "left": left, "ends": ends, "user": str(user.uuid), "csrf": get_token(request)}
    )


def _own(request: HttpRequest) -> User:
    return cast("User", request.user)


def _without_sidebar(hidden: bool) -> dict[str, Any]:
    """Hide what leads to pages that are still closed."""
    return {"is_popup": True, "gate": True} if hidden else {}


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, on this server."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=settings.SESSION_COOKIE_SECURE)
    return wanted if safe else "admin:index"


urlpatterns = [
    path("admin/account/password/", admin.site.admin_view(first_password), name="office-first-password"),
    path("admin/account/second-factor/", admin.site.admin_view(own_second_factor), name="office-second-factor"),
    path("admin/account/alive/", alive, name="office-alive"),
]
