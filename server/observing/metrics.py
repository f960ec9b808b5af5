"""Counts for Prometheus. All workers of one server count together; people are not told apart."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

REQUESTS = Counter("ocop_requests_total", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram(
    "ocop_request_seconds",
    "How long an answer took.",
    ["route", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REFUSED = Counter("ocop_refused_total", "API requests refused, by the code in the answer.", ["code"])
UNAVAILABLE = Counter("ocop_unavailable_total", "Answers with 503, by what did not work.", ["what"])
NOTES = Counter("ocop_notes_total", "Notes stored; those sent again are not counted.", ["sender"])
PHOTOS = Counter("ocop_photos_total", "Photos stored.")
PHOTO_BYTES = Counter("ocop_photo_bytes_total", "Bytes of the photos stored.")
NOTE_AGE = Histogram(
    "ocop_note_age_seconds",
    "From signing a note, by the device's corrected clock, until it was stored: how long notes wait in outboxes.",
    buckets=(10, 60, 600, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600),
)


def exposition(gauges: CollectorRegistry) -> bytes:
    """All counts of all workers and what `gauges` measures now, in Prometheus's text form."""
    return _counts() + generate_latest(gauges)


def _counts() -> bytes:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
