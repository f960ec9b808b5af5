"""The room of files that somebody of the office has asked for."""

from django.apps import AppConfig


class OfficeFilesConfig(AppConfig):
    name = "office_files"
    verbose_name = "Tệp đã yêu cầu"
