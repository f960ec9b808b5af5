"""Tells what cannot be Vietnamese: it is written in syllables of one shape, which hardly any English sentence keeps."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ONSETS = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx]"
_SYLLABLE = re.compile(rf"(?:{_ONSETS})?[aeiouy]{{1,3}}(?:ng|nh|ch|[cmnpt])?")


def foreign(texts: Iterable[str], known: set[str]) -> set[str]:
    """The words of these texts that are no Vietnamese syllables, and none of the `known` names (in small letters)."""
    words = {word.strip("“”\"'’().,:;·…?!+-|") for text in texts for word in text.split()}
    return {word for word in words if word.isalpha() and word.lower() not in known and not _is_vietnamese(word)}


def _is_vietnamese(word: str) -> bool:
    plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
    return _SYLLABLE.fullmatch(plain.replace("đ", "d")) is not None
