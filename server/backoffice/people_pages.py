"""The people who have accounts: who they are, inviting one, and what an administrator does to an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import invitations, lockouts, passwords, second_factor
from accounts.models import LastAdministrator, Role, User
from accounts.recording import record
from backoffice.folded_search import accounts_named
from backoffice.permissions import needs
from register.models import Locality

_NEEDED = "accounts.change_user"
_ROWS = 50
STATES = {
    "open": "Đang dùng",
    "invited": "Chờ đặt mật khẩu",
    "no_link": "Chưa có mật khẩu, liên kết đã hết",
    "closed": "Đã đóng",
}


def state_of(user: User) -> str:
    """One of STATES; `open_links` is how many links the account has that still open something."""
    if not user.is_active:
        return "closed"
    if user.has_usable_password():
        return "open"
    return "invited" if getattr(user, "open_links", 0) else "no_link"


def _people() -> QuerySet[User]:
    now = timezone.now()
    is_open = {"invitations__used_at": None, "invitations__revoked_at": None, "invitations__expires_at__gt": now}
    alive = Q(sessions__revoked_at=None, sessions__expires_at__gt=now)
    return User.objects.annotate(
        open_links=Count("invitations", filter=Q(**is_open), distinct=True),
        devices=Count("sessions", filter=alive, distinct=True),
        last_device=Max("sessions__refreshed_at"),
    ).order_by("name", "username")


@needs(_NEEDED)
def people(request: HttpRequest) -> HttpResponse:
    """List the accounts, by name, role and state."""
    said = {name: request.GET.get(name, "") for name in ("q", "role", "state")}
    found = _people()
    if said["q"].strip():
        found = found.filter(pk__in=accounts_named(said["q"]))
    if said["role"] in Role.values:
        found = found.filter(role=said["role"])
    shown = [(user, state_of(user)) for user in found if said["state"] not in STATES or state_of(user) == said["state"]]
    locked = {each.name for each in lockouts.lockouts()}
    page = Paginator(shown, _ROWS).get_page(request.GET.get("p"))
    context = {
        **admin.site.each_context(request), "title": "Người", "page": page, "locked": locked, "said": said,
        "states": STATES, "roles": Role.choices,
        "query": "".join(f"{name}={value}&" for name, value in said.items() if value),
    }  # fmt: skip
    return render(request, "backoffice/people/people.html", context)


class InviteForm(forms.Form):
    """Who is invited, to what, and where they work."""

    name = forms.CharField(label="Họ và tên", max_length=200)
    username = forms.CharField(
        label="Tên đăng nhập", max_length=150, help_text="Ví dụ: nguyen.van.an. Không đổi cho người khác sau này."
    )
    role = forms.ChoiceField(label="Vai trò", choices=Role.choices, initial=Role.INSPECTOR)
    area = forms.CharField(
        label="Địa bàn", max_length=200, required=False, help_text="Phường, xã hoặc cơ quan, nếu có."
    )
    email = forms.EmailField(label="Thư điện tử", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].widget.attrs["list"] = "areas"
        for field in self.fields.values():
            field.error_messages["required"] = "Hãy điền ô này."
        self.fields["email"].error_messages["invalid"] = "Địa chỉ thư chưa đúng."

    def account(self) -> User | None:
        """The account that is asked for, without a password; None where the name cannot be had."""
        user = User(**self.cleaned_data)
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.full_clean()
                user.save()
        except ValidationError as why:
            for field, errors in why.message_dict.items():
                self.add_error(field if field in self.fields else None, errors)
            return None
        except IntegrityError:
            self.add_error("username", "Tên này đã có người dùng.")
            return None
        return user


@never_cache
@needs(_NEEDED)
def invite(request: HttpRequest) -> HttpResponse:
    """Make an account without a password, and show the link by which its owner sets one. It is shown this once."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (user := form.account()):
        _, secret = invitations.invite(user, _by(request))
        return _link(request, user, secret, "Đã tạo tài khoản và liên kết mời.")
    areas = Locality.objects.filter(level=Locality.Level.COMMUNE).values_list("name", flat=True).distinct()
    context = {**admin.site.each_context(request), "title": "Mời một người", "form": form, "areas": areas}
    return render(request, "backoffice/people/invite.html", context)


