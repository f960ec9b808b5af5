from django.apps import AppConfig


class PicturesConfig(AppConfig):
    name = "pictures"

    def ready(self) -> None:
        from pictures import signals  # noqa: F401 - connects the receivers
