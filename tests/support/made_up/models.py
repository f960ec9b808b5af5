"""The tables of the made-up kind."""

from django.db import models

from records.models import StoredFile, StoredRecord


class MadeUp(StoredRecord):
    """A record of the kind `made_up`."""


class MadeUpFile(StoredFile):
    """A file that a made-up record names."""

    record = models.ForeignKey(MadeUp, models.CASCADE, related_name="files")

    class Meta(StoredFile.Meta):
        constraints = (models.UniqueConstraint(fields=["record", "sha256"], name="a_made_up_file_once"),)
