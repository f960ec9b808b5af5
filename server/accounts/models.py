"""People who sign in, and their sessions on devices."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts.entries import name_of, password_of, passwords_of


class Role(models.TextChoices):
    """What a person does here; `docs/api.md` names the values."""

    SHOP = "shop", "Cửa hàng"
    INSPECTOR = "inspector", "Cán bộ kiểm tra"
    REVIEWER = "reviewer", "Cán bộ xử lý hồ sơ"
    REGISTRAR = "registrar", "Cán bộ sổ đăng ký"
    ADMINISTRATOR = "administrator", "Quản trị"


OFFICE = frozenset({Role.REVIEWER, Role.REGISTRAR, Role.ADMINISTRATOR})
"""The roles that enter the back office."""
LAST_ADMINISTRATOR = "Đây là tài khoản quản trị cuối cùng đang mở. Hãy cấp quyền quản trị cho một người khác trước đã."


class LastAdministrator(Exception):
    """After what is being done nobody could administer the server any more; it is undone."""

    def __init__(self) -> None:
        super().__init__(LAST_ADMINISTRATOR)


class AccountManager(UserManager["User"]):
    """Django's manager, which gives superusers the role of administrator, and finds accounts by former names too."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The account that bears this name, or has borne it. Raises User.DoesNotExist."""
        name = name_of(username or "")
        found = self.filter(username=name).first() or self.filter(names__name=name).first()
        if found is None:
            raise self.model.DoesNotExist
        return found

    def _create_user_object(self, username: str, email: str | None, password: str | None, **fields: Any) -> User:
        plain = None if password is None else password_of(password)
        return super()._create_user_object(name_of(username), email, plain, **fields)  # type: ignore[misc,no-any-return]

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> User:
        """Create an administrator."""
        return self.create_user(username, email, password, role=Role.ADMINISTRATOR, **extra_fields)


