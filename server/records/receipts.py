"""RECEIPT of docs/api.md: what a sender is told of a stored record, signed so that others can check it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import rfc8785

from issuing import keys
from records.kinds import Kind
from records.models import StoredRecord
from register.days import rfc3339


def receipt(kind: Kind, record: StoredRecord, files: Mapping[str, bool] | None = None) -> dict[str, Any]:
    """RECEIPT. It is the same each time, except for the state of the files.

    `files` tells which of them are here where the caller knows.
    """
    proven = {
        "id": str(record.pk),
        "sha256": record.sha256,
        "prev": json.loads(record.body)["prev"] if kind.chained else None,
        "received_at": rfc3339(record.received_at),
    }
    return {
        **proven,
        "files": [file.receipt() for file in files_of(kind, record)]
        if files is None
        else [{"sha256": sha256, "stored": is_stored} for sha256, is_stored in files.items()],
        "jws": keys.sign(rfc8785.dumps(proven), record.received_at),
    }


def files_of(kind: Kind, record: StoredRecord) -> list[Any]:
    """The files that a record names, in its order."""
    return list(kind.files.filter(record_id=record.pk))
