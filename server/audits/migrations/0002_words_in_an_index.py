from django.db import migrations

from records.word_index import index_words


class Migration(migrations.Migration):

    dependencies = [
        ('audits', '0001_a_kind_of_record'),
    ]

    operations = [
        index_words('audits_by_words', 'audits_audit'),
    ]
