"""Maps back what a computer's keyboard layout has made of a scanner's keys.

Scanners send positions of keys, by default those of a US keyboard. A computer that is set to another layout takes them
for that layout's characters: on a French one, the digits become `à&é"'(-è_ç`.
"""

from __future__ import annotations

US = "US"

_ROWS = {
    US: ("`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./", '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'),
    "AZERTY": ("²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!", "~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§"),
    "QWERTZ": ("^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-", "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_"),
}
"""The keys of each layout in the order of a US keyboard's, without and with Shift (France; Germany and Austria)."""

_BACK = {
    name: {ord(there): us for there, us in zip("".join(rows), "".join(_ROWS[US]), strict=True)}
    for name, rows in _ROWS.items()
    if name != US
}


def mapped_back(text: str) -> dict[str, str]:
    r"""What was scanned if the computer has one of the other layouts, by the layout's name.

    Only what differs from `text` is given. Which of them is right, if any, is for the reader to find out.

    >>> mapped_back("_çàà&é")["AZERTY"]
    '890012'
    """
    found = {name: text.translate(table) for name, table in _BACK.items()}
    return {name: mapped for name, mapped in found.items() if mapped != text}


def as_typed(text: str, layout: str) -> str:
    """What a computer with this layout makes of a text that a scanner sends to a US keyboard."""
    there = dict(zip("".join(_ROWS[US]), "".join(_ROWS[layout]), strict=True))
    return "".join(there.get(character, character) for character in text)
