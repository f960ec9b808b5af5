"""Which photos prove a finding, and which comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.rounds.inspection import Finding, Picture, Shows

_PROVE: dict[str, tuple[Shows, ...]] = {
    Finding.STARS_DIFFER: (Shows.LABEL,),
    Finding.LABEL_DIFFERS: (Shows.LABEL,),
    Finding.PAST_DATE: (Shows.LABEL, Shows.SHELF),
    Finding.CERTIFICATE_ENDED: (Shows.SHELF,),
    Finding.LOOKS_COPIED: (Shows.LABEL, Shows.CODE, Shows.SEAL),
    Finding.CODE_DIFFERS: (Shows.CODE,),
    Finding.NO_PAPERS: (Shows.SHELF,),
    Finding.OTHER: (Shows.LABEL,),
}
"""Beside the front, which shows what product it is."""


def wanted(findings: Iterable[str]) -> tuple[Shows, ...]:
    """What is to be photographed, in the order in which a pack is turned in the hand."""
    proof = {shows for finding in findings for shows in _PROVE.get(finding, ())} | {Shows.FRONT}
    return tuple(shows for shows in Shows if shows in proof)


def label_photo(pictures: Sequence[Picture]) -> str | None:
    """The hash of the newest photo on which the label is seen: one of the label, else of the front, which bears one."""
    for shows in (Shows.LABEL, Shows.FRONT):
        found = [picture.file.sha256 for picture in pictures if picture.shows == shows]
        if found:
            return found[-1]
    return None


def next_shot(findings: Iterable[str], pictures: Sequence[Picture]) -> Shows | None:
    """The first of these that no photo shows yet; None where all are there."""
    there = {picture.shows for picture in pictures}
    return next((shows for shows in wanted(findings) if shows not in there), None)
