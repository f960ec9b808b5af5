"""Merges what two windows wrote into one draft, field by field."""

from __future__ import annotations

from dataclasses import replace

from services.notes.note import Draft


def merge(base: Draft, mine: Draft, stored: Draft) -> Draft:
    """Return `stored` with what `mine` changed since `base`, the draft from which both began.

    A field that only one side changed is that side's. Where both changed the outcome or the place, mine counts, since
    it was chosen last. Where both changed the text, all that either wrote is kept. Photos are those stored, because
    each is stored as it is taken.
    """
    return replace(
        stored,
        text=merge_texts(base.text, mine.text, stored.text),
        outcome=stored.outcome if mine.outcome == base.outcome else mine.outcome,
        place=stored.place if mine.place == base.place else mine.place,
    )


def says_the_same(one: Draft, other: Draft) -> bool:
    """Whether the fields that a person writes are the same in both; photos aside."""
    return (one.text, one.outcome, one.place) == (other.text, other.outcome, other.place)


def merge_texts(base: str, mine: str, stored: str) -> str:
    r"""Return a text with the changes of both sides; where they touch each other, both texts one below the other.

    >>> merge_texts("tem mờ", "Tem mờ", "tem mờ, rách")
    'Tem mờ, rách'
    >>> merge_texts("", "tem mờ", "sai nhãn")
    'sai nhãn\n\ntem mờ'
    """
    if mine in (base, stored):
        return stored
    if stored == base:
        return mine
    start, end, words = _changed(base, mine)
    other_start, other_end, other = _changed(base, stored)
    if start == end == other_start == other_end:
        both = f"{words}{other}" if other.startswith("\n") else f"{other}\n\n{words}"
        return base[:start] + both + base[end:]
    if end <= other_start:
        return base[:start] + words + base[end:other_start] + other + base[other_end:]
    if other_end <= start:
        return base[:other_start] + other + base[other_end:start] + words + base[end:]
    return f"{stored}\n\n{mine}"


def _changed(base: str, text: str) -> tuple[int, int, str]:
    """From where to where `base` was replaced to make `text`, and by what."""
    start = _same(base, text)
    end = _same(base[start:][::-1], text[start:][::-1])
    return start, len(base) - end, text[start : len(text) - end]


def _same(one: str, other: str) -> int:
    """How many characters are the same at the beginning of both."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
