import json
from typing import Any
from uuid import UUID

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """Take the new column from the notes as they were sent."""
    inspections = apps.get_model("inspections", "Inspection").objects.filter(supersedes=None)
    for inspection in inspections.only("body").iterator():
        corrected = json.loads(inspection.body)["supersedes"]
        if corrected is not None:
            inspections.filter(pk=inspection.pk).update(supersedes=UUID(corrected))


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_initial")]
    operations = [
        migrations.AddField(
            "inspection",
            "supersedes",
            models.UUIDField(db_index=True, null=True, verbose_name="thay cho phiếu"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
