from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.signals import request_finished
from django.db.models.signals import post_delete


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Tài khoản"

    def ready(self) -> None:
        """Keep the last administrator from being deleted, and let sign-ins end and their rows be forgotten in time."""
        from accounts import idle
        from accounts.forgetting import forget_in_time
        from accounts.models import User

        post_delete.connect(_keep_an_administrator, sender=User)
        request_finished.connect(forget_in_time)
        user_logged_in.connect(idle.begin)


def _keep_an_administrator(instance: Any, **_: object) -> None:
    """Undo, by an exception in its transaction, a delete after which nobody could administer the server."""
    from accounts.models import LastAdministrator, open_administrators

    if instance.administers and not open_administrators():
        raise LastAdministrator
