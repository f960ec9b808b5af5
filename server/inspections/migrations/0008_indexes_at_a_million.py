from django.conf import settings
from django.db import migrations, models

from migrating.indexes import AddIndexBesideWriters


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('inspections', '0007_erased_content'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexBesideWriters(
            model_name='inspection',
            index=models.Index(fields=['gtin', 'received_at', 'account'], name='notes_by_product'),
        ),
        AddIndexBesideWriters(
            model_name='inspection',
            index=models.Index(condition=models.Q(('status__in', ['malformed', 'not_a_product_code', 'code_mismatch', 'statement_invalid', 'not_registered', 'withdrawn', 'certificate_expired', 'star_mismatch', 'suspected_copy', 'doubtful_link', 'clock_wrong', 'copy_too_old', 'not_certified', 'not_in_copy', 'unknown_link', 'certificate_expires_soon', 'certified', '']), _negated=True), fields=['received_at', 'id'], name='notes_of_newer_words'),
        ),
        AddIndexBesideWriters(
            model_name='photo',
            index=models.Index(fields=['file'], name='inspections_photo_name'),
        ),
        AddIndexBesideWriters(
            model_name='photo',
            index=models.Index(condition=models.Q(('erased_at__isnull', False), models.Q(('file', ''), _negated=True)), fields=['id'], name='inspections_photo_gone'),
        ),
        migrations.AlterField(
            model_name='inspection',
            name='gtin',
            field=models.CharField(blank=True, max_length=14, verbose_name='GTIN'),
        ),
    ]
