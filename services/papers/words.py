"""The words of a record on paper: messages as the screens have them, translated by the languages of the paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from printing.record_content import Mark
from services.papers.faults import Fault, FaultCode, Of
from services.rounds.inspection import Answered, Finding, Sale, Seal, Shows
from services.rounds.place import PlaceKind
from services.rounds.round import Role
from services.verification.verdict import Status
from services.wording import Language, mark


class Both:
    """Says things in the languages of a paper, one behind the other; what is the same in both stands once."""

    def __init__(self, languages: Sequence[Language]) -> None:
        self.languages = languages

    def say(self, message: str, **values: object) -> str:
        """Translate a message and fill it in; a value may be a function of the language."""
        return self.each(
            lambda language: language.gettext(message).format(
                **{name: value(language) if callable(value) else value for name, value in values.items()}
            )
        )

    def of(self, table: dict[str, str], value: str) -> str:
        """The words for a value of a table; a value of a newer version is shown as it is."""
        return self.say(table[value]) if value in table else value

    def each(self, said: Callable[[Language], str]) -> str:
        """Say something in each language."""
        return " / ".join(dict.fromkeys(said(language) for language in self.languages))


VERDICTS = {
    Status.MALFORMED: (mark("Malformed code"), Mark.UNKNOWN),
    Status.NOT_A_PRODUCT_CODE: (mark("Not a product code"), Mark.UNKNOWN),
    Status.CODE_MISMATCH: (mark("Codes do not match"), Mark.STOP),
    Status.STATEMENT_INVALID: (mark("Signed statement not valid"), Mark.STOP),
    Status.NOT_REGISTERED: (mark("Not registered"), Mark.UNKNOWN),
    Status.WITHDRAWN: (mark("Certificate withdrawn"), Mark.STOP),
    Status.EXPIRED: (mark("Certificate expired"), Mark.STOP),
    Status.STAR_MISMATCH: (mark("Stars do not match"), Mark.ATTENTION),
    Status.SUSPECTED_COPY: (mark("Suspected copy"), Mark.ATTENTION),
    Status.DOUBTFUL_LINK: (mark("Doubtful link"), Mark.ATTENTION),
    Status.CLOCK_WRONG: (mark("Cannot say: this device's date is wrong"), Mark.UNKNOWN),
    Status.COPY_TOO_OLD: (mark("Cannot say: this device's copy is too old"), Mark.UNKNOWN),
    Status.NOT_CERTIFIED: (mark("No certificate in force"), Mark.ATTENTION),
    Status.NOT_IN_COPY: (mark("Not in this device's copy"), Mark.UNKNOWN),
    Status.UNKNOWN_LINK: (mark("Unknown link"), Mark.ATTENTION),
    Status.EXPIRES_SOON: (mark("Certificate expires soon"), Mark.ATTENTION),
    Status.CERTIFIED: (mark("Certificate valid"), Mark.FINE),
}

FINDINGS: dict[str, str] = {
    Finding.MATCHES: mark("Matches the label"),
    Finding.STARS_DIFFER: mark("Stars differ"),
    Finding.LABEL_DIFFERS: mark("The label differs"),
    Finding.PAST_DATE: mark("Past its date"),
    Finding.CERTIFICATE_ENDED: mark("The certificate has ended"),
    Finding.LOOKS_COPIED: mark("Looks copied"),
    Finding.CODE_DIFFERS: mark("The code differs"),
    Finding.NO_PAPERS: mark("No papers"),
    Finding.OTHER: mark("Something else"),
}

SALES: dict[str, str] = {
    Sale.ON_SALE: mark("On sale"),
    Sale.HELD_BACK: mark("Held back"),
    Sale.SOLD_HERE: mark("Sold here"),
}

SEALS: dict[str, str] = {
    Seal.INTACT: mark("Seal intact"),
    Seal.BROKEN: mark("Seal broken"),
    Seal.NONE: mark("No seal"),
}

SHOWS: dict[str, str] = {
    Shows.FRONT: mark("Front"),
    Shows.LABEL: mark("Label"),
    Shows.CODE: mark("Code"),
    Shows.SEAL: mark("Seal"),
    Shows.SHELF: mark("Shelf"),
    Shows.OTHER: mark("Other"),
}

ANSWERS: dict[str, str] = {
    Answered.OK: mark("In order"),
    Answered.MISSING: mark("Missing"),
    Answered.WRONG: mark("Wrong"),
    Answered.UNREADABLE: mark("Unreadable"),
    Answered.NOT_APPLICABLE: mark("Does not apply"),
    Answered.NOT_CHECKED: mark("Not checked"),
}

ANSWERED_BY = {"code": mark("from the code"), "certificate": mark("from the certificate")}

PLACES: dict[str, str] = {
    PlaceKind.MARKET: mark("Market"),
    PlaceKind.SHOP: mark("Shop"),
    PlaceKind.WAREHOUSE: mark("Warehouse"),
    PlaceKind.FAIR: mark("Fair"),
    PlaceKind.ONLINE: mark("Online shop"),
    PlaceKind.OTHER: mark("Other place"),
}

ROLES: dict[str, str] = {
    Role.INSPECTOR: mark("Inspector"),
    Role.SELLER: mark("Seller"),
    Role.WITNESS: mark("Witness"),
    Role.OTHER: mark("Also present"),
}

CORRECTED = mark("Corrected after the round was closed, by the record {hash} …")
"""What is told of an inspection that a later one replaces; `hash` is the beginning of that one's."""

