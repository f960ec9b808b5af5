from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "rounds"
    verbose_name = "Đợt kiểm tra"

    def ready(self) -> None:
        """Let names be forgotten by themselves."""
        from accounts.forgetting import also_forget
        from rounds.erasing import forget

        also_forget(forget)
