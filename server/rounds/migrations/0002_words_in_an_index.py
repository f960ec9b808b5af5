from django.db import migrations

from records.word_index import index_words


class Migration(migrations.Migration):

    dependencies = [
        ('rounds', '0001_a_kind_of_record'),
    ]

    operations = [
        index_words('rounds_by_words', 'rounds_round'),
        index_words('round_inspections_by_words', 'rounds_inspection'),
    ]
