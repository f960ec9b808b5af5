from typing import Any

from django.db import migrations

from register.localities import COMMUNES, COMMUNES_SINCE, FORMER_UNITS, FORMER_UNTIL


def load(apps: Any, schema_editor: Any) -> None:
    Locality = apps.get_model("register", "Locality")
    former = {
        unit.code: Locality.objects.create(
            code=unit.code, name=unit.name, kind=unit.kind, level="former_unit", valid_to=FORMER_UNTIL
        )
        for unit in FORMER_UNITS
    }
    for unit in COMMUNES:
        commune = Locality.objects.create(
            code=unit.code, name=unit.name, kind=unit.kind, level="commune", valid_from=COMMUNES_SINCE
        )
        commune.former_units.set([former[code] for code in unit.former])
    RegisterClock = apps.get_model("register", "RegisterClock")
    for name in ("register", "inspections"):
        RegisterClock.objects.create(name=name)
    apps.get_model("register", "Register").objects.create(name="OCOP Quảng Ninh", sample=False)


def unload(apps: Any, schema_editor: Any) -> None:
    for name in ("Locality", "RegisterClock", "Register"):
        apps.get_model("register", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]
    operations = [migrations.RunPython(load, unload)]
