"""Where a person who was invited sets the password of their account, in a browser. The app has a way of its own."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import invitations
from accounts.rates import seconds_to_wait
from backoffice.own_account import NewPassword
from register.description import Register

_CLOSED = {
    "unknown": "Máy chủ này không có lời mời nào như vậy. Hãy xem lại liên kết có đủ chữ và đúng máy chủ không.",
    "used": (
        "Liên kết này đã được dùng một lần nên không dùng lại được. "
        "Nếu người dùng nó không phải là bạn, hãy báo ngay cho người đã gửi."
    ),
    "expired": "Liên kết này đã hết hạn. Hãy xin người đã gửi một liên kết mới.",
    "revoked": "Liên kết này đã bị thu hồi. Hãy hỏi người đã gửi.",
}
_STATUS = {"unknown": 404}


@sensitive_post_parameters()
@never_cache
def invitation_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Show whom the link is for; take a password, once. Opening the page alone uses nothing up."""
    register = Register.objects.first()
    shown: dict[str, object] = {"register": register, "server": f"{request.scheme}://{request.get_host()}"}
    if wait := seconds_to_wait(request, "sign-in", settings.SIGN_IN_RATE):
        shown["closed"] = "Có quá nhiều lần thử từ mạng này. Hãy thử lại sau."
        return _page(request, shown, 429, {"Retry-After": str(wait)})
    form = NewPassword(request.POST or None)
    try:
        user = invitations.find(secret).user
        if request.method == "POST" and form.is_valid():
            try:
                invitations.redeem(secret, form.cleaned_data["first"])
            except ValidationError as why:
                form.add_error("first", why)
            else:
                return _page(request, {**shown, "person": user, "done": True})
    except invitations.CannotRedeem as why:
        return _page(request, {**shown, "closed": _CLOSED[why.reason]}, _STATUS.get(why.reason, 410))
    return _page(request, {**shown, "person": user, "form": form})


def _page(
    request: HttpRequest, shown: dict[str, object], status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    answer = render(request, "backoffice/people/invitation.html", {"title": "Lời mời", **shown}, status=status)
    # The address is the secret, so no other site is told where somebody came from. The page's own form has to say it.
    for name, value in {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex", **(headers or {})}.items():
        answer.headers[name] = value
    return answer


urlpatterns = [path("invite/<str:secret>", invitation_page, name="invitation")]
