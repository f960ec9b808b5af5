"""Accounts and their sessions in the back office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashWidget
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts import guessing, lockouts, passwords, sessions
from accounts.models import DeviceSession, User
from backoffice.editing import Edited, MergedForm
from backoffice.folded_search import OfAccounts, accounts_named
from backoffice.large_lists import LargeList
from backoffice.read_only import ReadOnly
from backoffice.texts import whole_number

admin.site.unregister(Group)  # roles are used instead of groups


class PasswordSet(ReadOnlyPasswordHashWidget):
    """Tells whether there is a password."""

    template_name = "backoffice/widgets/password_set.html"


class UserForm(MergedForm, UserChangeForm):
    """An account as it is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget = PasswordSet()


class PasswordForm(AdminPasswordChangeForm):
    """Sets a password. Nobody can sign in without one, so an account is closed by `is_active` instead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        for name in ("password1", "password2"):
            self.fields[name].required = True


@admin.register(User)
class UserAdmin(Edited, DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs alone
    form = UserForm
    add_form = UserCreationForm
    change_password_form = PasswordForm
    list_display = ("username", "name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "name")
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "role", "area", "email", "is_active")}),
        ("Mã và thời gian", {"fields": ("uuid", "must_change_password", "last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "name", "role", "password1", "password2")}),)
    readonly_fields = ("uuid", "must_change_password", "last_login", "date_joined")
    filter_horizontal = ()
    actions = ("unlock",)

    @admin.action(description="Mở khóa đăng nhập cho các tài khoản đã chọn", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        by: Any = request.user
        for user in queryset:
            lockouts.unlock(user.username, by)
            guessing.unlock(user)  # tries that do not lock yet
        self.message_user(request, "Đã mở khóa: những lần thử sai trước đây không còn được tính.")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Let whoever is given a password by another person choose an own one first; end what a closed one has open."""
        if not change:
            obj.must_change_password = True
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            passwords.end_what_is_open(obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Set another's password, who has to choose an own one at the next sign-in."""
        by: Any = request.user
        found = User.objects.filter(pk=whole_number(id) or 0)
        before = found.values_list("password", flat=True).first()
        answer: HttpResponse = super().user_change_password(request, id, form_url)
        changed = found.exclude(password=before).exclude(pk=by.pk).first() if before else None
        if changed is not None:
            changed.must_change_password = True
            changed.save(update_fields=["must_change_password"])
            passwords.end_what_is_open(changed)
        return answer

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Find by user name or name, without diacritics."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(pk__in=accounts_named(search_term)), may_repeat

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        """Refuse: accounts that are no longer used are made inactive instead."""
        return False


@admin.register(DeviceSession)
class DeviceSessionAdmin(OfAccounts, LargeList, ReadOnly, ModelAdmin):
    list_display = ("user", "device", "signed_in_at", "refreshed_at", "expires_at", "revoked_at")
    list_filter = ("user__role",)
    search_fields = ("user__username", "device")
    actions = ("revoke",)

    @admin.action(description="Thu hồi các phiên đã chọn", permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[DeviceSession]) -> None:
        for session in queryset:
            sessions.revoke(session)
        self.message_user(request, "Đã thu hồi.")
