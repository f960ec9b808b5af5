from django.conf import settings
from django.db import migrations, models

from migrating.indexes import AddIndexBesideWriters


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('reviewing', '0003_what_was_answered'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexBesideWriters(
            model_name='case',
            index=models.Index(fields=['kind', 'state', 'received_at', 'record'], name='cases_by_arrival'),
        ),
        AddIndexBesideWriters(
            model_name='case',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['kind', 'received_at', 'record', 'state'], name='cases_open_by_arrival'),
        ),
    ]
