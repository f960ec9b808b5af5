from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = "Hồ sơ gửi về"

    def ready(self) -> None:
        """Let parts of files that are not whole yet be counted, and copies of photos be drawn in quiet moments."""
        from background.queue import also_do
        from observing.gauges import also_measure
        from records.copies import draw_next
        from records.models import Part

        also_measure(lambda: {"file_parts": Part.objects.count()})
        also_do(draw_next)
