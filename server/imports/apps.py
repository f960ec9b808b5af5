"""The room of spreadsheets that become part of the register."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"
    verbose_name = "Nhập danh sách"
