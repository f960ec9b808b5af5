"""Migrations that nobody has made, on the models as they are: `python -m tests.compatibility.made_up_migrations`.

DATABASE_URL names a PostgreSQL. Prints as JSON what is found in each, by its name.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from typing import Any

from tests.support.migration_lint import judged
from tests.support.registry_server import ROOT


def _operations() -> dict[str, list[Any]]:
    from django.contrib.postgres.operations import AddConstraintNotValid
    from django.db import migrations, models

    from migrating.indexes import AddIndexBesideWriters, RemoveIndexBesideWriters

    note, count = "inspection", models.IntegerField
    made = migrations.CreateModel(
        "MadeUp",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=9, unique=True)),
            ("of", models.ForeignKey("inspections.inspection", models.CASCADE, related_name="+")),
        ],
    )
    by_day = models.Index(fields=["created_at"], name="made_up_by_day")
    with_default = migrations.AddField(note, "made_up", count(db_default=0))
    reference = partial(models.ForeignKey, "register.product", models.SET_NULL, null=True)
    forget = partial(migrations.RemoveField, note)
    least = models.CheckConstraint(condition=models.Q(latitude__gte=-90), name="made_up_least")

    def tabled(apps: Any, schema_editor: Any) -> None:
        schema_editor.execute("CREATE INDEX made_up ON inspections_inspection (id)")

    def filled(apps: Any, schema_editor: Any) -> None:
        apps.get_model("inspections", "Inspection").objects.using(schema_editor.connection.alias).update(text="")

    nothing = migrations.RunPython.noop
    return {
        # What the version before survives.
        "null": [migrations.AddField(note, "made_up", count(null=True))],
        "default in the database": [with_default],
        "a reference": [migrations.AddField(note, "made_up", reference(db_index=False))],
        "a new table": [made],
        "forgotten by the models alone": [migrations.SeparateDatabaseAndState([], [forget("latitude")])],
        "forgotten, with a default": [
            migrations.SeparateDatabaseAndState(
                [migrations.AlterField(note, "text", models.TextField(db_default=""))], [forget("text")]
            )
        ],
        "an index beside writers": [AddIndexBesideWriters(note, by_day)],
        "rows filled": [migrations.RunPython(filled, nothing)],
        # What it does not, or the version itself.
        "forgotten, without a default": [migrations.SeparateDatabaseAndState([], [forget("text")])],
        "a reference with its index": [migrations.AddField(note, "made_up", reference())],
        "no default": [migrations.AddField(note, "made_up", count())],
        "default in Python alone": [migrations.AddField(note, "made_up", count(default=0))],
        "default in Python beside one in the database": [
            migrations.AddField(note, "another", count(default=0)),
            with_default,
        ],
        "null no more": [migrations.AlterField(note, "latitude", models.FloatField())],
        "dropped": [migrations.RemoveField(note, "text")],
        "renamed": [migrations.RenameField(note, "text", "words")],
        "another type": [migrations.AlterField(note, "text", models.CharField(max_length=9))],
        "table renamed": [migrations.RenameModel("Inspection", "Note")],
        "table dropped": [migrations.DeleteModel("Photo")],
        "an index that keeps writers": [migrations.AddIndex(note, by_day)],
        "an index that keeps writers behind one of a new table": [made, migrations.AddIndex(note, by_day)],
        "an index dropped": [migrations.AddIndex(note, by_day), migrations.RemoveIndex(note, "made_up_by_day")],
        "unique": [migrations.AddConstraint(note, models.UniqueConstraint(fields=["device"], name="made_up"))],
        "unique behind a new table": [
            made,
            migrations.AddConstraint(note, models.UniqueConstraint(fields=["device"], name="made_up")),
        ],
        "a constraint": [migrations.AddConstraint(note, least)],
        "a constraint for what comes": [AddConstraintNotValid(note, least)],
        "a table changed by a function": [migrations.RunPython(tabled, nothing)],
        "no way back": [migrations.RunPython(filled)],
        # Told so that it is plain which operation drops beside writers.
        "an index dropped beside writers": [
            AddIndexBesideWriters(note, by_day),
            RemoveIndexBesideWriters(note, "made_up_by_day"),
        ],
    }


def main() -> None:
    """Print what is found in each."""
    sys.path.insert(0, str(ROOT / "server"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.db import connection, migrations
    from django.db.migrations.loader import MigrationLoader

    models = MigrationLoader(connection).project_state()
    found = {}
    for name, operations in _operations().items():
        migration = migrations.Migration(name, "inspections")
        migration.operations = operations
        migration.atomic = "beside" not in name or "beside one" in name
        found[name] = sorted(judged(migration, models))
    connection.close()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
