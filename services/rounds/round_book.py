"""Keeps the rounds and inspections of one device: while they are written, and until the server confirms them."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.accounts.viewer import Viewer
from services.notes import photos
from services.records.book import RecordBook
from services.records.chain import Signer
from services.records.events import EventBook
from services.records.files import PhotoLost, PhotoUnreadable
from services.records.kind import INSPECTION, ROUND
from services.records.record import Record, RecordInvalid
from services.rounds.checks import (
    MOST_PAUSES,
    MOST_SIGNATURES,
    Problem,
    RoundClosed,
    RoundInvalid,
    Rules,
    inspection_problems,
    round_problems,
)
from services.rounds.inspection import MOST_PHOTOS, Found, Inspection, InspectionDraft, Picture
from services.rounds.kept import KeptInspection, KeptRound
from services.rounds.merging import merge_draft, merge_round
from services.rounds.pictures import InspectionPhotos
from services.rounds.place import Place
from services.rounds.round import MOST_LOOKS, Inspected, LookedAt, OpenRound, Pause, Person, Round, Signature
from services.rounds.round import content_hash as hash_of
from services.rounds.sealing import (
    Author,
    inspection_body,
    inspection_size,
    room_for_inspections,
    round_body,
    thinned,
    tidy_found,
    tidy_look,
    tidy_round,
)
from services.rounds.summary import Inspected as Seen
from services.rounds.summary import Summary, summarise
from services.storage.store import Recovery, Store, StoreWriteError
from services.subscriptions import Subscriptions, Unsubscribe

UNDO_SECONDS = 5.0
"""So long a finished inspection is not taken up for sending, though there is a line: it may still be undone."""

_OVERNIGHT = timedelta(hours=4)


class RoundBook:
    """The rounds and inspections of one device. Each change is on the disk when its method returns.

    Open rounds and drafts of inspections are in one small file, inspections and closed rounds each in a RecordBook, and
    each photo in a file of its own. A signed inspection hides the draft with its id, and a closed round the open one,
    as in the notebook. Safe to use from several threads.

    Every account has its own rounds, one open at a time; screens pass their `viewer` or `author`, and get nothing of
    other accounts. Methods that change something may raise StoreWriteError; RoundClosed where there is no such open
    round or draft (any more) of this viewer's; and RoundInvalid for what may not be, with the reason.
    """

    def __init__(self, folder: Path, signer: Signer | None = None, events: EventBook | None = None) -> None:
        """Open or begin the rounds in `folder`. The caller holds the FolderLock. Raises StoreError.

        `signer` signs the records and chains them; `events` are what the office says of them.
        """
        signer = signer or Signer()
        self.photos = InspectionPhotos(folder / "inspection_photos")
        self.inspections = RecordBook(folder, INSPECTION, self.photos, signer)
        self.closed = RecordBook(folder, ROUND, self.photos, signer)
        self._events = events
        self._store = Store(folder / "rounds.json")
        self._changed = Subscriptions()
        self._lock = self.inspections.lock
        rows = list(self._store.table("rounds"))
        self._rounds = {row["id"]: OpenRound.from_json(row) for row in rows if row["id"] not in self.closed}
        self._earlier = {row["id"]: tuple(row.get("earlier_ids", ())) for row in rows}
        drafts = [InspectionDraft.from_json(row) for row in self._store.table("drafts")]
        self._drafts = {draft.id: draft for draft in drafts if draft.id not in self.inspections}
        # Rows that a record hides: they go with the next write.
        self._hidden: dict[str, set[int]] = {
            "rounds": {_key(row["id"]) for row in rows if row["id"] in self.closed},
            "drafts": {_key(draft.id) for draft in drafts if draft.id in self.inspections},
        }
        self._gone: set[str] = set()
        self._of_round: dict[str, list[str]] = {}
        self._originals: dict[str, tuple[Picture, ...]] = {}
        for inspection_id in reversed([*self.inspections.newest()]):
            self._enter(inspection_id)
        self._corrected = self.inspections.corrections()

    @property
    def books(self) -> tuple[RecordBook, RecordBook]:
        """The books of its records, in the order in which they are sent: a round after its inspections."""
        return self.inspections, self.closed

    @staticmethod
    def has_unsent(folder: Path) -> bool:
        """Whether there may be unsent inspections or rounds in `folder`, told without opening it."""
        return RecordBook.has_unsent(folder, INSPECTION) or RecordBook.has_unsent(folder, ROUND)

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening, for the person to be told."""
        return [*filter(None, [self._store.recovered]), *self.inspections.recovered, *self.closed.recovered]

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change of rounds or inspections, from the thread that made it."""
        ends = [book.subscribe(callback) for book in self.books] + [self._changed.add(callback)]

        def unsubscribe() -> None:
            for end in ends:
                end()

        return unsubscribe

    # Rounds

    def open(
        self,
        place: Place,
        inspected: Inspected | None,
        people: tuple[Person, ...],
        case_number: str | None,
        viewer: Viewer,
        *,
        now: datetime | None = None,
        round_id: str | None = None,
    ) -> OpenRound:
        """Begin a round. RoundInvalid: `no_account`, `already_open`, or what round_problems say."""
        if viewer.account is None:
            raise RoundInvalid("no_account")
        said = tidy_round(
            OpenRound(
                round_id or str(uuid.uuid4()), now or datetime.now(UTC), place, inspected, people, case_number,
                account=viewer.account,
            )
        )  # fmt: skip
        _check_round(said)
        with self._change():
            if self.current(viewer) is not None:
                raise RoundInvalid("already_open")
            return self._write(said)

    def current(self, viewer: Viewer) -> OpenRound | None:
        """The viewer's open round, paused or not; the latest where a lost folder gave another one back."""
        with self._lock:
            return max(
                (said for said in self._rounds.values() if viewer.owns(said.account)),
                key=lambda said: said.opened_at,
                default=None,
            )

    def rounds(self, viewer: Viewer) -> list[KeptRound]:
        """The viewer's rounds: open ones, then closed ones, each newest first."""
        with self._lock:
            mine = [said for said in self._rounds.values() if viewer.owns(said.account)]
            mine.sort(key=lambda said: said.opened_at, reverse=True)
            closed = [self._kept_round(round_id, viewer) for round_id in self.closed.newest(viewer.owns)]
            return [*map(self._kept_open, mine), *closed]

    def round(self, round_id: str, viewer: Viewer) -> KeptRound | None:
        """The round with this id, or None where the viewer has none."""
        with self._lock:
            said = self._rounds.get(round_id)
            if said is not None:
                return self._kept_open(said) if viewer.owns(said.account) else None
            if round_id not in self.closed or not viewer.owns(self.closed.record(round_id).owner):
                return None
            return self._kept_round(round_id, viewer)

    def change(self, base: OpenRound, new: OpenRound, author: Author) -> OpenRound:
        """Save what was written of place, people and words since `base`, the round as last known stored.

        What another window wrote meanwhile is kept too. RoundInvalid: what round_problems say, or `too_large`, which
        is told here so that the closing never fails for it.
        """
        with self._change():
            stored = self._open(new.id, author.viewer)
            merged = tidy_round(merge_round(base, new, stored))
            if merged != stored:
                _check_round(merged)
                if room_for_inspections(merged, self._named(merged.id), author, merged.opened_at) < 0:
                    raise RoundInvalid("too_large")
                merged = self._write(merged)
        return merged

    def pause(self, round_id: str, viewer: Viewer, *, now: datetime | None = None) -> OpenRound:
        """Pause the round; one that is paused stays so. RoundInvalid: `too_many_pauses`."""
        with self._change():
            said = self._open(round_id, viewer)
            if not said.is_paused:
                if len(said.pauses) >= MOST_PAUSES:
                    raise RoundInvalid("too_many_pauses")
                pauses = (*said.pauses, Pause(now or datetime.now(UTC)))
                said = self._write(replace(said, pauses=pauses, closed_at=None))
        return said

    def resume(self, round_id: str, viewer: Viewer, *, now: datetime | None = None) -> OpenRound:
        """Go on with the round: end its pause, and its closing where that has begun."""
        with self._change():
            said = self._open(round_id, viewer)
            if said.is_paused or said.closed_at:
                said = self._write(replace(_unpaused(said, now or datetime.now(UTC)), closed_at=None))
        return said

    def looked(self, round_id: str, look: LookedAt, viewer: Viewer) -> None:
        """Keep that a product was looked at: once a product, the last look. Not while the round is paused or closing.

        It is left out of the round again where the product is inspected.
        """
        with self._change():
            said = self._open(round_id, viewer)
            if said.is_paused or said.closed_at:
                return
            look = tidy_look(look)
            others = [each for each in said.looked_at if _product_of(each) != _product_of(look)]
            self._write(replace(said, looked_at=(*others, look)[-MOST_LOOKS:]))

    def discard_round(self, round_id: str, viewer: Viewer) -> None:
        """Throw away a round that was opened by mistake. RoundInvalid: `has_inspections`, drafts among them."""
        with self._change():
            self._open(round_id, viewer)
            if self._signed_of(round_id) or self._drafts_of(round_id):
                raise RoundInvalid("has_inspections")
            self._commit(rounds={round_id: None})
            del self._rounds[round_id]

    def last_activity(self, round_id: str, viewer: Viewer) -> datetime:
        """When something was last done in the open round."""
        with self._lock:
            said = self._open(round_id, viewer)
            inspected = [_inspection(self.inspections.record(each)).signed_at for each in self._signed_of(round_id)]
            pauses = [moment for pause in said.pauses for moment in (pause.since, pause.until) if moment]
            begun = [self._drafts[draft_id].started_at for draft_id in self._drafts_of(round_id)]
            return max([said.opened_at, *(look.at for look in said.looked_at), *inspected, *pauses, *begun])

    def left_open(self, viewer: Viewer, now: datetime) -> OpenRound | None:
        """The viewer's open round where it was left overnight: nothing was done today, nor for four hours."""
        said = self.current(viewer)
        if said is None:
            return None
        last = self.last_activity(said.id, viewer)
        return said if last.astimezone().date() < now.astimezone().date() and now - last > _OVERNIGHT else None

    # Closing

    def to_sign(self, round_id: str, author: Author, *, now: datetime | None = None) -> str:
        """Begin to close the round where that has not begun, and return the hash of what people sign (content_hash).

        It stays the same until something of the round is changed.
        """
        now = now or datetime.now(UTC)
        with self._change():
            said = self._open(round_id, author.viewer)
            if said.closed_at is None:
                # A clock may have been set back.
                said = self._write(replace(_unpaused(said, now), closed_at=max(now, said.opened_at)))
            return self._content(said, author)

    def sign(self, round_id: str, signature: Signature, author: Author) -> OpenRound:
        """Add a signature, or why there is none; another of the same person's in this role is replaced.

        RoundInvalid: `changed_meanwhile` (`content` is not what `to_sign` says now), `no_name`, `no_signature` (neither
        strokes nor a reason), `reason_too_long`, `too_many_signatures`.
        """
        with self._change():
            said = self._open(round_id, author.viewer)
            if said.closed_at is None or signature.content != self._content(said, author):
                raise RoundInvalid("changed_meanwhile")
            others = tuple(each for each in said.signatures if _who(each) != _who(signature))
            _check_signature(signature, len(others))
            return self._write(replace(said, signatures=(*others, thinned(signature))))

    def unsign(self, round_id: str, signature: Signature, viewer: Viewer) -> OpenRound:
        """Take a signature away, such as one that is void because something was changed after it."""
        with self._change():
            said = self._open(round_id, viewer)
            return self._write(replace(said, signatures=tuple(e for e in said.signatures if e != signature)))

    def summary(self, round_id: str, author: Author) -> Summary:
        """The open round in numbers, and what is missing. Raises RoundClosed."""
        with self._lock:
            said = self._without_inspected(self._open(round_id, author.viewer))
            kept = [self._kept_inspection(each, author.viewer) for each in self._standing(round_id)]
            return summarise(
                said,
                [Seen(each.id, each.found, each.pictures) for each in kept],
                self._drafts_of(round_id),
                content=self._content(said, author) if said.closed_at else None,
                room=self._room(said, author),
            )

    def close(self, round_id: str, author: Author, *, now: datetime | None = None) -> Round:
        """Write the round's record, which names its inspections, and put it into the outbox.

        RoundInvalid: `unfinished_inspections`, `signatures_void`.
        """
        now = now or datetime.now(UTC)
        with self._change():
            content = self.to_sign(round_id, author, now=now)
            said = self._open(round_id, author.viewer)
            if self._drafts_of(round_id):
                raise RoundInvalid("unfinished_inspections")
            if any(signature.content != content for signature in said.signatures):
                raise RoundInvalid("signatures_void")
            body = self._body(said, author, now)
            record = self._add(self.closed, body, author)
            del self._rounds[round_id]
            self._hidden["rounds"].add(_key(round_id))
        return Round.of(record)

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
        """Begin an inspection of what was checked. RoundInvalid: `round_full` (close it, and open another)."""
        with self._change():
            said = self._open(round_id, author.viewer)
            if self._room(said, author) <= 0:
                raise RoundInvalid("round_full")
            started, account = now or datetime.now(UTC), author.viewer.account
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
            draft = InspectionDraft(
                str(uuid.uuid4()), kept.round, datetime.now(UTC), kept.found, there, inspection_id, viewer.account
            )
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
            kept = [each for each in draft.pictures if copy_of is None or each.copy_of != copy_of]
            kept = [replace(each, sent=keep_original) if each.file.sha256 == copy_of else each for each in kept]
            if sum(each.sent for each in kept) >= MOST_PHOTOS:
                raise RoundInvalid("too_many_photos")
            file = self.photos.keep(jpeg)
            if not any(each.file == file for each in kept):
                replaced = {each.file.sha256 for each in draft.pictures if copy_of and each.copy_of == copy_of}
                replaced |= set() if copy_of is None or keep_original else {copy_of}
                instead = dict.fromkeys(replaced, file.sha256)
                before = draft.pictures
                draft = _evidence(replace(draft, pictures=(*kept, Picture(file, shows, copy_of))), instead)
                self._write_draft(draft)
                self._drop_photos(before)
        return draft

    def remove_photo(self, draft_id: str, sha256: str) -> InspectionDraft:
        """Take a photo out of a draft, with its marked copies; the original of a copy is sent again."""
        with self._change():
            draft = self._open_draft(draft_id)
            removed = [each for each in draft.pictures if sha256 in (each.file.sha256, each.copy_of)]
            originals = {each.copy_of for each in removed if each.file.sha256 == sha256}
            left = [
                replace(each, sent=each.sent or each.file.sha256 in originals)
                for each in draft.pictures
                if each not in removed
            ]
            instead = {each.file.sha256: next(iter(originals - {None}), None) for each in removed}
            before = draft.pictures
            draft = _evidence(replace(draft, pictures=tuple(left)), instead)
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
            self._hidden["drafts"].add(_key(draft_id))
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

        RoundInvalid: `sent_meanwhile`, after which it can be corrected alone (`correct`).
        """
        with self._change():
            kept = self.inspection(inspection_id, viewer)
            if kept is None or kept.inspection is None:
                raise RoundClosed(inspection_id)
            if not kept.may_undo:
                raise RoundInvalid("sent_meanwhile")
            corrects = kept.inspection.supersedes
            draft = InspectionDraft(
                inspection_id,
                kept.round,
                kept.inspection.signed_at,
                kept.found,
                kept.pictures,
                corrects,
                viewer.account,
            )
            # The draft before the record goes: until then the record hides it.
            self._commit(drafts={inspection_id: draft.to_json()})
            self._hidden["drafts"].add(_key(inspection_id))
            self.inspections.take_back(inspection_id)
            self._hidden["drafts"].discard(_key(inspection_id))
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
                return _kept_draft(draft) if viewer.owns(draft.account) else None
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
            return [*map(_kept_draft, drafts), *filter(None, signed)]

    # Moving house

    def renew_drafts(self) -> None:
        """Give each draft and open round another id: in a copied folder, the original's and the copy's become two.

        A round keeps the inspections that were signed in it before.
        """
        with self._change():
            new = {round_id: str(uuid.uuid4()) for round_id in self._rounds}
            rounds = {new[said.id]: replace(said, id=new[said.id]) for said in self._rounds.values()}
            earlier = {new[each]: (*self._earlier.get(each, ()), each) for each in self._rounds}
            drafts = [
                replace(draft, id=str(uuid.uuid4()), round=new.get(draft.round, draft.round))
                for draft in self._drafts.values()
            ]
            if not (rounds or drafts):
                return
            self._earlier |= earlier
            self._commit(
                rounds=dict.fromkeys(self._rounds) | {each: self._row(said) for each, said in rounds.items()},
                drafts=dict.fromkeys(self._drafts) | {draft.id: draft.to_json() for draft in drafts},
            )
            self._rounds, self._drafts = rounds, {draft.id: draft for draft in drafts}

    @staticmethod
    def may_hold(folder: Path, viewer: Viewer) -> bool:
        """Whether there may be unsent records or drafts of this viewer's account in `folder`, told without opening."""
        if RoundBook.has_unsent(folder):
            return True
        try:
            drafts = (folder / "rounds.json").read_bytes()
        except OSError:
            return False
        names = [name for name in (viewer.account, *viewer.names) if name]
        return any(json.dumps(name).encode() in drafts or name.encode() in drafts for name in names)

    def bring_back(self, other: RoundBook, viewer: Viewer) -> int:
        """Copy what waits of the viewer's account in another book, move its open rounds and drafts, and say how many.

        An open round comes with all its inspections, which its record will name. Everything is here before it is gone
        there. Raises StoreWriteError.
        """
        brought = 0
        opened = [said for said in other._rounds.values() if viewer.owns(said.account)]
        wanted = {record.id for record in other.inspections.outbox() if viewer.owns(record.owner)}
        wanted |= {each for said in opened for each in other._signed_of(said.id)}
        for inspection_id in [each for each in reversed([*other.inspections.newest()]) if each in wanted]:
            if inspection_id not in self.inspections:
                entry = other.inspections.entry(inspection_id)
                self._copy_photos(
                    other, [*_inspection(entry.record).pictures, *other._originals.get(inspection_id, ())]
                )
                with self._change():
                    self.inspections.take_over(entry)
                    self._enter(inspection_id)
                    self._corrected = self.inspections.corrections()
                brought += 1
        for record in other.closed.outbox():
            if viewer.owns(record.owner) and record.id not in self.closed:
                self.closed.take_over(other.closed.entry(record.id))
                brought += 1
        for said in opened:
            with self._change():
                self._earlier[said.id] = other._earlier.get(said.id, ())
                self._write(said)
            with other._change():
                other._commit(rounds={said.id: None})
                del other._rounds[said.id]
            brought += 1
        for draft in [draft for draft in other.drafts(viewer) if draft.id not in self.inspections]:
            self._copy_photos(other, draft.pictures)
            with self._change():
                self._write_draft(draft)
            other.discard(draft.id)
            brought += 1
        return brought

    def shut(self) -> None:
        """Refuse every later change, because the app ends."""
        with self._lock:
            self._store.close()
            for book in self.books:
                book.close()

    # What is behind

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        with self.inspections.change(), self.closed.change():
            yield

    def _open(self, round_id: str, viewer: Viewer) -> OpenRound:
        said = self._rounds.get(round_id)
        if said is None or not viewer.owns(said.account):
            raise RoundClosed(round_id)
        return said

    def _open_draft(self, draft_id: str) -> InspectionDraft:
        if draft_id not in self._drafts:
            raise RoundClosed(draft_id)
        return self._drafts[draft_id]

    def _row(self, said: OpenRound) -> dict[str, Any]:
        return said.to_json() | {"earlier_ids": list(self._earlier.get(said.id, ()))}

    def _write(self, said: OpenRound) -> OpenRound:
        row = self._row(said)
        self._commit(rounds={said.id: row})
        self._rounds[said.id] = OpenRound.from_json(row)  # as it is read again: a moment is of a whole second
        return self._rounds[said.id]

    def _write_draft(self, draft: InspectionDraft) -> None:
        self._commit(drafts={draft.id: draft.to_json()})
        self._drafts[draft.id] = draft

    def _commit(
        self,
        rounds: dict[str, dict[str, Any] | None] | None = None,
        drafts: dict[str, dict[str, Any] | None] | None = None,
    ) -> None:
        said = {"rounds": rounds or {}, "drafts": drafts or {}}
        self._store.commit(
            {
                table: dict.fromkeys(self._hidden[table]) | {_key(each): row for each, row in rows.items()}
                for table, rows in said.items()
            }
        )
        for hidden in self._hidden.values():
            hidden.clear()

    def _add(self, book: RecordBook, body: dict[str, Any], author: Author, **beside: Any) -> Record:
        try:
            return book.sign(body, author.owner_id, **beside)
        except RecordInvalid as invalid:
            raise RoundInvalid(invalid.reason) from invalid

    def _enter(self, inspection_id: str) -> None:
        entry = self.inspections.entry(inspection_id)
        self._of_round.setdefault(entry.record.body["round"], []).append(inspection_id)
        if kept := entry.beside.get("originals"):
            self._originals[inspection_id] = tuple(map(Picture.from_json, kept))

    def _signed_of(self, round_id: str) -> list[str]:
        ids = (*self._earlier.get(round_id, ()), round_id)
        return [inspection for each in ids for inspection in self._of_round.get(each, ())]

    def _standing(self, round_id: str) -> list[str]:
        return [each for each in self._signed_of(round_id) if each not in self._corrected]

    def _named(self, round_id: str) -> list[tuple[str, str]]:
        return [(each, self.inspections.record(each).sha256) for each in self._standing(round_id)]

    def _drafts_of(self, round_id: str) -> list[str]:
        return [draft.id for draft in self._drafts.values() if draft.round == round_id]

    def _room(self, said: OpenRound, author: Author) -> int:
        room = room_for_inspections(said, self._named(said.id), author, said.opened_at)
        return room - len(self._drafts_of(said.id))

    def _body(self, said: OpenRound, author: Author, now: datetime) -> dict[str, Any]:
        return round_body(self._without_inspected(said), self._named(said.id), author, now)

    def _content(self, said: OpenRound, author: Author) -> str:
        return hash_of(self._body(said, author, said.opened_at))

    def _without_inspected(self, said: OpenRound) -> OpenRound:
        """The round without the looks at products that were inspected in it."""
        inspected: set[str] = set()
        for each in self._standing(said.id):
            body = self.inspections.record(each).body
            inspected |= {body["gtin"] or "", *(code["text"] for code in body["codes"])}
        return replace(said, looked_at=tuple(e for e in said.looked_at if not {e.gtin or e.text, e.text} & inspected))

    def _place_of(self, draft: InspectionDraft) -> Place:
        """The place of the draft's round; of the inspection that it corrects where the round is closed."""
        if (said := self._rounds.get(draft.round)) is not None:
            return said.place
        if draft.supersedes is None or draft.supersedes not in self.inspections:
            raise RoundInvalid("round_closed")
        return _inspection(self.inspections.record(draft.supersedes)).place

    def _kept_inspection(self, inspection_id: str, viewer: Viewer) -> KeptInspection:
        entry = self.inspections.entry(inspection_id)
        inspection = _inspection(entry.record)
        drafts = (draft.id for draft in self.drafts(viewer) if draft.supersedes == inspection_id)
        return KeptInspection(
            id=inspection_id,
            round=inspection.round,
            found=inspection.found,
            pictures=(*inspection.pictures, *self._originals.get(inspection_id, ())),
            inspection=inspection,
            entry=entry,
            corrected_by=self._corrected.get(inspection_id),
            correction_draft=next(drafts, None),
            may_undo=self.inspections.may_take_back(inspection_id),
            events=self._events.of(inspection_id, viewer.sees, kind=INSPECTION.name) if self._events else (),
        )

    def _kept_open(self, said: OpenRound) -> KeptRound:
        standing, drafts = tuple(self._standing(said.id)), tuple(self._drafts_of(said.id))
        return KeptRound(said.id, self._without_inspected(said), standing, drafts)

    def _kept_round(self, round_id: str, viewer: Viewer) -> KeptRound:
        entry = self.closed.entry(round_id)
        closed = Round.of(entry.record)
        return KeptRound(
            round_id,
            closed.said,
            tuple(inspection for inspection, _sha256 in closed.inspections),
            tuple(self._drafts_of(round_id)),
            closed,
            entry,
            self._events.of(round_id, viewer.sees, kind=ROUND.name) if self._events else (),
        )

    def _is_there(self, picture: Picture) -> bool:
        try:
            self.photos.read(picture.file.sha256)
        except PhotoUnreadable:
            return True
        except PhotoLost:
            return False
        return True

    def _drop_photos(self, pictures: tuple[Picture, ...]) -> None:
        used = {each.file.sha256 for draft in self._drafts.values() for each in draft.pictures}
        used |= {each.file.sha256 for kept in self._originals.values() for each in kept}
        for sha256 in {picture.file.sha256 for picture in pictures} - used:
            if not self.inspections.names_file(sha256):
                self.photos.remove(sha256)

    def _copy_photos(self, other: RoundBook, pictures: list[Picture] | tuple[Picture, ...]) -> None:
        for picture in pictures:
            with contextlib.suppress(PhotoLost):  # told when the inspection is sent
                self.photos.keep(other.photos.read(picture.file.sha256))


