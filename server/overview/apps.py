from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "overview"
    verbose_name = "Tổng quan"

    def ready(self) -> None:
        """Count what arrives."""
        from overview import counting

        counting.connect()
