"""Reads the cells of names, groups, phones, tax codes and links."""

from __future__ import annotations

import re

from imports.texts import clean, is_identity_number
from imports.values import Read, asked, left_out, proposed, refused, taken
from register.letters import fold

LONGEST = 200
"""Characters of a name in the register."""
LONGEST_PLACE = 300
_BETWEEN = re.compile(r"\s*(?:;|\n\s*(?:[-+•*]|\d{1,2}[.)])\s+|(?<!\d),|,(?!\d)|\s\+\s)\s*")
_MARK = re.compile(r"^(?:[-+•*]|\d{1,2}[.)])\s+")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|“[^”]*”")

GROUPS = {
    "thuc_pham": ("thuc pham", "nganh thuc pham", "nhom thuc pham"),
    "do_uong": ("do uong", "nganh do uong"),
    "duoc_lieu": ("duoc lieu", "duoc lieu va san pham tu duoc lieu", "san pham tu duoc lieu"),
    "thu_cong_my_nghe": ("thu cong my nghe", "thu cong mi nghe", "hang thu cong my nghe"),
    "sinh_vat_canh": ("sinh vat canh",),
    "du_lich": (
        "du lich", "dich vu du lich", "dich vu du lich cong dong, du lich sinh thai va diem du lich",
        "du lich cong dong, du lich sinh thai va diem du lich",
    ),
}  # fmt: skip
"""The register's groups (Decision 148/QĐ-TTg) by the words lists use, folded."""
_FORMER = {
    "thao duoc": "duoc_lieu", "vai va may mac": "thu_cong_my_nghe", "vai may mac": "thu_cong_my_nghe",
    "luu niem noi that trang tri": "thu_cong_my_nghe", "do luu niem noi that trang tri": "thu_cong_my_nghe",
    "dich vu du lich nong thon ban hang": "du_lich", "thuc pham tuoi song": "thuc_pham",
    "thuc pham che bien": "thuc_pham", "gia vi": "thuc_pham",
}  # fmt: skip
"""The groups of Decision 1048/QĐ-TTg (2019) and parts of groups, which are proposed."""


def read_name(text: str, *, most: int = LONGEST) -> Read:
    """A text as it stands, with its capitals."""
    if len(text) > most:
        return refused("text_too_long", str(most))
    return taken(text) if text else refused("text_empty")


def products_in(text: str) -> tuple[str, ...]:
    """The products that one cell names, where it may name several: parts between commas, semicolons or lines.

    `text` keeps its line breaks, which part products only before a dash or a number: else they wrap a long name. Commas
    within brackets and numbers part nothing.
    """
    kept: list[str] = []

    def hide(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\x00{len(kept) - 1}\x00"

    hidden = _IN_BRACKETS.sub(hide, text.strip())
    pieces = [re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found[1])], one) for one in _BETWEEN.split(hidden)]
    named = tuple(_MARK.sub("", piece) for piece in map(clean, pieces) if any(letter.isalpha() for letter in piece))
    return named if len(named) > 1 else ()


def read_group(text: str) -> Read:
    """A product group, by its words or the register's key."""
    words = re.sub(r"^(?:nhom|nganh)(?: hang)?(?: san pham)?\s*:?\s+", "", fold(text).strip(" .;:"))
    plain = " ".join(re.sub(r"[^\w]", " ", words).split())
    for key, names in GROUPS.items():
        if words in {key, *names} or plain in names:
            return taken(key)
    if plain in _FORMER:
        return proposed("group_former", _FORMER[plain])
    return refused("group_unknown")


def group_of_section(text: str) -> str | None:
    """The group that a section's heading names."""
    read = read_group(re.sub(r"^\s*(?:[IVXivx]+|\d+|[A-Za-z])[.)]\s+", "", text))
    return str(read.read) if read.read else None


def read_phone(text: str) -> Read:
    """A phone number: digits as they stand, grouped or not. A zero that a number cell lost is proposed."""
    pieces = [piece for piece in re.split(r"[;,/\n]|\s+-\s+|\bhoặc\b", text) if piece.strip()]
    numbers = [re.sub(r"[\s.\-()'’]", "", piece) for piece in pieces]
    if len(numbers) > 1 and all(re.fullmatch(r"\+?\d{8,12}", number) for number in numbers):
        return asked("phone_several", *numbers)
    number = numbers[0] if len(numbers) == 1 else ""
    if re.fullmatch(r"0\d{9,10}|\+84\d{9,10}|1[89]00\d{4,6}", number):
        return taken(clean(text).lstrip("'’"))
    if re.fullmatch(r"[2-9]\d{8,9}", number):
        return proposed("phone_lost_zero", "0" + number)
    if fold(text).strip() in {"-", "khong", "khong co", "chua co"}:
        return left_out("phone_none")
    return refused("phone_unreadable")


def read_tax_code(text: str) -> Read:
    """A tax code of 10 digits, or with the 3 of a branch. 12 digits are a person's number and are left out."""
    digits = re.sub(r"[\s.'’]", "", text)
    if re.fullmatch(r"\d{12}", digits) or is_identity_number(digits):
        return left_out("identity_number")
    if match := re.fullmatch(r"(\d{10})(?:-?(\d{3}))?", digits):
        return taken(match[1] + (f"-{match[2]}" if match[2] else ""))
    if re.fullmatch(r"\d{9}", digits):
        return proposed("tax_code_lost_zero", "0" + digits)
    return refused("tax_code_unreadable")


def read_link(text: str) -> Read:
    """An address of the web."""
    if re.fullmatch(r"https://\S+", text, re.IGNORECASE):
        return taken(text) if len(text) <= LONGEST_PLACE else refused("text_too_long", str(LONGEST_PLACE))
    if re.fullmatch(r"http://\S+", text, re.IGNORECASE):
        return taken(text, ("link_plain", ""))
    if re.fullmatch(r"(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", text, re.IGNORECASE):
        return proposed("link_bare", f"https://{text}")
    return refused("link_unreadable")


def read_ocop_code(text: str) -> Read:
    """A product's code in OCOP software: province, district, commune, number, year."""
    words = text.replace(" ", "")
    if re.fullmatch(r"\d{2}-\d{3}-\d{5}-\d{1,5}-\d{4}", words):
        return taken(words)
    return (
        taken(text, ("ocop_code_other_form", ""))
        if re.fullmatch(r"[\w./-]{1,60}", text)
        else refused("text_too_long", "60")
    )


_STATES = (
    (re.compile(r"\bthu hoi\b|\bda bi thu hoi\b|\btuoc\b"), "withdrawn"),
    (
        re.compile(r"khong (?:danh gia lai|tham gia|con san xuat|gia han)|ngung san xuat|ngung kinh doanh"),
        "not_renewed",
    ),
    (re.compile(r"nang hang|nang sao"), "upgraded"),
)


def read_state(text: str) -> Read:
    """What a note or a state column says of a product's state; nothing is withdrawn by a note alone."""
    words = fold(text)
    for pattern, state in _STATES:
        if pattern.search(words):
            return proposed(f"state_{state}", state, detail=text[:100])
    if words in {"con hieu luc", "dang hieu luc", "hoat dong", "binh thuong"}:
        return taken("valid")
    if words in {"withdrawn", "not_renewed", "upgraded", "valid"}:
        return taken(words)
    return refused("state_unreadable")
