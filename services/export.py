"""Notes as a zip that can be handed over by hand, for those the server would not take."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from typing import IO, Any

from services.inspections import Note
from services.photos import PhotoFolder, PhotoLost


def write_zip(target: IO[bytes], notes: Iterable[Note], photos: PhotoFolder) -> None:
    """Write `inspections/ID.json` (canonical JSON), `drafts/ID.json`, `photos/SHA256.jpg` and `states.json`.

    A photo whose file is gone or damaged is named in `states.json` instead.
    """
    rows: list[dict[str, Any]] = []
    named: dict[str, None] = {}
    lost: list[str] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for note in notes:
            if note.inspection:
                archive.writestr(f"inspections/{note.id}.json", note.inspection.canonical())
                named |= dict.fromkeys(photo.sha256 for photo in note.inspection.photos)
            elif note.draft:
                archive.writestr(f"drafts/{note.id}.json", json.dumps(note.draft.to_json(), ensure_ascii=False))
                named |= dict.fromkeys(photo.sha256 for photo in note.draft.photos)
            rows.append(
                {
                    "id": note.id,
                    "state": note.state.value,
                    "reason": note.reason,
                    "detail": note.detail,
                    "product_name": note.product_name,
                    "received_at": note.received_at.isoformat() if note.received_at else None,
                    "photos_sent": note.photos_sent,
                }
            )
        for sha256 in named:
            try:
                archive.writestr(f"photos/{sha256}.jpg", photos.read(sha256), zipfile.ZIP_STORED)
            except PhotoLost:
                lost.append(sha256)
        states = {"notes": rows, "photos_lost": lost}
        archive.writestr("states.json", json.dumps(states, ensure_ascii=False, indent=2))
