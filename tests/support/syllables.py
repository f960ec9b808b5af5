"""Tells what cannot be Vietnamese: it is written in syllables of one shape, which hardly any English sentence keeps."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ONSETS = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx]"
_SYLLABLE = re.compile(rf"(?:{_ONSETS})?[aeiouy]{{1,3}}(?:ng|nh|ch|[cmnpt])?")
_MADE_UP = re.compile(
    r"(?<![\w-])(?:"
    r"(?=[a-f ]*\d)[\da-f]{4}(?: [\da-f]{4})+"  # a digest in groups of four
    r"|(?:[\da-f]{8}|[\da-f]{12}|[\dA-F]{8})"  # the beginning of a digest or of a UUID
    r"|(?=[\w-]*[a-z][\w-]*[A-Z]|[A-Z]{2}[\w-]*[a-z])[\w-]{12}"  # a statement's id: nine random bytes in base64url
    r")(?![\w-])",
    re.ASCII,
)
"""What is drawn by lot or computed: its letters may spell anything, "acab" too."""


def foreign(texts: Iterable[str], known: set[str]) -> set[str]:
    """The words of these texts that are no Vietnamese syllables, and none of the `known` names (in small letters).

    Digests and ids as the screens write them are no words.
    """
    said = (_MADE_UP.sub(" ", text) for text in texts)
    words = {word.strip("“”\"'’().,:;·…?!+-|") for text in said for word in text.split()}
    return {word for word in words if word.isalpha() and word.lower() not in known and not _is_vietnamese(word)}


def _is_vietnamese(word: str) -> bool:
    plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
    return _SYLLABLE.fullmatch(plain.replace("đ", "d")) is not None
