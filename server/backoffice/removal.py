"""Asks a second time before more than half of a list is removed: every device would lose those products too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import actions, helpers
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

_TYPED = "removing"


def is_most(going: int, model: type[Model]) -> bool:
    """Whether that many records are more than half of all there are."""
    return going * 2 > model._default_manager.count()


class AsksTwice:
    """For admin classes: the second page asks for the number of records that would go.

    Whatever else comes to remove records, such as an import, asks `is_most` too.
    """

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Put the second question into Django's action that deletes."""
        offered: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]
        if "delete_selected" in offered:
            _, name, description = offered["delete_selected"]
            offered["delete_selected"] = (delete_selected, name, description)
        return offered

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Delete one record; it may be most of a very short list."""
        if request.method == "POST" and self.has_delete_permission(request):  # type: ignore[attr-defined]
            asked = ask(self, request, 1, [])
            if asked is not None:
                return asked
        answer: HttpResponseBase = super().delete_view(request, object_id, extra_context)  # type: ignore[misc]
        return answer


def delete_selected(
    admin: Any, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | TemplateResponse | None:
    """Django's action, with the second question after the first."""
    if request.POST.get("post"):
        asked = ask(admin, request, queryset.count(), queryset.values_list("pk", flat=True))
        if asked is not None:
            return asked
    return actions.delete_selected(admin, request, queryset)


def ask(admin: Any, request: HttpRequest, going: int, selected: Iterable[Any]) -> TemplateResponse | None:
    """The page that asks for the number; None where it was given, or where not that much would go."""
    if not is_most(going, admin.model) or request.POST.get(_TYPED, "").strip() == str(going):
        return None
    context = {
        **admin.admin_site.each_context(request),
        "title": "Xóa hơn một nửa danh sách",
        "opts": admin.model._meta,
        "going": going,
        "total": admin.model._default_manager.count(),
        "typed": _TYPED,
        "was_wrong": _TYPED in request.POST,
        "selected": selected,
        "selected_name": helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "backoffice/removal.html", context)
