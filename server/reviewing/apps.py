from django.apps import AppConfig


class ReviewingConfig(AppConfig):
    name = "reviewing"
    verbose_name = "Xử lý hồ sơ"

    def ready(self) -> None:
        """Follow what arrives and what the office says."""
        from reviewing import following

        following.connect()
