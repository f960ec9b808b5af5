from django.apps import AppConfig


class MadeUpConfig(AppConfig):
    name = "tests.support.made_up"
    label = "made_up"
