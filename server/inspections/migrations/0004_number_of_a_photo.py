from django.db import migrations, models


class Migration(migrations.Migration):
    """Only the name in the code changes; the column keeps its own."""

    dependencies = [
        ('inspections', '0003_sightings'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField('photo', 'place', 'number'),
                migrations.AlterField('photo', 'number', models.PositiveSmallIntegerField(db_column='place')),
                migrations.AlterModelOptions('photo', {'ordering': ('number',), 'verbose_name': 'ảnh', 'verbose_name_plural': 'ảnh'}),
            ],
        ),
    ]
