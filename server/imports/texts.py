"""Brings texts of cells into one form: composed, with single spaces, in Unicode, without identity-card numbers.

Lists made before Unicode hold Vietnamese in the codings of their fonts: TCVN3 (fonts ".Vn…") gives each letter one
character of Latin-1, VNI a letter and a mark behind it. Such a text is converted where that, and nothing else, makes
Vietnamese syllables of all its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from register.letters import normal

TCVN3, VNI = "TCVN3", "VNI"

_TCVN3_LETTERS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
"""TCVN 5712:1993, its third set (VN3): runs of letters by their first code."""
FROM_TCVN3 = {first + at: letter for first, run in _TCVN3_LETTERS.items() for at, letter in enumerate(run)}

_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_HAT = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni_pairs() -> dict[str, str]:
    bases = {**{letter: letter for letter in "aeouy"}, "ô": "ơ", "ö": "ư"}
    pairs = {base + mark: letter + tone for base, letter in bases.items() for mark, tone in _TONES.items()}
    pairs |= {base + mark: base + "\u0302" + tone for base in "aeo" for mark, tone in _HAT.items()}
    pairs |= {"a" + mark: "a\u0306" + tone for mark, tone in _BREVE.items()}
    pairs = {pair: unicodedata.normalize("NFC", letter) for pair, letter in (pairs | _VNI_ALONE).items()}
    return pairs | {pair.upper(): letter.upper() for pair, letter in pairs.items()}


_FROM_VNI = _vni_pairs()
_VNI = re.compile("|".join(sorted(map(re.escape, _FROM_VNI), key=len, reverse=True)))

_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_SYLLABLE = re.compile(
    "(?:ngh|ng|nh|gh|gi|kh|ch|ph|qu|th|tr|[bcdđghklmnprstvx])?"
    "(?:uyê|uya|oa|oă|oe|oo|uâ|uê|uô|uơ|ươ|ưa|iê|ia|yê|ua|uy|ưu|[aăâeêioôơuưy])(?:ch|ng|nh|[cmnptiouy])?"
)
_ABBREVIATION = re.compile("(?=.*Đ)[BCDĐGHKLMNPQRSTVX]{2,6}")
"""QĐ, NĐ, HĐND, SĐT: capital consonants alone. Small ones would make a word of "Chđ", which is TCVN3's "Chủ"."""
_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = set("àáâãèéêìíòóôõùúýăđĩũơư") | {chr(code) for code in range(0x1EA0, 0x1EFA)}
_BEYOND_LATIN_1 = re.compile("[ăĂđĐĩĨũŨơƠưƯ\u1ea0-\u1ef9]")
_OLD = re.compile("[\xa1-\xac\xae-\xff]")
"""What an old coding may be known by. TCVN3 has ư at the soft hyphen, which alone tells nothing."""
_SPACES = re.compile(r"\s+")

_IDENTITY = re.compile(
    r"[\s,;(]*(?:(?:số\s*)?(?:CCCD|CMND|CMTND|CMT|căn\s*cước(?:\s*công\s*dân)?|(?:số\s*)?định\s*danh(?:\s*cá\s*nhân)?)"
    r"[^\d\n]{0,12}(?:\d{3}[ .]?\d{3}[ .]?\d{3}[ .]?\d{3}|\d{9})"
    r"|(?<!\d)0(?:0[1-9]|[1-8]\d|9[0-6])[0-3]\d{8})(?!\d)\s*\)?",
    re.IGNORECASE,
)
"""A personal number: named as one, or 12 digits that begin with a province's code (001 to 096) and a mark of birth."""
_IDENTITY_DIGITS = re.compile(r"0(?:0[1-9]|[1-8]\d|9[0-6])[0-3]\d{8}")
HIDDEN_DIGIT = "•"
_DIGIT = re.compile(r"\d")


def clean(text: str) -> str:
    """A text in one form: composed, without unseen characters, every space or line break one plain space."""
    return _SPACES.sub(" ", normal(text)).strip()


