from django.apps import AppConfig


class SampleOfficeConfig(AppConfig):
    name = "sample_office"
    verbose_name = "Văn phòng mẫu"
