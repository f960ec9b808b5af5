from django.db import migrations

from records.word_index import index_words


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0001_a_kind_of_record'),
    ]

    operations = [
        index_words('reports_by_words', 'reports_report'),
    ]