@needs(_NEEDED)
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account: what it is, what was done to it, and what can be done."""
    user = get_object_or_404(_people(), pk=user_id)
    done = LogEntry.objects.filter(content_type__app_label="accounts", content_type__model="user", object_id=user_id)
    now = timezone.now()
    sessions = user.sessions.order_by("-refreshed_at")[:_ROWS]
    context = {
        **admin.site.each_context(request), "title": user.name or user.username, "person": user,
        "state": STATES[state_of(user)], "closed": not user.is_active, "own": user.pk == _by(request).pk,
        "links": [(each, invitations.state_of(each)) for each in user.invitations.select_related("by", "user")[:_ROWS]],
        "locks": [each for each in lockouts.lockouts() if each.name == user.username],
        "sessions": [(each, each.revoked_at is None and each.expires_at > now) for each in sessions],
        "done": done.select_related("user").order_by("-action_time")[:_ROWS],
        "codes": second_factor.codes_left(user), "has_password": user.has_usable_password(),
    }  # fmt: skip
    return render(request, "backoffice/people/person.html", context)


@never_cache
@needs(_NEEDED)
@require_POST
def act(request: HttpRequest, user_id: int, what: str) -> HttpResponse:
    """Do one thing to an account, and say what came of it."""
    user = get_object_or_404(User, pk=user_id)
    try:
        with transaction.atomic():
            done = _ACTS[what](request, user) if what in _ACTS else "Không có việc này."
    except LastAdministrator as why:
        messages.error(request, str(why))
    else:
        if isinstance(done, HttpResponse):
            return done
        messages.success(request, done)
    return redirect("office-person", user.pk)


def _renewed(request: HttpRequest, user: User) -> HttpResponse | str:
    if user.pk == _by(request).pk:
        return "Mật khẩu của chính bạn thì đổi ở Đổi mật khẩu, trên cùng bên phải."
    first = not user.has_usable_password()
    _, secret = (invitations.invite if first else invitations.renew)(user, _by(request))
    said = "Liên kết trước không dùng được nữa." if first else "Mật khẩu cũ và các phiên đang mở đã hết hiệu lực."
    return _link(request, user, secret, said)


def _without_link(request: HttpRequest, user: User) -> str:
    revoked = invitations.revoke(user, _by(request))
    return "Đã thu hồi liên kết: ai mở cũng không dùng được nữa." if revoked else "Không còn liên kết nào đang mở."


def _without_factor(request: HttpRequest, user: User) -> str:
    if user.second_factor_since is None:
        return "Tài khoản này không bật xác nhận hai bước."
    why = request.POST.get("why", "").strip()[:200] or "không ghi lý do."
    second_factor.take_away(user, _by(request), why)
    return "Đã gỡ xác nhận hai bước. Lần đăng nhập tới, người này bật lại với điện thoại mới nếu vai trò cần."


def _unlocked(request: HttpRequest, user: User) -> str:
    if lockouts.unlock(user.username, _by(request)):
        return "Đã mở khóa: những lần thử sai trước đây không còn được tính."
    return "Tài khoản này không bị khóa nữa."


def _closed(request: HttpRequest, user: User) -> str:
    user.is_active = False
    user.save(update_fields=["is_active"])
    passwords.end_what_is_open(user)
    record(_by(request), user, "Đóng tài khoản.")
    return "Đã đóng tài khoản: không đăng nhập được nữa, mọi phiên đang mở đã kết thúc. Phiếu đã gửi vẫn còn."


def _opened(request: HttpRequest, user: User) -> str:
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(_by(request), user, "Mở lại tài khoản.")
    return "Đã mở lại tài khoản."


_ACTS: dict[str, Callable[[HttpRequest, User], HttpResponse | str]] = {
    "renew": _renewed,
    "revoke-link": _without_link,
    "without-factor": _without_factor,
    "unlock": _unlocked,
    "close": _closed,
    "open": _opened,
}


def _link(request: HttpRequest, user: User, secret: str, said: str) -> HttpResponse:
    """The page with the link and its QR code. Neither can be shown again: the server keeps a hash."""
    way = reverse("invitation", args=[secret])
    link = f"{settings.PUBLIC_URL}{way}" if settings.PUBLIC_URL else request.build_absolute_uri(way)
    context = {
        **admin.site.each_context(request), "title": f"Liên kết cho {user.name}", "person": user, "said": said,
        "link": link, "qr": segno.make(link, error="m").svg_data_uri(scale=5, border=4),
        "until": timezone.now() + invitations.LIFE,
    }  # fmt: skip
    return render(request, "backoffice/people/link.html", context)


def _by(request: HttpRequest) -> Any:
    return request.user


urlpatterns = [
    path("admin/people/", people, name="office-people"),
    path("admin/people/invite/", invite, name="office-invite"),
    path("admin/people/<int:user_id>/", person, name="office-person"),
    path("admin/people/<int:user_id>/<str:what>/", act, name="office-person-act"),
]
