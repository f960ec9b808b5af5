"""Keeps the inspections of rounds: drafts that survive a kill, and what is signed of them."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import replace
from datetime import UTC, datetime

from services.accounts.author import Author
from services.accounts.viewer import Viewer
from services.notes import photos
from services.records.kind import INSPECTION
from services.rounds.changes import unpaused, with_picture, without_picture
from services.rounds.checks import Problem, RoundClosed, RoundInvalid, Rules, inspection_problems
from services.rounds.inspection import MOST_PHOTOS, Found, Inspection, InspectionDraft
from services.rounds.kept import KeptInspection
from services.rounds.merging import merge_draft
from services.rounds.sealing import inspection_body, inspection_size, tidy_found
from services.rounds.shelf import Shelf, kept_draft, key
from services.storage.store import StoreWriteError


class InspectionBook(Shelf):
    """The inspections of one device, as drafts and signed; the part of RoundBook that is about one product each."""

    # Drafts of inspections

    def begin(
        self,
        round_id: str,
        found: Found,
        author: Author,
        *,
        now: datetime | None = None,
        draft_id: str | None = None,
    ) -> InspectionDraft:
        """Begin an inspection of what was checked; a paused round goes on with it.

        RoundInvalid: `round_full` (close it, and open another).
        """
        with self._change():
            said = self._open(round_id, author.viewer)
            if self._room(said, author) <= 0:
                raise RoundInvalid("round_full")
            started, account = now or datetime.now(UTC), author.viewer.account
            if said.is_paused:
                self._write(unpaused(said, started))
            draft = InspectionDraft(draft_id or str(uuid.uuid4()), round_id, started, found, account=account)
            self._write_draft(draft)
        return draft

    def correct(self, inspection_id: str, viewer: Viewer) -> InspectionDraft:
        """The draft that corrects a signed inspection: the one begun already, or a copy of it. Raises RoundClosed."""
        with self._change():
            kept = self.inspection(inspection_id, viewer)
            if kept is None or kept.inspection is None:
                raise RoundClosed(inspection_id)
            if kept.correction_draft is not None:
                return self._drafts[kept.correction_draft]
            there = tuple(picture for picture in kept.pictures if self._is_there(picture))
            at = self._inspected_at(inspection_id)
            draft = InspectionDraft(str(uuid.uuid4()), kept.round, at, kept.found, there, inspection_id, viewer.account)
            self._write_draft(draft)
        return draft

    def draft(self, draft_id: str, viewer: Viewer) -> InspectionDraft | None:
        """The draft with this id, or None where the viewer has none."""
        draft = self._drafts.get(draft_id)
        return draft if draft and viewer.owns(draft.account) else None

    def drafts(self, viewer: Viewer) -> list[InspectionDraft]:
        """The viewer's drafts, the latest first."""
        with self._lock:
            return [draft for draft in reversed(self._drafts.values()) if viewer.owns(draft.account)]

    def save(self, draft: InspectionDraft, base: InspectionDraft) -> InspectionDraft:
        """Save what was written since `base`, the draft as last known stored; returns what is stored now.

        What another window wrote meanwhile is kept too; pictures are those of add_photo and remove_photo.
        """
        with self._change():
            stored = self._open_draft(draft.id)
            draft = merge_draft(base, draft, stored)
            if draft != stored:
                self._write_draft(draft)
        return draft

    def add_photo(
        self, draft_id: str, picture: bytes, shows: str, *, copy_of: str | None = None, keep_original: bool = False
    ) -> InspectionDraft:
        """Prepare a picture, keep it with its print copy, and put it into the draft. Raises BadPicture too.

        `copy_of` is the hash of the photo of which this is a marked or covered copy; it takes the place of an earlier
        copy, and of the original where a checklist's answer names that. The original is sent only with `keep_original`.
        RoundInvalid: `too_many_photos`, `original_gone`.
        """
        jpeg = photos.prepare(picture)
        with self._change():
            draft = self._open_draft(draft_id)
            if copy_of is not None and not any(each.file.sha256 == copy_of for each in draft.pictures):
                raise RoundInvalid("original_gone")
            before = draft.pictures
            sent = sum(
                each.sent for each in before if copy_of is None or copy_of not in (each.copy_of, each.file.sha256)
            )
            if sent + keep_original >= MOST_PHOTOS:
                raise RoundInvalid("too_many_photos")
            draft = with_picture(draft, self.photos.keep(jpeg), shows, copy_of, keep_original=keep_original)
            if draft.pictures != before:
                self._write_draft(draft)
                self._drop_photos(before)
        return draft

    def remove_photo(self, draft_id: str, sha256: str) -> InspectionDraft:
        """Take a photo out of a draft, with its marked copies; the original of a copy is sent again."""
        with self._change():
            draft = self._open_draft(draft_id)
            before = draft.pictures
            draft = without_picture(draft, sha256)
            self._write_draft(draft)
            self._drop_photos(before)
        return draft

    def discard(self, draft_id: str) -> None:
        """Throw a draft and its photos away, as the person asked."""
        with self._change():
            draft = self._drafts.get(draft_id)
            if draft is not None:
                self._commit(drafts={draft_id: None})
                del self._drafts[draft_id]
                self._gone.add(draft_id)
                self._drop_photos(draft.pictures)
                with contextlib.suppress(StoreWriteError):  # as in the notebook: the draft has gone already
                    self._commit()  # the earlier generation of the file does not hold its words either

    def problems(self, draft: InspectionDraft, author: Author, rules: Rules | None = None) -> list[Problem]:
        """What keeps the draft from being finished now; to be asked while it is written, not at its end alone."""
        found = [*inspection_problems(replace(draft, found=tidy_found(draft.found)), rules)]
        return found + ([Problem("too_large")] if self.fullness(draft, author) > 1 else [])

    def fullness(self, draft: InspectionDraft, author: Author) -> float:
        """How much of what one record may hold the draft takes, from 0 to 1; above 1 it cannot be finished."""
        with self._lock:
            return inspection_size(draft, self._place_of(draft), author, draft.started_at) / INSPECTION.most_bytes

    def finish(
        self, draft_id: str, author: Author, *, rules: Rules | None = None, now: datetime | None = None
    ) -> Inspection:
        """Turn a draft into an inspection that never changes again, and put it into the outbox.

        RoundInvalid: the first of `problems`, or `round_closed`.
        """
        with self._change():
            draft = self._open_draft(draft_id)
            if not author.viewer.owns(draft.account):
                raise RoundClosed(draft_id)
            draft = replace(draft, found=tidy_found(draft.found))
            place = self._place_of(draft)
            for problem in inspection_problems(draft, rules):
                raise RoundInvalid(problem.reason, problem.item)
            originals = [picture.to_json() for picture in draft.pictures if not picture.sent]
            body = inspection_body(draft, place, author, now or datetime.now(UTC))
            record = self._add(self.inspections, body, author, originals=originals)
            del self._drafts[draft_id]
            self._hidden["drafts"].add(key(draft_id))
            self._enter(draft_id)
            if draft.supersedes:
                self._corrected[draft.supersedes] = draft_id
            said = self._rounds.get(draft.round)
            if said is not None and said.closed_at:
                with contextlib.suppress(StoreWriteError):  # the inspection is kept; signatures are void without it too
                    self._write(replace(said, closed_at=None))
        return Inspection.of(record)

    def undo(self, inspection_id: str, viewer: Viewer) -> InspectionDraft:
        """Make a draft again of an inspection that nothing has taken up for sending yet, and return it.

        RoundInvalid: `sent_meanwhile` or `correction_begun`, after which it can be corrected alone (`correct`).
        """
        with self._change():
            kept = self.inspection(inspection_id, viewer)
            if kept is None or kept.inspection is None:
                raise RoundClosed(inspection_id)
            if kept.correction_draft is not None:
                raise RoundInvalid("correction_begun")  # which would correct a record that is no more
            if not kept.may_undo:
                raise RoundInvalid("sent_meanwhile")
            corrects = kept.inspection.supersedes
            draft = InspectionDraft(
                inspection_id,
                kept.round,
                self._inspected_at(inspection_id),
                kept.found,
                kept.pictures,
                corrects,
                viewer.account,
            )
            # The draft before the record goes: until then the record hides it.
            self._commit(drafts={inspection_id: draft.to_json()})
            self._hidden["drafts"].add(key(inspection_id))
            self.inspections.take_back(inspection_id)
            self._hidden["drafts"].discard(key(inspection_id))
            self._drafts[inspection_id] = draft
            self._of_round[kept.inspection.round].remove(inspection_id)
            self._originals.pop(inspection_id, None)
            if corrects:
                self._corrected = self.inspections.corrections()
        return draft

    # Inspections

    def inspection(self, inspection_id: str, viewer: Viewer) -> KeptInspection | None:
        """The draft or signed inspection with this id, or None where the viewer has none."""
        with self._lock:
            if (draft := self._drafts.get(inspection_id)) is not None:
                return kept_draft(draft) if viewer.owns(draft.account) else None
            if inspection_id not in self.inspections:
                return None
            if not viewer.owns(self.inspections.record(inspection_id).owner):
                return None
            return self._kept_inspection(inspection_id, viewer)

    def inspections_of(self, round_id: str, viewer: Viewer) -> list[KeptInspection]:
        """The drafts and signed inspections of a round that stand (no correction replaces them), newest first."""
        with self._lock:
            drafts = [draft for draft in self.drafts(viewer) if draft.round == round_id]
            signed = [self.inspection(each, viewer) for each in reversed(self._standing(round_id))]
            return [*map(kept_draft, drafts), *filter(None, signed)]
