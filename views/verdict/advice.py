"""What to do now: one sentence and one main action for each verdict and for whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.verification import ReasonCode, Status, Verdict
from services.wording import mark
from views.parts.reader import Reader
from views.parts.verdict_words import is_page_beside_certified


class Action(StrEnum):
    """The main action of a verdict's screen."""

    SCAN = "scan"
    NOTE = "note"
    REPORT = "report"
    COMPARE = "compare"
    """Scan the pack's other code."""
    UPDATE = "update"
    """Fetch what the device's copy of the register lacks."""


@dataclass(frozen=True)
class Advice:
    """A sentence, and the action that follows from it."""

    sentence: str
    action: Action


_LOOK_AGAIN = mark("Scan it again, straight on and close, or type the number under the bars.")
_OTHER_CODE = mark("Scan the pack's other code: the barcode says which product it is.")
_REPORT = mark("If it is sold so, report it: photograph the front, the label and the code.")
_TO_THE_OFFICE = mark(
    "Photograph the front, the label and the code, ask where it comes from, and write down what you see."
)
_OFF_THE_SHELF = mark("Better take it off the shelf, and ask the producer.")
_DO_NOT_OPEN = mark("Do not open the address. Scan the pack's barcode instead.")
_SET_THE_DATE = mark("Set this device's date and time, then look again.")
_UPDATE = mark("Update this device's copy of the register when there is a network, then look again.")
_MARK = mark("If the pack shows neither, there is nothing more to do.")
_NO_MARK = mark("There is nothing more to do: most goods are no OCOP products.")
_LOOK_FOR_MARK = mark("Look for the letters OCOP with stars beside them, most often on the front.")
_BY_THE_NUMBER = mark("Go by the number. Open the address only if you know whose it is.")
_KEEP_FOR_LATER = mark(
    "Photograph the front, the label and the code. Update this device's copy when there is a network, then look again."
)


def _all(sentence: str, action: Action) -> dict[Reader, Advice]:
    return dict.fromkeys(Reader, Advice(sentence, action))


_DOUBTED = {
    Reader.CONSUMER: Advice(_REPORT, Action.REPORT),
    Reader.SHOP: Advice(_OFF_THE_SHELF, Action.NOTE),
    Reader.INSPECTOR: Advice(_TO_THE_OFFICE, Action.NOTE),
}

ADVICE: dict[Status, dict[Reader, Advice]] = {
    Status.CERTIFIED: {
        Reader.CONSUMER: Advice(mark("Look at the whole pack too: a code can be copied."), Action.SCAN),
        Reader.SHOP: Advice(mark("It can stay on the shelf."), Action.SCAN),
        Reader.INSPECTOR: Advice(mark("Compare the label if anything looks odd; else go on to the next."), Action.SCAN),
    },
    Status.EXPIRES_SOON: {
        Reader.CONSUMER: Advice(mark("Its certificate still counts today."), Action.SCAN),
        Reader.SHOP: Advice(
            mark("It can stay on the shelf; ask the producer whether it is being renewed."), Action.SCAN
        ),
        Reader.INSPECTOR: Advice(mark("Tell the seller when it ends."), Action.NOTE),
    },
    Status.WITHDRAWN: _DOUBTED,
    Status.EXPIRED: _DOUBTED,
    Status.CODE_MISMATCH: _DOUBTED,
    Status.STATEMENT_INVALID: _DOUBTED,
    Status.STAR_MISMATCH: _DOUBTED,
    Status.SUSPECTED_COPY: _DOUBTED,
    Status.DOUBTFUL_LINK: {
        Reader.CONSUMER: Advice(_DO_NOT_OPEN, Action.COMPARE),
        Reader.SHOP: Advice(_DO_NOT_OPEN, Action.COMPARE),
        Reader.INSPECTOR: Advice(_TO_THE_OFFICE, Action.NOTE),
    },
    Status.UNKNOWN_LINK: _all(_OTHER_CODE, Action.COMPARE),
    Status.NOT_CERTIFIED: {
        Reader.CONSUMER: Advice(mark("Stars on its label do not count now."), Action.REPORT),
        Reader.SHOP: Advice(mark("Ask the producer for the certificate before you show its stars."), Action.NOTE),
        Reader.INSPECTOR: Advice(_TO_THE_OFFICE, Action.NOTE),
    },
    Status.NOT_REGISTERED: _all(_MARK, Action.SCAN),
    Status.NOT_IN_COPY: _all(_UPDATE, Action.UPDATE),
    Status.COPY_TOO_OLD: _all(_UPDATE, Action.UPDATE),
    Status.CLOCK_WRONG: _all(_SET_THE_DATE, Action.SCAN),
    Status.MALFORMED: _all(_LOOK_AGAIN, Action.SCAN),
    Status.NOT_A_PRODUCT_CODE: _all(_OTHER_CODE, Action.SCAN),
}

_MARK_SEEN: dict[Reader, Advice] = _DOUBTED | {
    Reader.SHOP: Advice(mark("Ask the producer for the certificate before you sell it as OCOP."), Action.NOTE),
}
"""For a product that the register does not have, once the person says that its pack shows the mark or stars."""

_MARK_SEEN_UNSURE: dict[Reader, Advice] = _all(_KEEP_FOR_LATER, Action.NOTE) | {
    Reader.CONSUMER: Advice(_UPDATE, Action.UPDATE),
}
"""The same where this device's copy cannot tell: nothing is reported from that."""


def advice_on(verdict: Verdict, reader: Reader, ocop_mark: str | None = None) -> Advice:
    """What to do now; `ocop_mark` is what the person said of the pack (views.parts.question.SHOWN)."""
    status, reasons = verdict.status, verdict.codes
    if is_page_beside_certified(status, reasons):
        return Advice(_BY_THE_NUMBER, Action.SCAN)
    if status is Status.NOT_REGISTERED and ReasonCode.MARK_NOT_REGISTERED in reasons:
        return _MARK_SEEN[reader]
    if status is Status.NOT_IN_COPY and ReasonCode.MARK_NOT_IN_COPY in reasons:
        return _MARK_SEEN_UNSURE[reader]
    if asks_for_mark(verdict) and ocop_mark == "no":
        return Advice(_NO_MARK, Action.SCAN)
    if status is Status.NOT_REGISTERED and ocop_mark == "unsure":
        return Advice(_LOOK_FOR_MARK, Action.SCAN)
    return ADVICE[status][reader]


def asks_for_mark(verdict: Verdict) -> bool:
    """Whether it matters to the verdict that the pack shows the OCOP mark: the register has no such product."""
    unread = ReasonCode.PRODUCT_UNREAD in verdict.codes
    return verdict.status in (Status.NOT_REGISTERED, Status.NOT_IN_COPY) and not unread
