
import django.core.validators
import django.db.models.deletion
import register.models
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('register', '0009_certificates_of_the_office'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalProductLink',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('certificationInfo', 'Chứng nhận'), ('traceability', 'Truy xuất nguồn gốc'), ('recallStatus', 'Thu hồi sản phẩm'), ('dpp', 'Hộ chiếu số của sản phẩm'), ('homepage', 'Trang của chủ thể'), ('instructions', 'Hướng dẫn sử dụng'), ('consumerHandlingStorageInfo', 'Cách bảo quản'), ('ingredientsInfo', 'Thành phần'), ('nutritionalInfo', 'Dinh dưỡng'), ('allergenInfo', 'Chất gây dị ứng'), ('recipeInfo', 'Món ăn, công thức'), ('relatedVideo', 'Video'), ('hasRetailers', 'Nơi bán')], max_length=60, verbose_name='nội dung')),
                ('href', models.CharField(max_length=500, validators=[register.models.validate_https], verbose_name='địa chỉ')),
                ('title', models.CharField(max_length=200, verbose_name='tên hiện cho người đọc')),
                ('language', models.CharField(blank=True, help_text='Ví dụ vi hoặc en; để trống nếu không rõ.', max_length=5, validators=[django.core.validators.RegexValidator('^[a-z]{2}(-[A-Z]{2})?$', 'Hãy ghi hai chữ cái, ví dụ vi hoặc en.')], verbose_name='ngôn ngữ')),
                ('media', models.CharField(choices=[('text/html', 'Trang web'), ('application/pdf', 'PDF'), ('application/json', 'JSON'), ('application/ld+json', 'JSON-LD'), ('video/mp4', 'Video')], default='text/html', max_length=60, verbose_name='loại tệp')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='register.product', verbose_name='sản phẩm')),
            ],
            options={
                'verbose_name': 'historical liên kết',
                'verbose_name_plural': 'historical liên kết',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ProductLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('certificationInfo', 'Chứng nhận'), ('traceability', 'Truy xuất nguồn gốc'), ('recallStatus', 'Thu hồi sản phẩm'), ('dpp', 'Hộ chiếu số của sản phẩm'), ('homepage', 'Trang của chủ thể'), ('instructions', 'Hướng dẫn sử dụng'), ('consumerHandlingStorageInfo', 'Cách bảo quản'), ('ingredientsInfo', 'Thành phần'), ('nutritionalInfo', 'Dinh dưỡng'), ('allergenInfo', 'Chất gây dị ứng'), ('recipeInfo', 'Món ăn, công thức'), ('relatedVideo', 'Video'), ('hasRetailers', 'Nơi bán')], max_length=60, verbose_name='nội dung')),
                ('href', models.CharField(max_length=500, validators=[register.models.validate_https], verbose_name='địa chỉ')),
                ('title', models.CharField(max_length=200, verbose_name='tên hiện cho người đọc')),
                ('language', models.CharField(blank=True, help_text='Ví dụ vi hoặc en; để trống nếu không rõ.', max_length=5, validators=[django.core.validators.RegexValidator('^[a-z]{2}(-[A-Z]{2})?$', 'Hãy ghi hai chữ cái, ví dụ vi hoặc en.')], verbose_name='ngôn ngữ')),
                ('media', models.CharField(choices=[('text/html', 'Trang web'), ('application/pdf', 'PDF'), ('application/json', 'JSON'), ('application/ld+json', 'JSON-LD'), ('video/mp4', 'Video')], default='text/html', max_length=60, verbose_name='loại tệp')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='register.product', verbose_name='sản phẩm')),
            ],
            options={
                'verbose_name': 'liên kết',
                'verbose_name_plural': 'liên kết',
                'ordering': ('product', 'kind', 'language', 'pk'),
                'constraints': [models.UniqueConstraint(fields=('product', 'kind', 'href', 'language', 'media'), name='a_link_once_a_product', violation_error_message='Sản phẩm đã có liên kết này.')],
            },
        ),
    ]