FAULTS = {
    FaultCode.ROUND_ALTERED: mark("The record of the round is not as it was signed."),
    FaultCode.AUDIT_ALTERED: mark("The record of the audit is not as it was signed."),
    FaultCode.INSPECTION_ALTERED: mark("Inspection {number} is not as it was signed."),
    FaultCode.INSPECTION_MISSING: mark("Inspection {number} belongs to the round and is not in this file."),
    FaultCode.INSPECTION_FOREIGN: mark("The file holds an inspection that the signed round does not name."),
    FaultCode.OTHER_PAPER: mark("The code on this paper is that of another record."),
    FaultCode.PAPER_ALTERED: mark("What the code says is not as it was signed."),
    FaultCode.PAPER_DIFFERS: mark("The day or the numbers in the code on this paper are not those of the record."),
    FaultCode.FILE_ALTERED: mark(
        "The file was changed after it was made, so its pages may show something else. What was signed is below."
    ),
    FaultCode.PHOTO_SWAPPED: mark("Photo {number}.{photo} is not the picture that was put into the record."),
    FaultCode.OTHER_CONTENT_SIGNED: mark("Somebody signed on the screen, and the content was another then."),
    FaultCode.OTHER_DEVICE: mark("It was signed with the key of another device or account than the one that wrote it."),
    FaultCode.CHAIN_FORKED: mark(
        "Two different records follow on the same one. A copy of the device's folder may have gone on by itself."
    ),
    FaultCode.BAD_CERTIFICATE: mark(
        "The register did not certify the key that signed this: its certificate is altered, or from outside the days "
        "in which the register's own key was used."
    ),
    FaultCode.KEY_REVOKED: mark(
        "The key was revoked, so anybody may have signed with it. "
        "The register's page says whether it got the record before."
    ),
    FaultCode.SEVERAL_RECORDS: mark("The file holds several records, so it cannot be told which one its pages show."),
    FaultCode.NO_RECORD: mark("No record of a round or an audit can be read in it."),
    FaultCode.UNREAD_FORM: mark("It is written in a form that this version of the app cannot read."),
    FaultCode.NOT_SIGNED: mark("No signature of a device is with it. What it says cannot be proven."),
    FaultCode.NO_CERTIFICATE: mark(
        "No certificate of the register is with it for the key that signed this, so it is not known here whose it is."
    ),
    FaultCode.UNKNOWN_ISSUER: mark(
        "This device's copy of the register does not know who certified the key. A newer copy may."
    ),
    FaultCode.NOT_SEALED: mark(
        "The pages cannot be vouched for: they bear no seal, such as when another program saved the file. "
        "What was signed is below."
    ),
    FaultCode.PHOTO_SAVED_ANEW: mark(
        "Photo {number}.{photo} is not stored as it was put in: another picture, or the same one that a program made "
        "smaller."
    ),
    FaultCode.INSPECTION_LEFT_OUT: mark(
        "Inspection {number} belongs to the round and is not in this file: the device that made it did not have it any "
        "more."
    ),
    FaultCode.CHAIN_GAP: mark(
        "The device signed something between these records that is not in the file. "
        "That may be in order, such as an answer or an inspection of another round."
    ),
    FaultCode.CLOCK_WRONG: mark(
        "The device's clock was wrong or was set: by it, a record was made before the one that it follows, or after "
        "the register received it. Do not rely on the times in this record."
    ),
    FaultCode.BAD_RECEIPT: mark(
        "A receipt in the file is not the register's for this record, so it does not say when the register received it."
    ),
}
"""What each fault means; `number` is the inspection's and `photo` its photo's."""


_OF_THE_SEAL = {
    FaultCode.OTHER_DEVICE: mark(
        "Somebody else sealed the pages: the seal is by the key of another device or account than the record, so the "
        "pages may show something else. What was signed is below."
    ),
    FaultCode.NO_CERTIFICATE: mark(
        "A stranger's key sealed the pages, which the register is not known to have certified, so the pages may show "
        "something else. What was signed is below."
    ),
    FaultCode.BAD_CERTIFICATE: mark(
        "A stranger's key sealed the pages, which the register did not certify, so the pages may show something else. "
        "What was signed is below."
    ),
    FaultCode.UNKNOWN_ISSUER: mark(
        "Another key than that of the record sealed the pages, and this device's copy of the register does not know "
        "who certified it. What was signed is below."
    ),
    FaultCode.KEY_REVOKED: mark(
        "The key that sealed the pages was revoked, so anybody may have made these pages. What was signed is below."
    ),
}
_OF_THE_CODE = {
    FaultCode.OTHER_DEVICE: mark("The code on this paper was signed with the key of another device or account."),
    FaultCode.NO_CERTIFICATE: mark(
        "The code on this paper was signed with another key, of which it is not known here whose it is."
    ),
    FaultCode.BAD_CERTIFICATE: mark("The code on this paper was signed with a key that the register did not certify."),
    FaultCode.UNKNOWN_ISSUER: mark(
        "The code on this paper was signed with another key, and this device's copy of the register does not know who "
        "certified it."
    ),
    FaultCode.KEY_REVOKED: mark("The code on this paper was signed with a key that was revoked."),
}
_OF: dict[Of, dict[FaultCode, str]] = {Of.RECORD: {}, Of.SEAL: _OF_THE_SEAL, Of.CODE: _OF_THE_CODE}


def fault_words(fault: Fault, translate: Callable[[str], str] = str) -> str:
    """A fault as a sentence."""
    return translate(_OF[fault.of].get(fault.code) or FAULTS[fault.code]).format(
        number=fault.where or "?", photo=fault.photo
    )


def grouped(digits: str) -> str:
    """A hash in groups, so that people can compare it."""
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))
