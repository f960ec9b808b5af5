"""People who sign in, and their sessions on devices."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class Role(models.TextChoices):
    """What a person does here; `docs/api.md` names the values."""

    SHOP = "shop", "Cửa hàng"
    INSPECTOR = "inspector", "Cán bộ kiểm tra"
    REGISTRAR = "registrar", "Cán bộ sổ đăng ký"
    ADMINISTRATOR = "administrator", "Quản trị"


class AccountManager(UserManager["User"]):
    """Django's manager, which gives superusers the role of administrator."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> User:
        """Create an administrator."""
        return self.create_user(username, email, password, role=Role.ADMINISTRATOR, **extra_fields)


class User(AbstractUser):
    """An account. The role alone decides who enters the back office and what they may do there."""

    # Vietnamese names cannot be split into first and last names by a program.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("họ và tên", max_length=200)
    role = models.CharField("vai trò", max_length=20, choices=Role.choices, default=Role.SHOP)

    objects: ClassVar[AccountManager] = AccountManager()
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = "tài khoản"
        verbose_name_plural = "tài khoản"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with Django's two flags derived from the role."""
        self.is_staff = self.role in {Role.REGISTRAR, Role.ADMINISTRATOR}
        self.is_superuser = self.role == Role.ADMINISTRATOR
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        """Return the whole name, as people write it."""
        return self.name

    def get_short_name(self) -> str:
        """Return the whole name: there is no shorter one."""
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

    class Meta:
        verbose_name = "phiên trên thiết bị"
        verbose_name_plural = "phiên trên thiết bị"
        constraints = (models.UniqueConstraint(fields=["user", "device"], name="one_session_a_device"),)

    def __str__(self) -> str:
        return f"{self.user.username} · {self.device}"


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
