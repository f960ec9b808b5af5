from typing import Any

from django.db import migrations, models

from register.clock import new_mark


def mark_what_was_counted(apps: Any, schema_editor: Any) -> None:
    RegisterClock, ClockMark = (apps.get_model("register", name) for name in ("RegisterClock", "ClockMark"))
    RegisterClock.objects.update(unmarked=models.F("value"))
    for clock in RegisterClock.objects.filter(value__gt=0):
        ClockMark.objects.create(clock=clock.name, value=clock.value, mark=new_mark())


class Migration(migrations.Migration):
    dependencies = [("register", "0006_folded_search")]
    operations = [
        migrations.CreateModel(
            name="ClockMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clock", models.CharField(max_length=20)),
                ("value", models.BigIntegerField()),
                ("mark", models.CharField(max_length=16)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clock", "value"), name="a_mark_once_a_value")],
            },
        ),
        migrations.AddField(
            model_name="registerclock", name="unmarked", field=models.BigIntegerField(default=0)
        ),
        migrations.RunPython(mark_what_was_counted, migrations.RunPython.noop),
    ]
