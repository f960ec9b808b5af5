from typing import Any

from django.db import migrations

from guidance.communes import Communes
from overview.counting import fill

MODELS = {
    'note': ('inspections', 'Inspection'),
    'inspection': ('rounds', 'Inspection'),
    'round': ('rounds', 'Round'),
}


def count(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
    """Count the records that came before there was a count."""
    communes = Communes.among(apps.get_model('register', 'Locality').objects)
    for kind, model in MODELS.items():
        records, counted = apps.get_model(*model).objects, apps.get_model('overview', 'CountedRecord').objects
        fill(kind, records, counted, communes)


class Migration(migrations.Migration):

    dependencies = [
        ('overview', '0001_what_is_counted'),
        ('register', '0008_pictures_and_stories'),
        ('rounds', '0002_words_in_an_index'),
        ('inspections', '0006_lists_of_the_office'),
    ]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