class User(AbstractUser):
    """An account. The role alone decides who enters the back office and what they may do there.

    `uuid` never changes, and is what devices know the account by. Its name may change. A name once borne is never given
    to another account (`BorneName`), because records that are still on devices may carry it.
    """

    uuid = models.UUIDField("mã tài khoản", default=uuid.uuid4, unique=True, editable=False)

    # Vietnamese names cannot be split into first and last names by a program.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("họ và tên", max_length=200)
    role = models.CharField("vai trò", max_length=20, choices=Role.choices, default=Role.SHOP)

    area = models.CharField("địa bàn", max_length=200, blank=True)
    must_change_password = models.BooleanField("phải đặt mật khẩu mới", default=False)
    # What a session of the back office has to have been opened with (accounts.second_factor); null: no second step.
    second_factor_since = models.DateTimeField("xác nhận hai bước từ", null=True, blank=True, editable=False)

    objects: ClassVar[AccountManager] = AccountManager()
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = "tài khoản"
        verbose_name_plural = "tài khoản"

    def clean(self) -> None:
        """Refuse, in words, a name that another account has borne, and the end of the last administrator."""
        self.username = name_of(self.username)
        super().clean()
        if BorneName.objects.filter(name=self.username).exclude(user=self.pk).exists():
            raise ValidationError({"username": "Tên này đã từng thuộc về một tài khoản khác nên không dùng lại được."})
        if self.pk is not None and not (self.role == Role.ADMINISTRATOR and self.is_active):
            # In the form's transaction the administrators stay locked, so that two of them cannot demote each other.
            with transaction.atomic():
                last = [administrator.pk for administrator in open_administrators()] == [self.pk]
            if last:
                raise ValidationError(LAST_ADMINISTRATOR)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with Django's two flags derived from the role, and the name kept for this account for ever.

        Raises IntegrityError for a name that another account has borne, LastAdministrator where nobody would be left
        who can administer.
        """
        self.username = name_of(self.username)
        self.is_staff = self.role in OFFICE
        self.is_superuser = self.role == Role.ADMINISTRATOR
        fields = kwargs.get("update_fields")
        may_end = self.pk is not None and (fields is None or not _ADMINISTERS.isdisjoint(fields))
        with transaction.atomic():
            # Locked before and counted after, so that two who end each other at the same moment do so one by one.
            ends = may_end and not self.administers and self.pk in {user.pk for user in open_administrators()}
            super().save(*args, **kwargs)
            if ends and not open_administrators():
                raise LastAdministrator
            if "username" in (kwargs.get("update_fields") or ("username",)) and self.username not in self.borne_names:
                BorneName.objects.create(user=self, name=self.username)

    @property
    def administers(self) -> bool:
        """Whether this is an administrator who can sign in."""
        return self.role == Role.ADMINISTRATOR and self.is_active and self.has_usable_password()

    @property
    def borne_names(self) -> list[str]:
        """Every name that the account bears or has borne, the earliest first."""
        return list(self.names.order_by("pk").values_list("name", flat=True))

    def bears(self, account: str) -> bool:
        """Whether a record's `account` means this one: by its id, or by a name that it bears or has borne."""
        return account in {str(self.uuid), self.username} or self.names.filter(name=account).exists()

    def set_password(self, raw_password: str | None) -> None:
        """Hash the password in its one form."""
        super().set_password(None if raw_password is None else password_of(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password, however it was typed, and in whichever form it was once hashed."""
        return any(super(User, self).check_password(form) for form in passwords_of(raw_password or ""))

    def get_full_name(self) -> str:
        """Return the whole name, as people write it."""
        return self.name

    def get_short_name(self) -> str:
        """Return the whole name: there is no shorter one."""
        return self.name


_ADMINISTERS = frozenset({"role", "is_active", "password"})
"""What makes an administrator who can sign in."""


def open_administrators() -> models.QuerySet[User]:
    """Those who can administer the server; locked until the end of the transaction.

    Who has no password yet, because a link to set one was sent, is none.
    """
    open_ones = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
    return open_ones.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)


class Invitation(models.Model):
    """A link by which somebody sets the password of an account, once. Only the SHA-256 of its secret is kept."""

    class Purpose(models.TextChoices):
        """Why it was given."""

        FIRST = "first", "Mời vào"
        RENEWAL = "renewal", "Đặt lại mật khẩu"

    user = models.ForeignKey(User, models.CASCADE, verbose_name="tài khoản", related_name="invitations")
    purpose = models.CharField("mục đích", max_length=10, choices=Purpose.choices)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    by = models.ForeignKey(User, models.SET_NULL, null=True, verbose_name="người mời", related_name="+")
    at = models.DateTimeField("tạo lúc")
    expires_at = models.DateTimeField("hết hạn lúc")
    used_at = models.DateTimeField("dùng lúc", null=True, blank=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)

    class Meta:
        verbose_name = "lời mời"
        verbose_name_plural = "lời mời"
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.user.username} · {self.get_purpose_display()}"


class SecondFactor(models.Model):
    """The secret that an account's authenticator app shares with the server, sealed; and the tries at its codes.

    `last_step` is the step of time (RFC 6238) of the last code that was taken: it and those before are not taken again.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor", primary_key=True)
    sealed = models.CharField(max_length=300, editable=False)
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.user.username


class RecoveryCode(models.Model):
    """A code that stands in for the authenticator app once. Its keyed hash is kept, hashed as passwords are."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=128, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "code_hash"], name="one_recovery_code"),)

    def __str__(self) -> str:
        return self.user.username


class BorneName(models.Model):
    """A name that an account bears or has borne. It stays taken, even where the account was deleted."""

    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="names")
    name = models.CharField(max_length=150, unique=True)

    def __str__(self) -> str:
        return self.name


class DeviceSession(models.Model):
    """One account signed in on one device. Only SHA-256 hashes of its tokens are kept."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="tài khoản", related_name="sessions")
    device = models.UUIDField("thiết bị")
    refresh_hash = models.CharField(max_length=64, unique=True, editable=False)
    # Django's hash of the password at sign-in: a changed password ends the sessions opened with the old one.
    password_mark = models.CharField(max_length=64, editable=False)
    signed_in_at = models.DateTimeField("đăng nhập lúc")
    refreshed_at = models.DateTimeField("dùng gần nhất")
    expires_at = models.DateTimeField("hết hạn lúc")
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    # What the app told when it was here last; earlier versions tell neither.
    app_version = models.CharField("bản ứng dụng", max_length=40, blank=True)
    waiting = models.PositiveIntegerField("phiếu chưa gửi", null=True, blank=True)

    class Meta:
        verbose_name = "phiên trên thiết bị"
        verbose_name_plural = "phiên trên thiết bị"
        constraints = (models.UniqueConstraint(fields=["user", "device"], name="one_session_a_device"),)

    def __str__(self) -> str:
        return f"{self.user.username} · {self.device}"


class DeviceKey(models.Model):
    """The public half of the key with which one account signs its records on one device (Ed25519).

    A key that was revoked stays: what it signed has to be told from what nobody signed.
    """

    kid = models.CharField("mã khóa", max_length=32, primary_key=True)
    user = models.ForeignKey(User, models.PROTECT, verbose_name="tài khoản", related_name="device_keys")
    device = models.UUIDField("thiết bị")
    public_key = models.CharField("khóa công khai", max_length=43)  # base64url, 32 bytes without padding
    certified_at = models.DateTimeField("xác nhận lúc")
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    revoked_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)

    class Meta:
        verbose_name = "khóa của thiết bị"
        verbose_name_plural = "khóa của thiết bị"
        ordering = ("-certified_at", "kid")
        indexes = (models.Index(fields=["user", "device"], name="device_keys_of_a_session"),)

    def __str__(self) -> str:
        return f"{self.user.username} · {self.kid[:8]}"


class RequestCount(models.Model):
    """How often one address, kept as a hash, has asked for one thing in one hour."""

    key = models.CharField(max_length=64, primary_key=True)
    hour = models.BigIntegerField(db_index=True)  # since 1970
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.hour}: {self.count}"


class AccessToken(models.Model):
    """A short-lived token of a session. After a refresh, earlier ones are valid until they expire."""

    session = models.ForeignKey(DeviceSession, models.CASCADE, related_name="access_tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "mã truy cập"
        verbose_name_plural = "mã truy cập"

    def __str__(self) -> str:
        return f"{self.session} · {self.expires_at:%Y-%m-%d %H:%M}"


class ServiceKey(models.Model):
    """A key by which another system reads from the API (accounts.service_keys). Only the SHA-256 of its secret is kept.

    `beginning` is the part of the secret by which people tell keys apart. `scopes` stand between spaces.
    """

    name = models.CharField("tên hệ thống", max_length=100)
    beginning = models.CharField("bắt đầu bằng", max_length=12)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.CharField("được đọc", max_length=200)
    per_minute = models.PositiveIntegerField("số lần gọi mỗi phút", db_default=60)
    by = models.ForeignKey(User, models.SET_NULL, null=True, verbose_name="người tạo", related_name="+")
    at = models.DateTimeField("tạo lúc")
    expires_at = models.DateTimeField("hết hạn lúc")
    last_used_at = models.DateTimeField("dùng gần nhất", null=True, blank=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    revoked_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)

    class Meta:
        verbose_name = "khóa dịch vụ"
        verbose_name_plural = "khóa dịch vụ"
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.name} · {self.beginning}…"
