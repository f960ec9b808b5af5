from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "register"
    verbose_name = "Sổ đăng ký"

    def ready(self) -> None:
        from register import signals  # noqa: F401 - connects the receivers
