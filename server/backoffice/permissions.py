"""Says what a page of the back office needs, at the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def needs(permission: str) -> Callable[[View], View]:
    """Let only those in who have the permission, written "app.action_model"; who is not signed in may do so first.

    The view tells what it needs as `needs`.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        page: Any = admin.site.admin_view(guarded)
        page.needs = permission
        return page  # type: ignore[no-any-return]

    return guard
