from django.db import migrations, models

from migrating.indexes import AddIndexBesideWriters


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('audits', '0003_erased_content'),
    ]

    operations = [
        AddIndexBesideWriters(
            model_name='auditfile',
            index=models.Index(fields=['file'], name='audits_auditfile_name'),
        ),
        AddIndexBesideWriters(
            model_name='auditfile',
            index=models.Index(condition=models.Q(('erased_at__isnull', False), models.Q(('file', ''), _negated=True)), fields=['id'], name='audits_auditfile_gone'),
        ),
    ]
