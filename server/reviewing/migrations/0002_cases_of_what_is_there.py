from typing import Any

from django.db import migrations

from records.kinds import kind_named
from reviewing.deadlines import DEFAULT_DAYS
from reviewing.filling import fill

MODELS = {
    'report': ('reports', 'Report'),
    'inspection': ('rounds', 'Inspection'),
    'round': ('rounds', 'Round'),
    'note': ('inspections', 'Inspection'),
    'audit': ('audits', 'Audit'),
}


def make(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
    """Give the days of each kind, and a case to each record that came before there were cases."""
    deadlines = apps.get_model('reviewing', 'Deadline').objects
    for kind, days in DEFAULT_DAYS.items():
        deadlines.get_or_create(kind=kind, defaults={'days': days})
        records = apps.get_model(*MODELS[kind]).objects.filter(kind_named(kind).for_office)
        fill(kind, records, apps.get_model('records', 'Event').objects, apps.get_model('reviewing', 'Case').objects)


class Migration(migrations.Migration):

    dependencies = [
        ('reviewing', '0001_cases'),
        ('records', '0002_chain_and_its_breaks'),
        ('reports', '0002_words_in_an_index'),
        ('rounds', '0002_words_in_an_index'),
        ('inspections', '0006_lists_of_the_office'),
        ('audits', '0002_words_in_an_index'),
    ]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
