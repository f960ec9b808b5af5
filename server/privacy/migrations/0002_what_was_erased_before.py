"""Says of records whose names or contacts were erased before what was erased from them."""

from __future__ import annotations

from typing import Any

from django.db import migrations

_ERASED = (
    ("rounds", "Round", "round", "names"),
    ("rounds", "Inspection", "inspection", "names"),
    ("audits", "Audit", "audit", "names"),
    ("reports", "Report", "report", "contact"),
)


def tell(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
    """Write an erasure for each, in batches."""
    erasure = apps.get_model("records", "Erasure")
    for app, model, kind, what in _ERASED:
        erased = apps.get_model(app, model).objects.exclude(erased_at=None)
        rows = (
            erasure(kind=kind, record=pk, what=what, ground="time", at=at)
            for pk, at in erased.order_by().values_list("pk", "erased_at").iterator()
        )
        erasure.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = (
        ("privacy", "0001_terms_and_requests"),
        ("records", "0003_what_was_erased"),
        ("rounds", "0004_erased_content"),
        ("audits", "0003_erased_content"),
        ("reports", "0003_erased_content"),
    )
    operations = (migrations.RunPython(tell, migrations.RunPython.noop),)
