"""What the restore drill does within the server's own code: filling a database, and telling all that is in it."""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "server")]
CLOCKS = {"register_registerclock", "register_clockmark"}
"""A restored database draws marks of its own, so that devices notice."""
SMALLEST, LARGEST = 40_000, 180_000
SIGNED = "2026-11-23T08:00:00Z"


def fill(products: int, inspections: int, photos: int) -> None:
    """Fill an empty, migrated database, and the store with so many photos of 40 to 180 kB, each another."""
    from django.apps import apps
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.utils import timezone

    from benchmarks.office_lists import fill as fill_lists
    from tests.faults.fieldwork import picture

    fill_lists(inspections, products)
    photo = apps.get_model("inspections.Photo")
    photo.objects.all().delete()
    notes = apps.get_model("inspections.Inspection").objects.order_by("pk").values_list("pk", flat=True)[:photos]
    chance, looks, rows = random.Random(17), [picture(17, number) for number in range(1, 9)], []
    for number, note in enumerate(notes):
        look = looks[number % len(looks)]  # a picture may have anything behind its end
        content = look + chance.randbytes(max(1, chance.randint(SMALLEST, LARGEST) - len(look)))
        sha256 = hashlib.sha256(content).hexdigest()
        name = default_storage.save(f"photos/{sha256[:2]}/{sha256}.jpg", ContentFile(content))
        rows.append(
            photo(
                record_id=note, number=0, sha256=sha256, size=len(content), type="image/jpeg", file=name,
                stored_at=timezone.now(),
            )
        )  # fmt: skip
    photo.objects.bulk_create(rows, batch_size=500)


def tell() -> dict[str, Any]:
    """Every table's rows as a count and a hash, every photo that a row names by its hash, and what the key signs."""
    from datetime import datetime

    from django.apps import apps
    from django.core.files.storage import default_storage
    from django.db import connection

    keys = import_module("issuing.keys")
    tables = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - CLOCKS):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            hashes = sorted(hashlib.sha256(repr(row).encode()).digest() for row in cursor)
            tables[table] = [len(hashes), hashlib.sha256(b"".join(hashes)).hexdigest()]
    photos = {}
    for name in apps.get_model("inspections.Photo").objects.exclude(file="").values_list("file", flat=True):
        with default_storage.open(name) as file:
            photos[name] = hashlib.sha256(file.read()).hexdigest()
    signing = keys.in_use()
    signed = keys.token(b"a statement", *signing) if signing else None
    return {"tables": tables, "photos": photos, "signed": signed, "at": datetime.now().astimezone().isoformat()}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    what, *numbers = sys.argv[1:]
    if what == "fill":
        fill(*map(int, numbers))
    else:
        json.dump(tell(), sys.stdout)
