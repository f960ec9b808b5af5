"""Groups the app's verdicts by what they mean for a person: the four tones of docs/design."""

from __future__ import annotations

from records.words import Word


class Tone(Word):
    """How grave a verdict is, in the order of the plot; OTHER is a word of a newer app, or none."""

    FINE = "fine", "Còn hiệu lực"
    ATTENTION = "att", "Cần xem"
    STOP = "stop", "Không còn"
    UNKNOWN = "unk", "Ngoài sổ"
    OTHER = "other", "Không có kết luận"


VERDICTS: dict[Tone, tuple[str, ...]] = {
    Tone.FINE: ("certified",),
    Tone.ATTENTION: (
        "certificate_expires_soon", "star_mismatch", "suspected_copy", "doubtful_link", "unknown_link", "not_certified",
    ),
    Tone.STOP: ("withdrawn", "certificate_expired", "code_mismatch", "statement_invalid"),
    Tone.UNKNOWN: (
        "not_registered", "not_in_copy", "malformed", "not_a_product_code", "clock_wrong", "copy_too_old",
    ),
}  # fmt: skip
_TONE_OF = {verdict: tone for tone, verdicts in VERDICTS.items() for verdict in verdicts}


def tone_of(status: str) -> Tone:
    """The tone of a verdict's word."""
    return _TONE_OF.get(status, Tone.OTHER)
