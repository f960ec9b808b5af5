"""Keys and signed statements in the back office, where they are read, and revoked with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.models import Role
from backoffice.editing import Edited
from backoffice.folded_search import FoldedSearch
from backoffice.history import HistoryAdmin
from backoffice.large_lists import LargeList
from backoffice.words import moment
from issuing import keys
from issuing.models import IssuerKey, SignedStatement
from issuing.statements import revoke

_TO_REVOKE = "Ghi lý do rồi lưu để thu hồi. Việc này không thể hoàn tác."


class Revocable(Edited, ModelAdmin):
    """Only the reason can be changed, and saving one revokes."""

    def revoke(self, obj: Any) -> None:
        """Revoke for the reason in `obj.revoked_reason`."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: ARG002
        """Revoke, or tell that another person has done so while this page was open."""
        if "revoked_reason" in form.changed_data and obj.revoked_reason:
            self.revoke(obj)
        elif obj.revoked_at and (mine := request.POST.get("revoked_reason")):
            at, theirs = moment(obj.revoked_at), obj.revoked_reason
            text = f"Đã được thu hồi lúc {at} với lý do “{theirs}”. Lý do bạn ghi, “{mine}”, chưa được lưu."
            self.message_user(request, text, messages.WARNING)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        fields = tuple(field.name for field in self.model._meta.fields if field.editable and not field.auto_created)
        revoked = obj is not None and obj.revoked_at is not None
        return fields if revoked else tuple(name for name in fields if name != "revoked_reason")

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        if "revoked_reason" in form.base_fields:
            form.base_fields["revoked_reason"].help_text = _TO_REVOKE
        return form

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(IssuerKey)
class IssuerKeyAdmin(HistoryAdmin, Revocable):
    list_display = ("kid", "issuer", "valid_from", "valid_to", "revoked_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Administrators alone: revoking a key makes all that it has signed worthless."""
        return getattr(request.user, "role", None) == Role.ADMINISTRATOR

    def revoke(self, obj: IssuerKey) -> None:
        """Revoke the key."""
        keys.revoke(obj.kid, obj.revoked_reason)


@admin.register(SignedStatement)
class SignedStatementAdmin(FoldedSearch, LargeList, Revocable):
    list_display = ("jti", "certificate", "key", "issued_at", "revoked_at")
    list_select_related = ("certificate", "key")
    search_fields = ("jti", "certificate__search__contains", "certificate__product__gtin")

    def revoke(self, obj: SignedStatement) -> None:
        """Revoke the statement."""
        revoke(obj.jti, obj.revoked_reason)
