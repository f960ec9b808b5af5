from typing import Any

from django.conf import settings
from django.db import DatabaseError, migrations, models, transaction

from register.folding import fold

BATCH = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    notes = apps.get_model('inspections', 'Inspection').objects
    batch: list[Any] = []
    for note in notes.only('gtin', 'code_text', 'text').order_by().iterator(BATCH):
        note.search_text = fold(f'{note.gtin} {note.code_text} {note.text}')
        batch.append(note)
        if len(batch) == BATCH:
            notes.bulk_update(batch, ['search_text'])
            batch = []
    notes.bulk_update(batch, ['search_text'])


def index_words(apps: Any, schema_editor: Any) -> None:
    """Where PostgreSQL has pg_trgm and lets us use it, the search need not look at every note."""
    if schema_editor.connection.vendor != 'postgresql':
        return
    try:
        with transaction.atomic(schema_editor.connection.alias):
            schema_editor.execute('CREATE EXTENSION IF NOT EXISTS pg_trgm')
    except DatabaseError:
        return
    schema_editor.execute(
        'CREATE INDEX IF NOT EXISTS notes_by_words ON inspections_inspection USING gin (search_text gin_trgm_ops)'
    )


def drop_index(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute('DROP INDEX IF EXISTS notes_by_words')


class Migration(migrations.Migration):

    dependencies = [
        ('inspections', '0005_a_kind_of_record'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='suspicion',
            options={'ordering': ('-seen_at', '-id'), 'verbose_name': 'số sê-ri bị nghi sao chép', 'verbose_name_plural': 'số sê-ri bị nghi sao chép'},
        ),
        migrations.AddField(
            model_name='inspection',
            name='search_text',
            field=models.TextField(default='', editable=False),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['received_at', 'id'], name='notes_by_arrival'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['outcome', 'received_at', 'id'], name='notes_by_outcome'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['status', 'received_at', 'id'], name='notes_by_status'),
        ),
        migrations.AddIndex(
            model_name='suspicion',
            index=models.Index(fields=['seen_at', 'id'], name='suspicions_by_day'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(index_words, drop_index),
    ]
