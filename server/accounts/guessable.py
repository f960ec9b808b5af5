"""Refuses passwords that are guessed early: what many people use, words of this work, rows of keys, dates, repeats.

zxcvbn estimates how many tries somebody needs who knows lists of passwords, words and names, and how people change
them. So it refuses `Matkhau1234` as well as `matkhau`, and asks for no kinds of characters (OWASP ASVS 5.0, 6.2.4,
6.2.5, 6.2.11). Its lists know no Vietnamese letters and nothing between words, so a password is also judged without its
accents, and without what stands between its words: `Mật khẩu 1234!` is guessed as early as `matkhau1234`.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator
from typing import Final

from django.core.exceptions import ValidationError

from accounts.models import User

WORDS: Final = (
    "ocop", "ocopverify", "verify", "quangninh", "halong", "halongbay", "vietnam", "sanpham", "chungnhan", "dangky",
    "kiemtra", "thanhtra", "thitruong", "quanly", "quantri", "canbo", "vanphong", "nongthon", "nongnghiep", "sonong",
    "cuahang", "matkhau", "password", "xinchao", "anhyeuem",
)  # fmt: skip
"""Words that whoever knows this server tries first: its name, its work, its places. docs/asvs.md, 6.1.2."""
FEWEST_GUESSES: Final = 10**8
"""So many tries a password has to withstand. Of one account 160 an hour are taken (accounts.guessing): for 70 years."""
_LONGEST: Final = 32
"""So many characters are judged; what stands behind them makes a password no weaker. zxcvbn takes the square of their
number, some seconds for 72 that are all signs which may stand for letters."""
_BETWEEN: Final = str.maketrans("đĐ", "dD", string.whitespace + string.punctuation)

_HELP = "Mật khẩu không được dễ đoán, như từ hay dùng, tên cơ quan, địa danh hoặc dãy phím liền nhau."


class GuessableValidator:
    """One of settings.AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError for a password that takes fewer than FEWEST_GUESSES tries."""
        from zxcvbn import zxcvbn  # its lists take a tenth of a second to load

        own = [user.username, *user.name.split(), user.name] if isinstance(user, User) else []
        known = [*WORDS, *(form for word in own for form in _forms(word))]
        if any(zxcvbn(form, user_inputs=known)["guesses"] < FEWEST_GUESSES for form in _forms(password[:_LONGEST])):
            raise ValidationError(
                "Mật khẩu này dễ đoán. Hãy thêm vài từ không liên quan đến nhau.", code="password_guessable"
            )

    def get_help_text(self) -> str:
        """Tell the rule."""
        return _HELP


def _forms(text: str) -> Iterator[str]:
    """The text as it is, and without accents and what stands between words, where that leaves most of it."""
    yield text
    letters = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    plain = "".join(letters).translate(_BETWEEN)
    if plain != text and len(plain) * 3 >= len(text) * 2:
        yield plain
