"""What is measured when /metrics is read: queues, space on the disk, the age of the last backup, what works.

A room says what it measures (`also_measure`). What cannot be measured now, because the database is away, is left out.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import Error
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

logger = logging.getLogger(__name__)

BACKUP_MARKER = "last-backup"
"""A file in the data folder. It is touched once a backup was read back (`backups.making`): its time is the backup's."""

Measure = Callable[[], Mapping[str, float]]

_queues: list[Measure] = []
_works: list[Measure] = []


def also_measure(queues: Measure) -> None:
    """Measure the lengths of some queues, by their names."""
    _queues.append(queues)


def also_ask(works: Measure) -> None:
    """Ask whether parts of the server work, by their names: 1 or 0."""
    _works.append(works)


def last_backup(data: Path | None = None) -> float | None:
    """When the last backup was made, in seconds since 1970; None where none was told."""
    with contextlib.suppress(FileNotFoundError):
        return ((data or settings.DATA_DIR) / BACKUP_MARKER).stat().st_mtime
    return None


class Gauges(Collector):
    """Measures anew each time it is asked."""

    def collect(self) -> Iterable[Metric]:
        """All gauges that can be measured now."""
        works = GaugeMetricFamily("ocop_works", "1 where this part of the server works now, else 0.", labels=["part"])
        queues = GaugeMetricFamily("ocop_queue_length", "How much waits, by queue.", labels=["queue"])
        for family, measures in ((works, _works), (queues, _queues)):
            for measure in measures:
                try:
                    for name, value in measure().items():
                        family.add_metric([name], value)
                except Error:
                    logger.warning("not_measured", exc_info=True)
            yield family
        disk = shutil.disk_usage(settings.DATA_DIR)
        yield GaugeMetricFamily("ocop_disk_free_bytes", "Free where the data folder is.", value=disk.free)
        yield GaugeMetricFamily("ocop_disk_size_bytes", "Size of the disk where the data folder is.", value=disk.total)
        if (made := last_backup()) is not None:
            yield GaugeMetricFamily(
                "ocop_last_backup_seconds", "When the last backup was made (Unix time).", value=made
            )


GAUGES = CollectorRegistry()
GAUGES.register(Gauges())