def _check_round(said: OpenRound) -> None:
    for problem in round_problems(said):
        raise RoundInvalid(problem.reason)


def _check_signature(signature: Signature, others: int) -> None:
    if others >= MOST_SIGNATURES:
        raise RoundInvalid("too_many_signatures")
    if not signature.name.strip():
        raise RoundInvalid("no_name")
    if bool(signature.strokes) == bool((signature.refused or "").strip()):
        raise RoundInvalid("no_signature")
    if len(signature.refused or "") > 500:
        raise RoundInvalid("reason_too_long")


def _unpaused(said: OpenRound, now: datetime) -> OpenRound:
    if not said.is_paused:
        return said
    return replace(said, pauses=(*said.pauses[:-1], replace(said.pauses[-1], until=max(now, said.pauses[-1].since))))


def _evidence(draft: InspectionDraft, instead: Mapping[str, str | None]) -> InspectionDraft:
    """The draft with answers that name another photo where theirs was replaced, or none where it went."""
    checklist = draft.found.checklist
    if checklist is None or not instead:
        return draft
    answers = tuple(
        replace(answer, photo=instead.get(answer.photo, answer.photo)) if answer.photo else answer
        for answer in checklist.answers
    )
    return replace(draft, found=replace(draft.found, checklist=replace(checklist, answers=answers)))


def _kept_draft(draft: InspectionDraft) -> KeptInspection:
    return KeptInspection(draft.id, draft.round, draft.found, draft.pictures, draft=draft)


def _inspection(record: Record) -> Inspection:
    return Inspection.of(record)


def _product_of(look: LookedAt) -> str:
    return look.gtin or look.text


def _who(signature: Signature) -> tuple[str, str]:
    return signature.role, signature.name


def _key(record_id: str) -> int:
    return uuid.UUID(record_id).int
