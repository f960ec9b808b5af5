"""The words, icons and tones of verdicts, and the sentences of their reasons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import flet as ft

from services.codes import on_the_pack
from services.verification import Reason, ReasonCode, Status, Verdict
from services.wording import mark
from views.design import Tone
from views.parts.texts import Texts, mark_plural

STATUS: dict[Status, tuple[str, Tone, ft.IconData]] = {
    Status.MALFORMED: (mark("Malformed code"), Tone.UNKNOWN, ft.Icons.BROKEN_IMAGE),
    Status.NOT_A_PRODUCT_CODE: (mark("Not a product code"), Tone.UNKNOWN, ft.Icons.QR_CODE_2),
    Status.CODE_MISMATCH: (mark("Codes do not match"), Tone.BAD, ft.Icons.DIFFERENCE),
    Status.STATEMENT_INVALID: (mark("Signed statement not valid"), Tone.BAD, ft.Icons.GPP_BAD),
    Status.NOT_REGISTERED: (mark("Not registered"), Tone.UNKNOWN, ft.Icons.SEARCH_OFF),
    Status.WITHDRAWN: (mark("Certificate withdrawn"), Tone.BAD, ft.Icons.BLOCK),
    Status.EXPIRED: (mark("Certificate expired"), Tone.BAD, ft.Icons.EVENT_BUSY),
    Status.STAR_MISMATCH: (mark("Stars do not match"), Tone.CAUTION, ft.Icons.STAR_HALF),
    Status.SUSPECTED_COPY: (mark("Suspected copy"), Tone.CAUTION, ft.Icons.CONTENT_COPY),
    Status.DOUBTFUL_LINK: (mark("Doubtful link"), Tone.CAUTION, ft.Icons.PHISHING),
    Status.CLOCK_WRONG: (mark("Cannot say: this device's date is wrong"), Tone.UNKNOWN, ft.Icons.EDIT_CALENDAR),
    Status.COPY_TOO_OLD: (mark("Cannot say: this device's copy is too old"), Tone.UNKNOWN, ft.Icons.UPDATE),
    Status.NOT_CERTIFIED: (mark("No certificate in force"), Tone.CAUTION, ft.Icons.REMOVE_MODERATOR),
    Status.NOT_IN_COPY: (mark("Not in this device's copy"), Tone.UNKNOWN, ft.Icons.HELP),
    Status.UNKNOWN_LINK: (mark("Unknown link"), Tone.CAUTION, ft.Icons.LINK_OFF),
    Status.EXPIRES_SOON: (mark("Certificate expires soon"), Tone.CAUTION, ft.Icons.SCHEDULE),
    Status.CERTIFIED: (mark("Certificate valid"), Tone.GOOD, ft.Icons.VERIFIED),
}

_ANOTHER = (mark("Another verdict: update the app to see it"), Tone.UNKNOWN, ft.Icons.HELP)

_REASONS: dict[ReasonCode, str | tuple[str, str]] = {
    ReasonCode.CERTIFICATE_VALID: mark("Certificate {number}, {stars} stars, is valid to {valid_to}."),
    ReasonCode.CERTIFICATE_ENDS: mark_plural(
        "Certificate {number}, {stars} stars, ends on {valid_to}, in {days} day.",
        "Certificate {number}, {stars} stars, ends on {valid_to}, in {days} days.",
    ),
    ReasonCode.CERTIFICATE_ENDED: mark(
        "Certificate {number}, {stars} stars, ended on {valid_to}; no newer one is known."
    ),
    ReasonCode.CERTIFICATE_WITHDRAWN: mark("Certificate {number} was withdrawn on {withdrawn_on}. {why}"),
    ReasonCode.CERTIFICATE_WILL_BE_WITHDRAWN: mark("Certificate {number} will be withdrawn on {withdrawn_on}. {why}"),
    ReasonCode.CERTIFICATE_NOT_YET: mark("Certificate {number} is valid only from {valid_from}."),
    ReasonCode.NO_CERTIFICATE: mark("The register holds this product without a certificate."),
    ReasonCode.NO_COPY: mark(
        "This device has no copy of the register yet, so nothing can be said of the product. Connect once to fetch it."
    ),
    ReasonCode.COPY_INCOMPLETE: mark(
        "The copy on this device is not whole yet: the product may be missing from it only."
    ),
    ReasonCode.PRODUCT_UNREAD: mark(
        "The register holds this product in a form that this version of the app cannot read. "
        "Update the app to see it. If that does not help, tell whoever runs the register."
    ),
    ReasonCode.CODES_UNREAD: mark(
        "The register also lists codes of a kind that this version of the app does not know, and this may be one. "
        "Update the app to see it."
    ),
    ReasonCode.GTIN_NOT_IN_COPY: mark(
        "The number {gtin} is well formed, but this device's copy has no such product. "
        "It may have been registered since."
    ),
    ReasonCode.GTIN_NOT_REGISTERED: mark("The number {gtin} is well formed, but the register holds no such product."),
    ReasonCode.MARK_NOT_REGISTERED: mark(
        "The pack shows the OCOP mark or stars, but the register holds no product with this number."
    ),
    ReasonCode.MARK_NOT_IN_COPY: mark(
        "The pack shows the OCOP mark or stars. Whether it may cannot be told from this device's copy."
    ),
    ReasonCode.COPY_OLD: mark_plural(
        "This device's copy is {days} day old. Connect to update it before you rely on this.",
        "This device's copy is {days} days old. Connect to update it before you rely on this.",
    ),
    ReasonCode.CLOCK_BEHIND: mark(
        "This device's date lies before a time that is known to have passed. Set its date and time, then look again."
    ),
    ReasonCode.SHOPS_OWN_NUMBER: mark(
        "{gtin} is a number that a shop gives to goods for itself. It means something in that shop only."
    ),
    ReasonCode.NO_PRODUCT_NUMBER: mark("{gtin} is the number of a coupon or a refund receipt, not of a product."),
    ReasonCode.PUBLICATION_NUMBER: mark("{gtin} is the number of a book, a periodical or a score."),
    ReasonCode.DEMONSTRATION_NUMBER: mark(
        "{gtin} is a number for demonstrations and examples: no real product bears it."
    ),
    ReasonCode.PACK_DATE_PASSED: mark("The date in the code, {expiry}, has passed."),
    ReasonCode.PRODUCED_AHEAD: mark("The code says that it was produced on {produced}, which is still to come."),
    ReasonCode.OTHER_CODE_DIFFERS: mark(
        "The codes on this pack name different products: one says {gtin}, another says {other}."
    ),
    ReasonCode.LABEL_STARS_TOO_MANY: mark("The label shows {label} stars; the certificate in force is for {stars}."),
    ReasonCode.LABEL_STARS_WITHOUT_CERTIFICATE: mark(
        "The label shows {label} stars, but no certificate in force is known."
    ),
    ReasonCode.SERIAL_TOO_FAR_APART: mark(
        "Packs with the serial number {serial} were seen at places too far apart for one pack. "
        "Any of them may be the original, this one too."
    ),
    ReasonCode.SERIAL_SEEN_AFTER_SALE: mark(
        "The pack with the serial number {serial} was reported sold on {sold_on}, "
        "and such a pack was on sale again later."
    ),
    ReasonCode.SERIAL_DOUBTED: mark(
        "The register suspects packs with the serial number {serial} for a reason that this version of the app does "
        "not know. Update the app to see it."
    ),
    ReasonCode.SEEN_NEAR: mark("Seen on {day} near {place}."),
    ReasonCode.SEEN: mark("Seen on {day}, at a place that is not known."),
    ReasonCode.STATEMENT_VALID: mark(
        "The code carries a statement signed by {issuer}: certificate {number}, {stars} stars, valid to {valid_to}. "
        "The signature is right. It proves the statement, not that this pack is the original."
    ),
    ReasonCode.STATEMENT_ENDED: mark("The signed statement in the code, on certificate {number}, ended on {valid_to}."),
    ReasonCode.STATEMENT_NOT_YET: mark(
        "The signed statement in the code, on certificate {number}, is valid only from {valid_from}."
    ),
    ReasonCode.STATEMENT_UNREADABLE: mark("The code carries something like a signed statement that cannot be read."),
    ReasonCode.STATEMENT_UNREAD: mark(
        "The code carries a statement of the register in a form that this version of the app cannot read, "
        "so it proves nothing here. Update the app to see it."
    ),
    ReasonCode.STATEMENT_ALTERED: mark(
        "The signed statement in the code was altered, or was never signed by the register: the signature is wrong."
    ),
    ReasonCode.STATEMENT_UNKNOWN_KEY: mark(
        "The statement in the code is signed with a key ({key}) that the register on this device does not know, "
        "so it proves nothing."
    ),
    ReasonCode.STATEMENT_KEY_REVOKED: mark(
        "The statement in the code is signed with a key ({key}) that was revoked on {revoked_on}, "
        "so it proves nothing. Packs from before may bear such statements rightly."
    ),
    ReasonCode.STATEMENT_KEY_NOT_IN_USE: mark(
        "The statement in the code claims to be signed on {signed_on}, when its key ({key}) was not in use."
    ),
    ReasonCode.STATEMENT_REVOKED: mark("The register has taken back this signed statement on certificate {number}."),
    ReasonCode.STATEMENT_OTHER_PRODUCT: mark(
        "The signed statement belongs to another product: it names {other}, the code {gtin}."
    ),
    ReasonCode.STATEMENT_DIFFERS: mark(
        "The signed statement names certificate {number} with {stars} stars; the register now has another."
    ),
    ReasonCode.LINK_NOT_IN_COPY: mark(
        "The code is a web address on {host} that belongs to no product in this device's copy. It has not been opened."
    ),
    ReasonCode.PRODUCERS_PAGE: mark("The address is on {domain}, which the register names as the producer's own."),
    ReasonCode.LINK_LOOKALIKE: mark(
        "The address leads to {domain}, which looks like {resembles} but is not. Do not open it."
    ),
    ReasonCode.LINK_CREDENTIALS: mark(
        "The address has a user's name in front, as is done to hide where it leads: to {domain}. Do not open it."
    ),
    ReasonCode.LINK_HIDDEN: mark(
        "The address has characters in its name that cannot be seen, so it seems to lead elsewhere than it does. "
        "Do not open it."
    ),
    ReasonCode.LINK_IP_ADDRESS: mark("The address leads to bare numbers ({domain}) and says nobody's name."),
    ReasonCode.LINK_IDN: mark(
        "The name {domain} is written with letters that can be taken for others. Look at it closely before you open it."
    ),
    ReasonCode.LINK_SHORTENER: mark("{domain} shortens addresses: where this one really leads cannot be seen from it."),
    ReasonCode.LINK_LOCAL_NAME: mark("{domain} is a name of a local network, not of the internet."),
    ReasonCode.LINK_NOT_HTTPS: mark(
        "The address is not protected (no https): others can read and change what it shows."
    ),
    ReasonCode.LINK_PORT: mark("The address leads to an unusual port of {domain}."),
    ReasonCode.LINK_UNKNOWN_DOMAIN: mark("The register does not know {domain}, where the address leads."),
    ReasonCode.WRONG_CHECK_DIGIT: mark(
        "The check digit is wrong, so this is no valid product number. "
        "Read or type it again; if it stays, the code is faulty."
    ),
    ReasonCode.WRONG_LENGTH: mark("A product number has 8, 12, 13 or 14 digits; this one has not."),
    ReasonCode.CONTRADICTION: mark("The code contradicts itself: it names more than one product or value."),
    ReasonCode.BAD_GS1: mark("The code looks like a GS1 code, but breaks its rules."),
    ReasonCode.BAD_LINK: mark("The code is a web address that is not written as one must be."),
    ReasonCode.NOT_A_PRODUCT_CODE: mark(
        "The text in the code names no product: it is neither a number nor a web address."
    ),
    ReasonCode.KIND_WITHOUT_NUMBER: mark(
        "This is a code of the kind {symbology}, and it bears no product number. Scan the pack's other code if it has "
        "one, or type the number under its bars. What this code says can be kept in a note."
    ),
}


_MARK_SEEN = {ReasonCode.MARK_NOT_REGISTERED, ReasonCode.MARK_NOT_IN_COPY}
_IN_FORCE = {ReasonCode.CERTIFICATE_VALID, ReasonCode.CERTIFICATE_ENDS}


def status_words(status: str, reasons: Iterable[str] = ()) -> tuple[str, Tone, ft.IconData]:
    """The words, tone and icon of a verdict by its reasons' codes; it may be from a version with other verdicts.

    What the register does not have calls for attention once the pack shows the OCOP mark. A page that the register does
    not know says nothing against a product whose certificate is in force, and is no reason for alarm beside it.
    """
    if status not in {known.value for known in Status}:
        return _ANOTHER
    word, tone, icon = STATUS[Status(status)]
    if _MARK_SEEN.intersection(reasons) and status in (Status.NOT_REGISTERED, Status.NOT_IN_COPY):
        tone = Tone.CAUTION
    elif is_page_beside_certified(status, reasons):
        tone = Tone.UNKNOWN
    return word, tone, icon


def is_page_beside_certified(status: str, reasons: Iterable[str]) -> bool:
    """Whether nothing more is found than an unknown page beside the number of a product whose certificate counts."""
    return status == Status.UNKNOWN_LINK and bool(_IN_FORCE.intersection(reasons))


def reason_sentence(texts: Texts, reason: Reason) -> str:
    """A verdict's reason as a sentence in the person's language."""
    return _filled(texts, _REASONS[reason.code], reason)


_LINES: dict[tuple[Status, ReasonCode], str] = {
    (Status.CERTIFIED, ReasonCode.CERTIFICATE_VALID): mark("To the end of {valid_to}"),
    (Status.CERTIFIED, ReasonCode.STATEMENT_VALID): mark("To the end of {valid_to}, as the signed statement says"),
    (Status.EXPIRES_SOON, ReasonCode.CERTIFICATE_ENDS): mark("To the end of {valid_to}. Days left: {days}"),
    (Status.EXPIRED, ReasonCode.CERTIFICATE_ENDED): mark("Ended on {valid_to}. Stars on the label no longer count."),
    (Status.WITHDRAWN, ReasonCode.CERTIFICATE_WITHDRAWN): mark(
        "Since {withdrawn_on}. Stars on the label no longer count."
    ),
    (Status.NOT_REGISTERED, ReasonCode.GTIN_NOT_REGISTERED): mark("Most goods are no OCOP products."),
    (Status.NOT_REGISTERED, ReasonCode.MARK_NOT_REGISTERED): mark("The pack shows the OCOP mark all the same."),
    (Status.NOT_IN_COPY, ReasonCode.MARK_NOT_IN_COPY): mark(
        "The pack shows the OCOP mark. Look again after an update."
    ),
    (Status.NOT_IN_COPY, ReasonCode.GTIN_NOT_IN_COPY): mark("The register may have it all the same."),
}

_BESIDE_CERTIFIED = mark(
    "The product's certificate counts. The register does not know this address; that says nothing against the product."
)


def band_line(texts: Texts, verdict: Verdict) -> str | None:
    """The one line below a verdict's word; None where the word says it all."""
    if is_page_beside_certified(verdict.status, verdict.codes):
        return texts.gettext(_BESIDE_CERTIFIED)
    mark_seen = next((reason for reason in verdict.reasons if reason.code in _MARK_SEEN), None)
    reason = mark_seen or (verdict.reasons[0] if verdict.reasons else None)
    if reason is None or (verdict.status, reason.code) not in _LINES:
        return None
    return _filled(texts, _LINES[verdict.status, reason.code], reason)


def _filled(texts: Texts, words: str | tuple[str, str], reason: Reason) -> str:
    """Fill a sentence with the reason's values; one with a form for several goes by the reason's days."""
    values = dict(reason.values)
    if texts.language == "en":
        values["why"] = values.get("why_en", values.get("why", ""))
    said = texts.gettext(words) if isinstance(words, str) else texts.ngettext(*words, int(str(values["days"])))
    return said.format(**{name: _written(texts, name, value) for name, value in values.items()}).strip()


_NUMBERS = ("gtin", "other")
"""Values of reasons that are product numbers."""


def _written(texts: Texts, name: str, value: object) -> str:
    if name in _NUMBERS and isinstance(value, str):
        return on_the_pack(value)
    if isinstance(value, date):
        return texts.day(value)
    return texts.number(value) if isinstance(value, int) else str(value)
