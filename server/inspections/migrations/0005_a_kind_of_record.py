import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Only names in the code change; tables, columns and constraints keep their own."""

    dependencies = [
        ('inspections', '0004_number_of_a_photo'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint('photo', 'a_photo_once_a_note'),
                migrations.RenameField('photo', 'inspection', 'record'),
                migrations.AlterField('photo', 'record', models.ForeignKey(db_column='inspection_id', on_delete=django.db.models.deletion.CASCADE, related_name='files', to='inspections.inspection', verbose_name='phiếu')),
                migrations.AddConstraint('photo', models.UniqueConstraint(fields=('record', 'sha256'), name='a_photo_once_a_note')),
                migrations.AlterField('inspection', 'account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người gửi')),
            ],
        ),
    ]
