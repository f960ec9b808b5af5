from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = "Dữ liệu cá nhân"

    def ready(self) -> None:
        """Let what has been kept long enough go by itself, an hour apart."""
        from accounts.forgetting import also_forget
        from privacy.keeping import one_turn

        also_forget(one_turn)
