from django.apps import AppConfig


class BackgroundConfig(AppConfig):
    name = "background"
    verbose_name = "Việc chạy nền"

    def ready(self) -> None:
        """Let the queue's length be measured."""
        from background import queue
        from observing.gauges import also_measure

        also_measure(queue.lengths)
