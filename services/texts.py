"""The characters of a text that nobody sees, and the one form in which a person's text is kept."""

from __future__ import annotations

import re
import unicodedata

UNSEEN = re.compile(
    "[\x00\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What is never seen: Unicode's default ignorable code points, the marks of annotations, and NUL."""
_JOINING = "\u200c\u200d\ufe0e\ufe0f"
"""Unseen characters that change how their neighbours look: emoji are made with them."""


def normal(text: str) -> str:
    r"""Return a person's text as it is kept: composed (NFC), without unseen characters except those that join.

    >>> normal("Che\u0300\u200b"), normal("m²")
    ('Chè', 'm²')
    """
    seen = UNSEEN.sub(lambda found: found[0] if found[0] in _JOINING else "", text)
    return unicodedata.normalize("NFC", seen)
