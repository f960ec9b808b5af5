"""Refuses passwords that are guessed early: what many people use, words of this work, rows of keys, dates, repeats.

zxcvbn estimates how many tries somebody needs who knows lists of passwords, words and names, and how people change
them. So it refuses `Matkhau1234` as well as `matkhau`, and asks for no kinds of characters (OWASP ASVS 5.0, 6.2.4,
6.2.5, 6.2.11).
"""

from __future__ import annotations

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
_LONGEST: Final = 72
"""zxcvbn reads so many characters; what stands behind them makes a password no weaker."""

_HELP = "Mật khẩu không được dễ đoán, như từ hay dùng, tên cơ quan, địa danh hoặc dãy phím liền nhau."


class GuessableValidator:
    """One of settings.AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError for a password that takes fewer than FEWEST_GUESSES tries."""
        from zxcvbn import zxcvbn  # its lists take a tenth of a second to load

        own = user.name.split() if isinstance(user, User) else []
        if zxcvbn(password[:_LONGEST], user_inputs=[*WORDS, *own])["guesses"] < FEWEST_GUESSES:
            raise ValidationError(
                "Mật khẩu này dễ đoán. Hãy thêm vài từ không liên quan đến nhau.", code="password_guessable"
            )

    def get_help_text(self) -> str:
        """Tell the rule."""
        return _HELP
