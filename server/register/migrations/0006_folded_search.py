from typing import Any

from django.db import migrations

import register.folding

BATCH = 500


def fill(apps: Any, schema_editor: Any) -> None:
    """Fold what is there; afterwards each save does."""
    for name in ("Locality", "Producer", "Product", "Certificate", "PackCode"):
        model = apps.get_model("register", name)
        folded = model._meta.get_field("search")
        batch = []
        for row in model.objects.order_by("pk").iterator(BATCH):
            folded.pre_save(row, False)
            batch.append(row)
            if len(batch) == BATCH:
                model.objects.bulk_update(batch, ["search"])
                batch = []
        model.objects.bulk_update(batch, ["search"])


class Migration(migrations.Migration):

    dependencies = [
        ('register', '0005_lists_of_the_office'),
    ]

    operations = [
        migrations.AddField(
            model_name='certificate',
            name='search',
            field=register.folding.Folded('number', 'issuer', default='', editable=False),
        ),
        migrations.AddField(
            model_name='locality',
            name='search',
            field=register.folding.Folded('kind', 'name', 'code', default='', editable=False),
        ),
        migrations.AddField(
            model_name='packcode',
            name='search',
            field=register.folding.Folded('value', default='', editable=False),
        ),
        migrations.AddField(
            model_name='producer',
            name='search',
            field=register.folding.Folded('name', 'address', 'phone', default='', editable=False),
        ),
        migrations.AddField(
            model_name='product',
            name='search',
            field=register.folding.Folded('name', 'gtin', 'place', default='', editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
