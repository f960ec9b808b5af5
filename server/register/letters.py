"""Texts in one form: as they are kept, and as they are compared in a search.

Vietnamese letters may come as one code point or as a letter with marks behind it, full width, or with characters
between them that nobody sees. What people write is kept in one form (`normal`). Searches compare folded texts.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_UNSEEN = re.compile(
    "[\x00\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What is never seen: Unicode's default ignorable code points, the marks of annotations, and NUL."""
_JOINING = "\u200c\u200d\ufe0e\ufe0f"
"""Unseen characters that change how their neighbours look: emoji are made with them."""
_MOST_MARKS = 30
"""Marks on one letter that are kept (Unicode Standard Annex 15, 13: no writing needs more)."""
_FAR_FROM_LATIN = re.compile(f"[^\x00-\u02ff\u1e00-\u1eff]{{{_MOST_MARKS + 1}}}")
"""So many characters in a row that may all be marks."""
_ALIKE = str.maketrans("đðɖ\u2010\u2011\u2012\u2013\u2014\u2212", "ddd------")


def normal(text: str) -> str:
    r"""Return a person's text as it is kept: composed (NFC), without unseen characters except those that join.

    >>> normal("Che\u0300\u200b"), normal("m²")
    ('Chè', 'm²')
    """
    seen = _UNSEEN.sub(lambda found: found[0] if found[0] in _JOINING else "", text)
    return unicodedata.normalize("NFC", _bounded(seen))


@lru_cache(4096)
def fold(*texts: str) -> str:
    """Return texts as searches compare them: without diacritics, case, width and unseen characters.

    One space stands between words. Punctuation stays, for numbers of certificates and addresses.

    >>> fold("Chè hoa vàng", "ÐẦM HÀ  Ｑ１")
    'che hoa vang dam ha q1'
    """
    plain = unicodedata.normalize("NFKD", _bounded(_UNSEEN.sub("", " ".join(texts))))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).translate(_ALIKE).split())


def _bounded(text: str) -> str:
    """The text without marks that stand behind _MOST_MARKS others: bringing n of them into order takes n² steps."""
    if _FAR_FROM_LATIN.search(text) is None:
        return text
    kept, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(unicodedata.normalize("NFKD", letter)[0]) else 0
        if marks <= _MOST_MARKS:
            kept.append(letter)
    return "".join(kept)
