"""The export of records: tables, what was signed, photos and papers, and what is left out."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta

from services.journal.export import divide, write_records
from services.rounds.inspection import Found, Shows
from tests.services.conftest import new_id, picture
from tests.services.journal.conftest import AUTHOR, MINH, Books
from tests.support.record_kinds import NOW


def test_a_round_is_exported_with_its_inspections_photos_and_paper(books: Books) -> None:
    said = books.open()
    draft = books.rounds.begin(said.id, Found(text="Nhãn mờ"), AUTHOR, now=NOW)
    books.rounds.add_photo(draft.id, picture(), Shows.FRONT)
    inspection = books.rounds.finish(draft.id, AUTHOR, now=NOW + timedelta(hours=1))
    closed = books.rounds.close(said.id, AUTHOR, now=NOW + timedelta(hours=2))
    away = "cd" * 32
    far = inspection.body | {"id": new_id(), "files": [{"sha256": away, "size": 9, "type": "image/jpeg"}]}
    books.send_elsewhere("inspection", far)
    entries = books.journal.entries(MINH)
    target = io.BytesIO()
    left_out = write_records(
        target,
        entries,
        lambda _entry: books.rounds.photos,
        describe=lambda entry: {"Số": entry.id, "Lời": "=HYPERLINK()" if entry.kind == "round" else entry.said.text},
        paper_of=lambda entry: b"%PDF-" if entry.id == closed.id else None,
    )
    assert left_out == 1
    with zipfile.ZipFile(target) as archive:
        (photo,) = inspection.files
        assert set(archive.namelist()) == {
            "records.xlsx", "records.csv", f"photos/{photo.sha256}.jpg", f"papers/{closed.id}.pdf", "left-out.txt",
            *(f"records/{entry.kind}-{entry.id}.json" for entry in entries),
        }  # fmt: skip
        assert archive.read(f"records/round-{closed.id}.json") == closed.canonical()
        assert away in archive.read("left-out.txt").decode()
        assert "on another device" in archive.read("left-out.txt").decode()
        rows = list(csv.DictReader(io.StringIO(archive.read("records.csv").decode("utf-8-sig"))))
    assert rows[0] == {"Số": closed.id, "Lời": "'=HYPERLINK()"}


def test_an_export_can_be_ended_and_divided(books: Books) -> None:
    books.note("x")
    (entry,) = books.journal.entries(MINH)
    ended = write_records(
        io.BytesIO(),
        [entry],
        lambda _entry: books.notebook.photos,
        describe=lambda _entry: {"a": 1},
        progress=lambda *_numbers: False,
    )
    assert ended is None
    assert [len(part) for part in divide([entry] * 3, 1)] == [3], "records without photos weigh nothing"
