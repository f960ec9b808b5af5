from django.apps import AppConfig


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = "Kiểm kệ"

    def ready(self) -> None:
        """Let shops' names be forgotten by themselves."""
        from accounts.forgetting import also_forget
        from audits.erasing import forget

        also_forget(forget)
