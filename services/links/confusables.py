"""Letters that look like others: the confusables of Unicode Technical Standard 39 that host names may contain."""

from __future__ import annotations

import unicodedata

_LOOK_LIKE = {
    "a": "ɑαаᎪᗅꓮ",
    "b": "ƀɓβвьᏏᏴᑲᖯᗷꓐ",
    "c": "ƈсᏟᴄⲥꓚ",
    "d": "đɖɗԁᎠᏧᑯᗞᗪꓒꓓ",
    "e": "ɛεеҽєᎬⴹꓰꬲ",
    "f": "ƒքᖴẝꓝꞙꬵ",
    "g": "ƍɡɠցᏀᏳᶃꓖ",
    "h": "ħɦһհнᎻᏂᕼꓧ",
    "i": "ıɩɪιіӏᎥꙇɨ",
    "j": "ϳјᎫᒍꓙɉ",
    "k": "ƙκкқᏦᛕꓗ",
    "l": "łƚɫǀᏞᒪᛁⵏꓡꓲ",
    "m": "ɱмᎷᗰᛖꓟ",
    "n": "ɲŋηпոռꓠ",
    "o": "øɵοσоօөо०০੦૦ଠ୦௦ం౦ಂ೦ംഠ൦ං๐໐ဝ၀ჿዐᴏᴑⲟⵔ〇ꓳꬽ",
    "p": "ƥρрᏢᑭⲣꓑ",
    "q": "ԛգզⵕɋ",
    "r": "гᎡᏒᖇⲅꓣꭇꭈɍ",
    "s": "ƽѕᏕᏚꓢꜱʂ",
    "t": "ŧƭτтᎢꓔ",
    "u": "ʋυսሀᑌᴜꓴꞟꭎꭒцʉ",
    "v": "νѵᏙᐯᴠⴸꓦꛟ",
    "w": "ɯωѡԝաшᎳᏔᴡꓪ",
    "x": "хҳᕁᕽᚷⵝꓫ×",
    "y": "ɣʏγуүұᎩᎽᶌỿꓬꭚƴ",
    "z": "ƶᏃᴢꓜʐ",
    "ae": "æӕ",
    "oe": "œ",
    "oo": "ꚙꝏ",
    "ss": "ß",
    "6": "б",
    "8": "ȣ",
    ".": "ꓸꓺ·・",
    "-": "ーｰ‐",
}
_TABLE = str.maketrans({letter: plain for plain, letters in _LOOK_LIKE.items() for letter in letters})
_ONE_FOR_ANOTHER = str.maketrans("01i5", "olls")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def plain(text: str) -> str:
    """Replace letters by the ASCII letters that they look like, without their marks.

    >>> plain("chёсk-quảngninh.vn")
    'check-quangninh.vn'
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_TABLE)


def skeleton(text: str) -> str:
    """Reduce a text to a form shared by all texts that could be taken for it at a glance.

    >>> skeleton("0cop-hal0ng") == skeleton("ocop-haIong"), skeleton("rnoi") == skeleton("moi")
    (True, True)
    """
    text = plain(text).translate(_ONE_FOR_ANOTHER)
    for two, one in _PAIRS:
        text = text.replace(two, one)
    return text
