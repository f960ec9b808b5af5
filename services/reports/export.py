"""Writes a report as a zip that can be handed over by hand, such as one that the server refused."""

from __future__ import annotations

import io
import zipfile

from services.records.files import PhotoFolder, PhotoLost
from services.reports.report_book import KeptReport


def zip_of(kept: KeptReport, photos: PhotoFolder, words: str) -> tuple[bytes, int]:
    """The zip, and how many photos are left out because they are lost or cannot be read now.

    `report.txt` holds `words` for people, `report.json` what the server would take. The report's secret is not in it.
    """
    target = io.BytesIO()
    lost = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.txt", words)
        archive.writestr("report.json", kept.report.canonical())
        for name in dict.fromkeys(file.sha256 for file in kept.report.files):
            try:
                archive.writestr(f"photos/{name}.jpg", photos.read(name), zipfile.ZIP_STORED)
            except PhotoLost:
                lost += 1
    return target.getvalue(), lost
