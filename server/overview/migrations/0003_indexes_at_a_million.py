import django.db.models.deletion
from django.db import migrations, models

from migrating.indexes import AddIndexBesideWriters


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('overview', '0002_count_what_is_there'),
        ('register', '0009_certificates_of_the_office'),
    ]

    operations = [
        AddIndexBesideWriters(
            model_name='countedrecord',
            index=models.Index(fields=['product', 'witness'], name='counted_by_product'),
        ),
        migrations.AlterField(
            model_name='countedrecord',
            name='product',
            field=models.ForeignKey(db_column='gtin', db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='register.product', to_field='gtin', verbose_name='sản phẩm'),
        ),
    ]
