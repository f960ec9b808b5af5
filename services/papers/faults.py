"""What may be wrong with a record on paper or in a file. Each fault says what is seen, and accuses nobody."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultCode(StrEnum):
    """The gravest come first: after the others what was signed may still be good, and cannot be told here."""

    ROUND_ALTERED = "round_altered"
    AUDIT_ALTERED = "audit_altered"
    INSPECTION_ALTERED = "inspection_altered"
    INSPECTION_MISSING = "inspection_missing"
    INSPECTION_FOREIGN = "inspection_foreign"
    OTHER_PAPER = "other_paper"
    PAPER_ALTERED = "paper_altered"
    PAPER_DIFFERS = "paper_differs"
    FILE_ALTERED = "file_altered"
    PHOTO_SWAPPED = "photo_swapped"
    OTHER_CONTENT_SIGNED = "other_content_signed"
    OTHER_DEVICE = "other_device"
    BAD_CERTIFICATE = "bad_certificate"
    CHAIN_FORKED = "chain_forked"
    KEY_REVOKED = "key_revoked"
    SEVERAL_RECORDS = "several_records"
    NO_RECORD = "no_record"
    UNREAD_FORM = "unread_form"
    NOT_SIGNED = "not_signed"
    NO_CERTIFICATE = "no_certificate"
    UNKNOWN_ISSUER = "unknown_issuer"
    NOT_SEALED = "not_sealed"
    PHOTO_SAVED_ANEW = "photo_saved_anew"
    INSPECTION_LEFT_OUT = "inspection_left_out"
    CHAIN_GAP = "chain_gap"
    CLOCK_WRONG = "clock_wrong"
    BAD_RECEIPT = "bad_receipt"


class Of(StrEnum):
    """What a fault of a key is about, where that is another key than the one that signed the records."""

    RECORD = "record"
    CODE = "code"
    SEAL = "seal"


NOT_IN_FILE = (FaultCode.INSPECTION_MISSING, FaultCode.INSPECTION_LEFT_OUT)
"""An inspection that the round names, and that is not in the file."""

_CANNOT_TELL = (
    FaultCode.CHAIN_FORKED,  # a restored folder forks a chain too, and a revoked key signed what is right before
    FaultCode.KEY_REVOKED,
    FaultCode.SEVERAL_RECORDS,
    FaultCode.NO_RECORD,
    FaultCode.UNREAD_FORM,
    FaultCode.NOT_SIGNED,
    FaultCode.NO_CERTIFICATE,
    FaultCode.UNKNOWN_ISSUER,
    FaultCode.NOT_SEALED,
    FaultCode.PHOTO_SAVED_ANEW,
    FaultCode.INSPECTION_LEFT_OUT,  # by the device itself, which may have lost it
    FaultCode.CHAIN_GAP,
    FaultCode.CLOCK_WRONG,
    FaultCode.BAD_RECEIPT,  # devices keep what a server gave them, and need not have its key
)


@dataclass(frozen=True)
class Fault:
    """A fault. `where` is the number of the inspection from 1, `photo` that of its photo; 0 where it is of neither."""

    code: FaultCode
    where: int = 0
    photo: int = 0
    of: Of = Of.RECORD

    @property
    def contradicts(self) -> bool:
        """Whether something is other than it was signed, or not by the key it has to be by; else it cannot be told."""
        return self.code not in _CANNOT_TELL
