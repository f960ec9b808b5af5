"""Writes events as documents of EPCIS 2.0 in JSON-LD: one for a file, one for a page of the API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from epcis.event import Event

CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"ocop": "urn:x-ocop-verify:epcis:"},
]
"""GS1's context, and the namespace of what this register adds."""
_EVENTS = "@@events@@"


def file_of(events: Iterable[Event], now: datetime, *, sample: bool) -> Iterator[str]:
    """An EPCISDocument in pieces, one an event, so that it never stands in memory as a whole."""
    frame = json.dumps({**_head("EPCISDocument", now, sample), "epcisBody": {"eventList": [_EVENTS]}}, indent=1)
    before, after = frame.split(f'"{_EVENTS}"')
    yield before
    for number, event in enumerate(events):
        yield ("," if number else "") + "\n" + json.dumps(event, ensure_ascii=False)
    yield after + "\n"


def page_of(events: Sequence[Event], now: datetime, next_cursor: str, *, more: bool, sample: bool) -> dict[str, Any]:
    """An EPCISQueryDocument with where it goes on; a later question starts there too, where there is no more now."""
    results = {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": list(events)}}
    return {
        **_head("EPCISQueryDocument", now, sample),
        "ocop:nextCursor": next_cursor,
        "ocop:more": more,
        "epcisBody": {"queryResults": results},
    }


def _head(kind: str, now: datetime, sample: bool) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "type": kind,
        "schemaVersion": "2.0",
        "creationDate": now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "ocop:sampleData": sample,
    }