def sensible(text: str) -> bool:
    """Whether each word with a letter beyond ASCII is a syllable with at most one tone, or an abbreviation."""
    return all(word.isascii() or _is_syllable(word) for word in _WORD.findall(text))


def _is_syllable(word: str) -> bool:
    if _ABBREVIATION.fullmatch(word):
        return True
    marked = unicodedata.normalize("NFD", word.lower())
    if len(_TONE.findall(marked)) > 1:
        return False
    plain = unicodedata.normalize("NFC", _TONE.sub("", marked))
    return _SYLLABLE.fullmatch(plain) is not None


def from_tcvn3(text: str) -> str:
    """Read each character as the letter that TCVN3 has at its code."""
    return text.translate(FROM_TCVN3)


def from_vni(text: str) -> str:
    """Read each letter with the mark behind it as VNI means them."""
    return _VNI.sub(lambda found: _FROM_VNI[found[0]], text)


@dataclass(frozen=True, slots=True)
class Letters:
    """A text in Unicode; `was` is its old coding, or empty. Not `sure`: the text may be right as it stood."""

    text: str
    was: str = ""
    sure: bool = True


@lru_cache(4096)
def in_unicode(text: str, hint: str = "", around: frozenset[str] = frozenset()) -> Letters:
    """A cell's text in one form, converted where it is of an old coding.

    `hint` is the coding its font names, `around` those of other texts of its column, or of its sheet. A text that makes
    sense both ways is converted where its font says so; where only its neighbours do, it is not sure.
    """
    composed = unicodedata.normalize("NFC", text)  # and not cleaned: TCVN3 has a letter at an unseen character
    if composed.isascii() or not _OLD.search(composed) or surely_unicode(composed):
        return Letters(clean(text))
    ways = {TCVN3: from_tcvn3(composed), VNI: from_vni(composed)}
    stands = sensible(composed) and not _foreign(composed)
    good = [way for way, made in ways.items() if made != composed and sensible(made) and not _foreign(made)]
    if hint in ways and (hint in good or not stands):
        return Letters(clean(ways[hint]), hint)
    if not stands and len(good) == 1:
        return Letters(clean(ways[good[0]]), good[0])
    near = [way for way in good if way in around]
    if len(near) == 1:
        return Letters(clean(ways[near[0]]), near[0], sure=not stands)
    return Letters(clean(text))


def codings(texts: Iterable[str]) -> frozenset[str]:
    """The old codings that texts of one column are surely in."""
    return frozenset(in_unicode(text).was for text in texts) - {""}


def surely_unicode(text: str) -> bool:
    """Whether the text has a Vietnamese letter that no old coding has."""
    return _BEYOND_LATIN_1.search(unicodedata.normalize("NFC", text)) is not None


def _foreign(text: str) -> bool:
    """Whether a character that is no Vietnamese letter touches a letter."""
    return any(
        character.lower() not in _LETTERS and (text[at - 1 : at].isalpha() or text[at + 1 : at + 2].isalpha())
        for at, character in enumerate(text)
        if "\xa1" <= character <= "\xff"
    )


def is_identity_number(digits: str) -> bool:
    """Whether 12 digits are built like the number of an identity card (Decree 137/2015/NĐ-CP, article 13)."""
    return _IDENTITY_DIGITS.fullmatch(digits) is not None


def without_identity(text: str) -> tuple[str, bool]:
    """The text without personal numbers, and whether there were any."""
    kept, found = _IDENTITY.subn(" ", text)
    return (re.sub(r" +(?=[,;.)])", "", clean(kept)), True) if found else (text, False)


def masked(text: str) -> str:
    """The text as it may be shown and kept, with the digits of personal numbers hidden."""
    return _IDENTITY.sub(lambda found: hidden(found[0]), text)


def hidden(text: str) -> str:
    """The text with a dot for each digit."""
    return _DIGIT.sub(HIDDEN_DIGIT, text)
