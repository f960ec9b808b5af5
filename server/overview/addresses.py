"""Addresses of the lists of the back office that hold what a figure counts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse


def listed(model: str, **filters: object) -> str:
    """The list of a model, such as "register_product", with its filters."""
    query = urlencode({name: value for name, value in filters.items() if value not in (None, "")})
    return reverse(f"admin:{model}_changelist") + (f"?{query}" if query else "")


def counted(**filters: object) -> str:
    """The list of counted records, with the filters of backoffice.counted_admin."""
    return listed("overview_countedrecord", **filters)
