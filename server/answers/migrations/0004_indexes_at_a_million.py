from django.db import migrations, models

from migrating.indexes import AddIndexBesideWriters


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('answers', '0003_erased_content'),
    ]

    operations = [
        AddIndexBesideWriters(
            model_name='answerphoto',
            index=models.Index(fields=['file'], name='answers_answerphoto_name'),
        ),
        AddIndexBesideWriters(
            model_name='answerphoto',
            index=models.Index(condition=models.Q(('erased_at__isnull', False), models.Q(('file', ''), _negated=True)), fields=['id'], name='answers_answerphoto_gone'),
        ),
    ]
