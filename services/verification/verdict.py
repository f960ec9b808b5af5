"""The parts of a verdict: its status, its reasons, and what it is based on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.links import Link
from services.register.certificates import Today
from services.register.statements import CheckedStatement

FRESH = timedelta(days=30)
"""A copy older than this cannot tell that a certificate has lapsed: it may have been renewed since."""
CURRENT = timedelta(days=1)
"""Only a copy no older than this, or the server, can tell that a product is not registered: new ones come weekly."""


class Status(StrEnum):
    """The one word of a verdict, gravest first: of several findings, the gravest is the verdict."""

    MALFORMED = "malformed"
    NOT_A_PRODUCT_CODE = "not_a_product_code"
    CODE_MISMATCH = "code_mismatch"
    STATEMENT_INVALID = "statement_invalid"
    NOT_REGISTERED = "not_registered"
    WITHDRAWN = "withdrawn"
    EXPIRED = "certificate_expired"
    STAR_MISMATCH = "star_mismatch"
    SUSPECTED_COPY = "suspected_copy"
    DOUBTFUL_LINK = "doubtful_link"
    CLOCK_WRONG = "clock_wrong"
    COPY_TOO_OLD = "copy_too_old"
    NOT_CERTIFIED = "not_certified"
    NOT_IN_COPY = "not_in_copy"
    UNKNOWN_LINK = "unknown_link"
    EXPIRES_SOON = "certificate_expires_soon"
    CERTIFIED = "certified"


class ReasonCode(StrEnum):
    """Why a verdict was reached. Each code has a sentence in the person's language, filled with the reason's values."""

    CERTIFICATE_VALID = "certificate_valid"  # number, stars, valid_to
    CERTIFICATE_ENDS = "certificate_ends"  # number, stars, valid_to, days
    CERTIFICATE_ENDED = "certificate_ended"  # number, stars, valid_to
    CERTIFICATE_WITHDRAWN = "certificate_withdrawn"  # number, withdrawn_on, why
    CERTIFICATE_WILL_BE_WITHDRAWN = "certificate_will_be_withdrawn"  # number, withdrawn_on, why
    CERTIFICATE_NOT_YET = "certificate_not_yet"  # number, valid_from
    NO_CERTIFICATE = "no_certificate"
    NO_COPY = "no_copy"
    COPY_INCOMPLETE = "copy_incomplete"
    PRODUCT_UNREAD = "product_unread"
    CODES_UNREAD = "codes_unread"
    GTIN_NOT_IN_COPY = "gtin_not_in_copy"  # gtin
    GTIN_NOT_REGISTERED = "gtin_not_registered"  # gtin
    MARK_NOT_REGISTERED = "mark_not_registered"
    MARK_NOT_IN_COPY = "mark_not_in_copy"
    COPY_OLD = "copy_old"  # days
    CLOCK_BEHIND = "clock_behind"
    SHOPS_OWN_NUMBER = "shops_own_number"  # gtin
    NO_PRODUCT_NUMBER = "no_product_number"  # gtin
    PUBLICATION_NUMBER = "publication_number"  # gtin
    DEMONSTRATION_NUMBER = "demonstration_number"  # gtin
    PACK_DATE_PASSED = "pack_date_passed"  # expiry
    PRODUCED_AHEAD = "produced_ahead"  # produced
    OTHER_CODE_DIFFERS = "other_code_differs"  # gtin, other
    LABEL_STARS_TOO_MANY = "label_stars_too_many"  # label, stars
    LABEL_STARS_WITHOUT_CERTIFICATE = "label_stars_without_certificate"  # label
    SERIAL_TOO_FAR_APART = "serial_too_far_apart"  # serial
    SERIAL_SEEN_AFTER_SALE = "serial_seen_after_sale"  # serial, sold_on
    SERIAL_DOUBTED = "serial_doubted"  # serial
    SEEN_NEAR = "seen_near"  # day, place
    SEEN = "seen"  # day
    STATEMENT_VALID = "statement_valid"  # number, stars, valid_to, issuer
    STATEMENT_ENDED = "statement_ended"  # number, valid_to
    STATEMENT_NOT_YET = "statement_not_yet"  # number, valid_from
    STATEMENT_UNREADABLE = "statement_unreadable"
    STATEMENT_UNREAD = "statement_unread"
    STATEMENT_ALTERED = "statement_altered"
    STATEMENT_UNKNOWN_KEY = "statement_unknown_key"  # key
    STATEMENT_KEY_REVOKED = "statement_key_revoked"  # key, revoked_on
    STATEMENT_KEY_NOT_IN_USE = "statement_key_not_in_use"  # key, signed_on
    STATEMENT_REVOKED = "statement_revoked"  # number
    STATEMENT_OTHER_PRODUCT = "statement_other_product"  # gtin, other
    STATEMENT_DIFFERS = "statement_differs"  # number, stars
    LINK_NOT_IN_COPY = "link_not_in_copy"  # host
    PRODUCERS_PAGE = "producers_page"  # domain
    LINK_LOOKALIKE = "link_lookalike"  # domain, resembles
    LINK_CREDENTIALS = "link_credentials"  # domain
    LINK_HIDDEN = "link_hidden"
    LINK_IP_ADDRESS = "link_ip_address"  # domain
    LINK_IDN = "link_idn"  # domain
    LINK_SHORTENER = "link_shortener"  # domain
    LINK_LOCAL_NAME = "link_local_name"  # domain
    LINK_NOT_HTTPS = "link_not_https"  # domain
    LINK_PORT = "link_port"  # domain
    LINK_UNKNOWN_DOMAIN = "link_unknown_domain"  # domain
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    WRONG_LENGTH = "wrong_length"
    CONTRADICTION = "contradiction"
    BAD_GS1 = "bad_gs1"
    BAD_LINK = "bad_link"
    NOT_A_PRODUCT_CODE = "not_a_product_code"
    KIND_WITHOUT_NUMBER = "kind_without_number"  # symbology


@dataclass(frozen=True)
class Reason:
    """A reason's code and the values its sentence needs, as (name, value) pairs.

    Beside `why` there is `why_en` where the register has the reason in English too.
    """

    code: ReasonCode
    values: tuple[tuple[str, str | int | date], ...] = ()


@dataclass(frozen=True)
class RegisterCopy:
    """How good the copy of the register is: its date, and whether it is complete.

    `live`: it is no copy but the server's answer of this moment. `unread`: it holds the code's product in a form that
    only a newer version of the app can read; `codes_unread`: there are codes on packs for which that is so.
    """

    as_of: datetime | None
    complete: bool
    live: bool = False
    unread: bool = False
    codes_unread: bool = False


@dataclass(frozen=True)
class Pack:
    """What the pack shows beside the code in question.

    `gtins` are named by its other codes; `label_stars` are the stars on its label (0: none; None: not looked at yet);
    `ocop_mark`: the person says that it shows the OCOP mark or stars. `link` is the code's address, and `statement` the
    signed statement in that; `host_hides`: there are characters in that address's host which cannot be seen;
    `link_of_producer`: the register names that site as one of the product's own producer.
    """

    gtins: tuple[str, ...] = ()
    label_stars: int | None = None
    ocop_mark: bool = False
    link: Link | None = None
    host_hides: bool = False
    link_of_producer: bool = False
    statement: CheckedStatement | None = None


@dataclass(frozen=True)
class Finding:
    """The result of one check. Without a status it only adds its reasons."""

    status: Status | None
    reasons: tuple[Reason, ...]


_GRAVITY: dict[Status | None, int] = {status: rank for rank, status in enumerate((*Status, None))}


@dataclass(frozen=True)
class Verdict:
    """What was found, and the date of the register's copy (None: there is no copy, or it was not needed).

    At least one of the `findings` has a status. `today` is the day that it was judged for; `live`: the server itself
    was asked.
    """

    findings: tuple[Finding, ...]
    as_of: datetime | None
    today: Today
    live: bool = False

    @property
    def status(self) -> Status:
        """The gravest status found."""
        return min((finding.status for finding in self.findings if finding.status), key=_GRAVITY.__getitem__)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons of all findings, those of the gravest first, each once."""
        findings = sorted(self.findings, key=lambda finding: _GRAVITY[finding.status])
        return tuple(dict.fromkeys(reason for finding in findings for reason in finding.reasons))

    @property
    def codes(self) -> list[str]:
        """The reasons' codes, as notes and the command line carry them."""
        return [reason.code.value for reason in self.reasons]
