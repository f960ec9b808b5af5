"""The device's clock is set back by a month between two notes: nothing is lost, and signed notes keep their order."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from services.notes.note import NoteState
from services.notes.notebook import Notebook
from services.records.record import Receipt
from tests.services.conftest import DEVICE, NOW

BACK = NOW - timedelta(days=30)


def test_signed_notes_stay_in_the_order_of_signing(tmp_path: Path) -> None:
    notebook = Notebook.open(tmp_path)
    ids = []
    for now in (NOW, BACK, NOW - timedelta(days=1)):
        draft = notebook.new_draft(started_at=now, text=now.isoformat())
        ids.append(notebook.sign(draft.id, account=None, device=DEVICE, now=now, clock_offset=None).id)
    for each in (notebook, Notebook.open(tmp_path)):
        assert [note.id for note in each.notes()] == ids[::-1]
        assert [note.id for note in each.outbox()] == ids


def test_a_draft_begun_after_the_clock_was_set_back_is_still_the_last_begun(tmp_path: Path) -> None:
    notebook = Notebook.open(tmp_path)
    before = notebook.new_draft(started_at=NOW, text="trước")
    after = notebook.new_draft(started_at=BACK, text="sau")
    assert Notebook.open(tmp_path).drafts() == notebook.drafts() == [after, before]


def test_a_receipt_from_before_the_note_was_signed_counts(tmp_path: Path) -> None:
    notebook = Notebook.open(tmp_path)
    draft = notebook.new_draft(started_at=NOW)
    note = notebook.sign(draft.id, account=None, device=DEVICE, now=NOW, clock_offset=None)
    notebook.records.record_receipt(Receipt(note.id, note.sha256, BACK))
    for each in (notebook, Notebook.open(tmp_path)):
        [kept] = each.notes()
        assert (kept.state, kept.received_at) == (NoteState.RECEIVED, BACK)
