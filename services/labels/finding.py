"""What a check of a label's artwork found: one shape for everything that was measured, and for what was not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.decoding.symbol import Corners


class Grade(StrEnum):
    """What a finding asks for, gravest first."""

    STOP = "stop"
    LOOK = "look_at_it"
    IN_ORDER = "in_order"
    NOT_MEASURED = "not_measured"


class What(StrEnum):
    """What a finding is about. Each has a title, and sentences for its grades (words.py)."""

    # The artwork
    NO_CODE = "no_code"
    SIZE_UNKNOWN = "size_unknown"
    PAGES_LEFT_OUT = "pages_left_out"
    TRANSPARENT = "transparent"
    # Reading
    CODE_UNREAD = "code_unread"
    READ_BACK = "read_back"
    READS_DIFFER = "reads_differ"
    MIRRORED = "mirrored"
    INVERTED = "inverted"
    # Size
    X_DIMENSION = "x_dimension"
    MAGNIFICATION = "magnification"
    BAR_HEIGHT = "bar_height"
    QUIET_ZONE = "quiet_zone"
    PIXELS = "pixels"
    # ISO/IEC 15416 and 15415
    SYMBOL_CONTRAST = "symbol_contrast"
    RED_CONTRAST = "red_contrast"
    MINIMUM_REFLECTANCE = "minimum_reflectance"
    EDGE_CONTRAST = "edge_contrast"
    MODULATION = "modulation"
    DEFECTS = "defects"
    DECODABILITY = "decodability"
    FIXED_PATTERN = "fixed_pattern"
    AXIAL = "axial_nonuniformity"
    GRID = "grid_nonuniformity"
    ERROR_CORRECTION = "unused_error_correction"
    NOT_GRADED = "not_graded"
    # Content
    CHECK_DIGIT = "check_digit"
    MALFORMED = "malformed"
    OTHER_GTIN = "other_gtin"
    CODES_DIFFER = "codes_differ"
    NO_PRODUCT = "no_product"
    NOT_REGISTERED = "not_registered"
    REGISTER_UNKNOWN = "register_unknown"
    CERTIFICATE = "certificate"
    NO_CERTIFICATE = "no_certificate"
    CERTIFICATE_SOON = "certificate_soon"
    CERTIFICATE_LAPSED = "certificate_lapsed"
    CERTIFICATE_WITHDRAWN = "certificate_withdrawn"
    STARS = "stars"
    STARS_TOO_MANY = "stars_too_many"
    STARS_UNASKED = "stars_unasked"
    DIGITAL_LINK = "digital_link"
    LINK_KNOWN = "link_known"
    LINK_UNKNOWN = "link_unknown"
    LINK_DOUBTFUL = "link_doubtful"
    STATEMENT = "statement"
    STATEMENT_BAD = "statement_bad"


Value = str | int | float | date


@dataclass(frozen=True)
class Place:
    """Where something is on a page: corners in pixels and, where the size is known, in millimetres.

    `page` counts from 1; the origin is the page's upper left corner.
    """

    page: int
    corners: Corners
    millimetres: Corners | None = None


@dataclass(frozen=True)
class Finding:
    """One thing that was measured or looked up, or that could not be.

    `code` is the number of the code that it is about, as marked on the artwork; None: the artwork as a whole.
    `least` and `most` are the allowed range of `measured`, in `unit`; None: open. `source` is the standard with its
    clause, and `values` fill the sentence.
    """

    what: What
    grade: Grade
    source: str = ""
    code: int | None = None
    place: Place | None = None
    measured: float | None = None
    unit: str = ""
    least: float | None = None
    most: float | None = None
    values: tuple[tuple[str, Value], ...] = ()


GS1 = "GS1 General Specifications"
BARS = "ISO/IEC 15416"
MATRIX = "ISO/IEC 15415"
