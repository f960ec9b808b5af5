from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("made_up", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="madeupfile",
            index=models.Index(fields=["file"], name="made_up_madeupfile_name"),
        ),
        migrations.AddIndex(
            model_name="madeupfile",
            index=models.Index(
                condition=models.Q(("erased_at__isnull", False), models.Q(("file", ""), _negated=True)),
                fields=["id"],
                name="made_up_madeupfile_gone",
            ),
        ),
    ]
