from django.apps import AppConfig


class ReviewingConfig(AppConfig):
    name = "reviewing"
    verbose_name = "Xử lý hồ sơ"

    def ready(self) -> None:
        """Follow what arrives and what the office says."""
        from observing.gauges import also_measure
        from reviewing import following, waiting

        following.connect()
        also_measure(waiting.lengths)
