from django.db import migrations, models

from migrating.indexes import AddIndexBesideWriters


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('reports', '0003_erased_content'),
    ]

    operations = [
        AddIndexBesideWriters(
            model_name='reportphoto',
            index=models.Index(fields=['file'], name='reports_reportphoto_name'),
        ),
        AddIndexBesideWriters(
            model_name='reportphoto',
            index=models.Index(condition=models.Q(('erased_at__isnull', False), models.Q(('file', ''), _negated=True)), fields=['id'], name='reports_reportphoto_gone'),
        ),
    ]
