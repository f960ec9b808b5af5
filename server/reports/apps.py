from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Báo cáo của người dân"

    def ready(self) -> None:
        """Let contacts be forgotten by themselves."""
        from accounts.forgetting import also_forget
        from reports.contacts import forget

        also_forget(forget)
