from django.apps import AppConfig


class LogbookConfig(AppConfig):
    name = "logbook"
    verbose_name = "Nhật ký"

    def ready(self) -> None:
        """Write what is saved and deleted, and who signs in."""
        from logbook import sign_ins, watching

        watching.connect()
        sign_ins.connect()
