from django.db import migrations

from records.word_index import index_words


class Migration(migrations.Migration):

    dependencies = [
        ('answers', '0001_a_kind_of_record'),
    ]

    operations = [
        index_words('answers_by_words', 'answers_answer'),
    ]
