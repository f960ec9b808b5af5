"""Tells whether each confirmed record stands on a second database too, where there is to be one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

# Whoever sets up a standby gives it a slot on the first, or names it there. Only members of pg_monitor see states.
_ASKED = """
SELECT current_setting('synchronous_standby_names') <> '',
    EXISTS (SELECT 1 FROM pg_replication_slots WHERE slot_type = 'physical'),
    EXISTS (SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum'))
"""


@dataclass(frozen=True)
class Standby:
    """`confirms`: a standby confirms each commit. `writes_wait`: none does, and commits wait until one does."""

    confirms: bool
    writes_wait: bool


def standby() -> Standby | None:
    """How the standby is; None where none is expected. Raises django.db.Error."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(_ASKED)
        is_asked, has_slot, is_there = cursor.fetchone()
    return Standby(is_there, is_asked and not is_there) if is_asked or has_slot else None


def works() -> dict[str, float]:
    """Whether it confirms, as a figure."""
    found = standby()
    return {} if found is None else {"standby": float(found.confirms)}
