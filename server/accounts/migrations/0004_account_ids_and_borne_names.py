import uuid
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _give_ids(apps: Any, _editor: Any) -> None:
    for user in apps.get_model("accounts", "User").objects.all():
        user.uuid = uuid.uuid4()
        user.save(update_fields=["uuid"])


def _keep_names(apps: Any, _editor: Any) -> None:
    names = apps.get_model("accounts", "BorneName")
    for user in apps.get_model("accounts", "User").objects.all():
        names.objects.create(user=user, name=user.username)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_requestcount"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="uuid",
            field=models.UUIDField(editable=False, null=True, verbose_name="mã tài khoản"),
        ),
        migrations.RunPython(_give_ids, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="uuid",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="mã tài khoản"),
        ),
        migrations.CreateModel(
            name="BorneName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="names",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunPython(_keep_names, migrations.RunPython.noop),
    ]
