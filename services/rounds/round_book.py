"""Keeps the rounds and inspections of one device: while they are written, and until the server confirms them."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.accounts.author import Author
from services.accounts.viewer import Viewer
from services.records.pauses import MOST_PAUSES, Pause
from services.rounds.begun import Begun
from services.rounds.begun_book import BegunBook
from services.rounds.changes import check_round, check_signature, product_of, unpaused, who
from services.rounds.checks import RoundInvalid
from services.rounds.kept import KeptRound
from services.rounds.merging import merge_round
from services.rounds.place import Place
from services.rounds.round import MOST_LOOKS, Inspected, LookedAt, OpenRound, Person, Round, Signature
from services.rounds.sealing import room_for_inspections, thinned, tidy_look, tidy_round
from services.rounds.shelf import inspection_of, key
from services.rounds.summary import Inspected as Seen
from services.rounds.summary import Summary, summarise

UNDO_SECONDS = 5.0
"""So long a finished inspection is not taken up for sending, though there is a line: it may still be undone."""

_OVERNIGHT = timedelta(hours=4)


class RoundBook(BegunBook):
    """The rounds and inspections of one device. Each change is on the disk when its method returns.

    Open rounds and drafts of inspections are in one small file, inspections and closed rounds each in a RecordBook, and
    each photo in a file of its own. A signed inspection hides the draft with its id, and a closed round the open one,
    as in the notebook. Safe to use from several threads.

    Every account has its own rounds, one open at a time; screens pass their `viewer` or `author`, and get nothing of
    other accounts. Methods that change something may raise StoreWriteError; RoundClosed where there is no such open
    round or draft (any more) of this viewer's; and RoundInvalid for what may not be, with the reason.
    """

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
        check_round(said)
        with self._change():
            if self.current(viewer) is not None:
                raise RoundInvalid("already_open")
            begun = [head.id for head in self._heads.values() if viewer.owns(head.account)]
            opened = self._write(said, heads=dict.fromkeys(begun))
            for head_id in begun:
                del self._heads[head_id]
        return opened

    def head(self, viewer: Viewer) -> OpenRound | None:
        """What the viewer has begun to say at the head of a round that is not opened yet; it may lack anything."""
        with self._lock:
            return next((head for head in self._heads.values() if viewer.owns(head.account)), None)

    def keep_head(self, head: OpenRound) -> None:
        """Keep what is being said at the head of a round until that is opened: one for an account, the last one."""
        with self._lock:
            others = [each.id for each in self._heads.values() if each.account == head.account and each.id != head.id]
            self._commit(heads=dict.fromkeys(others) | {head.id: head.to_json()})
            for each in others:
                del self._heads[each]
            self._heads[head.id] = head

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

    def change(self, base: OpenRound, new: OpenRound, author: Author, *, ends_edit: bool = False) -> OpenRound:
        """Save what was written of place, people and words since `base`, the round as last known stored.

        What another window wrote meanwhile is kept too. `ends_edit`: this is what the change of the head that was begun
        has come to. RoundInvalid: what round_problems say, or `too_large`, which is told here so that the closing never
        fails for it.
        """
        with self._change():
            stored = self._open(new.id, author.viewer)
            merged = tidy_round(merge_round(base, new, stored))
            begun = self._begun_in(new.id)
            left = replace(begun, edit=None) if ends_edit else begun
            if merged != stored:
                check_round(merged)
                if room_for_inspections(merged, self._named(merged.id), author, merged.opened_at) < 0:
                    raise RoundInvalid("too_large")
            if merged != stored or left != begun:
                merged = self._write(merged, begun=left)
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
                said = self._write(replace(unpaused(said, now or datetime.now(UTC)), closed_at=None))
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
            others = [each for each in said.looked_at if product_of(each) != product_of(look)]
            self._write(replace(said, looked_at=(*others, look)[-MOST_LOOKS:]))

    def discard_round(self, round_id: str, viewer: Viewer) -> None:
        """Throw away a round that was opened by mistake. RoundInvalid: `has_inspections`, drafts among them."""
        with self._change():
            self._open(round_id, viewer)
            if self._signed_of(round_id) or self._drafts_of(round_id):
                raise RoundInvalid("has_inspections")
            self._commit(rounds={round_id: None})
            del self._rounds[round_id]
            self._begun.pop(round_id, None)

    def last_activity(self, round_id: str, viewer: Viewer) -> datetime:
        """When something was last done in the open round."""
        with self._lock:
            said = self._open(round_id, viewer)
            inspected = [inspection_of(self.inspections.record(each)).signed_at for each in self._signed_of(round_id)]
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
                said = self._write(replace(unpaused(said, now), closed_at=max(now, said.opened_at)))
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
            others = tuple(each for each in said.signatures if who(each) != who(signature))
            check_signature(signature, len(others))
            left = self._begun_in(round_id).without(signature.role)
            return self._write(replace(said, signatures=(*others, thinned(signature))), begun=left)

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
            earlier = self._earlier.get(round_id)
            record = self._add(self.closed, body, author, **({"earlier_ids": list(earlier)} if earlier else {}))
            del self._rounds[round_id]
            self._begun.pop(round_id, None)
            self._hidden["rounds"].add(key(round_id))
        return Round.of(record)

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
            begun = {new[each]: begun for each, begun in self._begun.items() if each in new}
            rows = {each: self._row(said, begun.get(each, Begun())) for each, said in rounds.items()}
            self._commit(
                rounds=dict.fromkeys(self._rounds) | rows,
                drafts=dict.fromkeys(self._drafts) | {draft.id: draft.to_json() for draft in drafts},
            )
            self._begun = begun
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

        A round comes with all inspections that its record names or will name, and a correction with what it corrects.
        Everything is here before it is gone there. Raises StoreWriteError.
        """
        brought = 0
        opened = [said for said in other._rounds.values() if viewer.owns(said.account)]
        wanted = {record.id for record in other.inspections.outbox() if viewer.owns(record.owner)}
        wanted |= {each for said in opened for each in other._signed_of(said.id)}
        wanted |= {draft.supersedes for draft in other.drafts(viewer) if draft.supersedes}
        closed = [record for record in other.closed.outbox() if viewer.owns(record.owner)]
        wanted |= {named for record in closed for named, _sha256 in Round.of(record).inspections}
        for inspection_id in [each for each in reversed([*other.inspections.newest()]) if each in wanted]:
            if inspection_id not in self.inspections:
                entry = other.inspections.entry(inspection_id)
                self._copy_photos(
                    other, [*inspection_of(entry.record).pictures, *other._originals.get(inspection_id, ())]
                )
                with self._change():
                    self.inspections.take_over(entry)
                    self._enter(inspection_id)
                    self._corrected = self.inspections.corrections()
                brought += 1
        for record in closed:
            if record.id not in self.closed:
                with self._change():
                    self.closed.take_over(other.closed.entry(record.id))
                    self._enter_round(record.id)
                brought += 1
        begun = other.head(viewer)
        if begun is not None and self.head(viewer) is None:
            self.keep_head(begun)
            with other._change():
                other._commit(heads={begun.id: None})
                del other._heads[begun.id]
            brought += 1
        for said in opened:
            with self._change():
                self._earlier[said.id] = other._earlier.get(said.id, ())
                self._write(said, begun=other._begun_in(said.id))
            with other._change():
                other._commit(rounds={said.id: None})
                del other._rounds[said.id]
                other._begun.pop(said.id, None)
            brought += 1
        for draft in [draft for draft in other.drafts(viewer) if draft.id not in self.inspections]:
            self._copy_photos(other, draft.pictures)
            with self._change():
                self._write_draft(draft)
            other.discard(draft.id)
            brought += 1
        return brought
