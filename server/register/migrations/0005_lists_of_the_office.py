import register.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('register', '0004_identity_and_schemas'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='signedstatement',
            options={'ordering': ('-issued_at', '-jti'), 'verbose_name': 'xác nhận ký số', 'verbose_name_plural': 'xác nhận ký số'},
        ),
        migrations.AlterField(
            model_name='signedstatement',
            name='certificate',
            field=models.ForeignKey(on_delete=register.models.with_its_certificate_unless_revoked, related_name='statements', to='register.certificate', verbose_name='giấy chứng nhận'),
        ),
        migrations.AddIndex(
            model_name='signedstatement',
            index=models.Index(fields=['issued_at', 'jti'], name='statements_by_time'),
        ),
    ]
