"""Changes of rounds and of drafts of inspections, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from services.records.files import Photo
from services.rounds.checks import MOST_SIGNATURES, RoundInvalid, round_problems
from services.rounds.inspection import InspectionDraft, Picture
from services.rounds.round import LookedAt, OpenRound, Signature


def check_round(said: OpenRound) -> None:
    """Raise RoundInvalid for the first of round_problems."""
    for problem in round_problems(said):
        raise RoundInvalid(problem.reason)


def check_signature(signature: Signature, others: int) -> None:
    """Raise RoundInvalid for a signature that says nothing, or one too many beside `others`."""
    if others >= MOST_SIGNATURES:
        raise RoundInvalid("too_many_signatures")
    if not signature.name.strip():
        raise RoundInvalid("no_name")
    if bool(signature.strokes) == bool((signature.refused or "").strip()):
        raise RoundInvalid("no_signature")
    if len(signature.refused or "") > 500:
        raise RoundInvalid("reason_too_long")


def unpaused(said: OpenRound, now: datetime) -> OpenRound:
    """The round with its pause ended, where one lasts."""
    if not said.is_paused:
        return said
    return replace(said, pauses=(*said.pauses[:-1], replace(said.pauses[-1], until=max(now, said.pauses[-1].since))))


def with_picture(
    draft: InspectionDraft, file: Photo, shows: str, copy_of: str | None, *, keep_original: bool
) -> InspectionDraft:
    """The draft with a further picture; a copy takes the place of an earlier copy, and of its original as evidence."""
    if any(each.file == file for each in draft.pictures):
        return draft
    kept = tuple(
        each for each in _with_original(draft.pictures, copy_of, sent=keep_original) if not _copies(each, copy_of)
    )
    replaced = {each.file.sha256 for each in draft.pictures if _copies(each, copy_of)}
    replaced |= set() if copy_of is None or keep_original else {copy_of}
    pictures = (*kept, Picture(file, shows, copy_of))
    return _evidence(replace(draft, pictures=pictures), dict.fromkeys(replaced, file.sha256))


def without_picture(draft: InspectionDraft, sha256: str) -> InspectionDraft:
    """The draft without a picture and its copies; the original of a copy is sent again, and is the evidence again."""
    removed = [each for each in draft.pictures if sha256 in (each.file.sha256, each.copy_of)]
    original = next((each.copy_of for each in removed if each.file.sha256 == sha256), None)
    left = tuple(each for each in draft.pictures if each not in removed)
    if original is not None:
        left = _with_original(left, original, sent=True)
    return _evidence(replace(draft, pictures=left), {each.file.sha256: original for each in removed})


def _copies(picture: Picture, original: str | None) -> bool:
    return original is not None and picture.copy_of == original


def _with_original(pictures: tuple[Picture, ...], original: str | None, *, sent: bool) -> tuple[Picture, ...]:
    return tuple(replace(each, sent=sent) if each.file.sha256 == original else each for each in pictures)


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


def product_of(look: LookedAt) -> str:
    """What tells two looks apart."""
    return look.gtin or look.text


def who(signature: Signature) -> tuple[str, str]:
    """Whose signature it is: one stands for each."""
    return signature.role, signature.name
