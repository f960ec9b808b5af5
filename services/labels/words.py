"""What findings are called, what they mean, and what to do, in the person's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.labels.artwork import MOST_PAGES
from services.labels.finding import Finding, Grade, What
from services.labels.quality import LEAST_PIXELS
from services.wording import Saying, mark

NO_VERIFIER = mark(
    "This looks at a picture, not at print: it is no verifier's grade. Before a large run, have a printed sample "
    "graded by a verifier (ISO/IEC 15426)."
)

GRADES = {
    Grade.STOP: mark("Do not print yet"),
    Grade.LOOK: mark("Look at it"),
    Grade.IN_ORDER: mark("In order"),
    Grade.NOT_MEASURED: mark("Not measured"),
}

RESULTS = {
    Grade.STOP: mark("Do not print this label yet."),
    Grade.LOOK: mark("Look at some things before printing."),
    Grade.IN_ORDER: mark("Nothing was found against printing."),
}

TITLES = {
    What.NO_CODE: mark("No code"),
    What.SIZE_UNKNOWN: mark("The size in print is not known"),
    What.PAGES_LEFT_OUT: mark("Pages that were not looked at"),
    What.TRANSPARENT: mark("Transparent ground"),
    What.CODE_UNREAD: mark("A code that cannot be read"),
    What.READ_BACK: mark("Read back"),
    What.READS_DIFFER: mark("Read differently"),
    What.MIRRORED: mark("Mirrored"),
    What.INVERTED: mark("Light on dark"),
    What.X_DIMENSION: mark("Narrowest bar or module (X)"),
    What.MAGNIFICATION: mark("Magnification"),
    What.BAR_HEIGHT: mark("Height of the bars"),
    What.QUIET_ZONE: mark("Quiet zone"),
    What.PIXELS: mark("Resolution of the picture"),
    What.SYMBOL_CONTRAST: mark("Symbol contrast"),
    What.RED_CONTRAST: mark("Contrast in red light"),
    What.MINIMUM_REFLECTANCE: mark("Minimum reflectance"),
    What.EDGE_CONTRAST: mark("Edge contrast"),
    What.MODULATION: mark("Modulation"),
    What.DEFECTS: mark("Defects"),
    What.DECODABILITY: mark("Decodability"),
    What.FIXED_PATTERN: mark("Fixed pattern damage"),
    What.AXIAL: mark("Axial nonuniformity"),
    What.GRID: mark("Grid nonuniformity"),
    What.ERROR_CORRECTION: mark("Unused error correction"),
    What.NOT_GRADED: mark("Size and quality"),
    What.CHECK_DIGIT: mark("Check digit"),
    What.MALFORMED: mark("Malformed code"),
    What.OTHER_GTIN: mark("Another product's number"),
    What.CODES_DIFFER: mark("Codes do not match"),
    What.NO_PRODUCT: mark("Names no product"),
    What.NOT_REGISTERED: mark("Not registered"),
    What.REGISTER_UNKNOWN: mark("The register"),
    What.CERTIFICATE: mark("Certificate"),
    What.NO_CERTIFICATE: mark("No certificate in force"),
    What.CERTIFICATE_SOON: mark("Certificate expires soon"),
    What.CERTIFICATE_LAPSED: mark("Certificate expired"),
    What.CERTIFICATE_WITHDRAWN: mark("Certificate withdrawn"),
    What.STARS: mark("Stars on the label"),
    What.STARS_TOO_MANY: mark("Too many stars"),
    What.STARS_UNASKED: mark("Stars on the label"),
    What.DIGITAL_LINK: mark("GS1 Digital Link"),
    What.LINK_KNOWN: mark("Address"),
    What.LINK_UNKNOWN: mark("Unknown link"),
    What.LINK_DOUBTFUL: mark("Doubtful link"),
    What.STATEMENT: mark("Signed statement"),
    What.STATEMENT_BAD: mark("Signed statement not valid"),
}

_SENTENCES: dict[What | tuple[What, Grade], str] = {
    What.NO_CODE: mark("No code was found in this artwork."),
    What.SIZE_UNKNOWN: mark(
        "The file does not say how large it is printed, so sizes in millimetres were not measured."
    ),
    What.PAGES_LEFT_OUT: mark("The file has more pages than were looked at."),
    What.TRANSPARENT: mark("Parts of the picture are transparent. They were taken for white paper."),
    What.CODE_UNREAD: mark("Something here looks like a code and cannot be read by any engine."),
    What.READ_BACK: mark("Read back by: {engines}."),
    (What.READ_BACK, Grade.LOOK): mark("Not read by: {missed}. Read by: {engines}."),
    What.READS_DIFFER: mark("{engine} reads something else here: {text}"),
    What.MIRRORED: mark("The code is seen as in a mirror. Many readers do not read it so."),
    What.INVERTED: mark("The code is light on dark ground."),
    (What.INVERTED, Grade.STOP): mark("The bars are light on dark ground. Scanners at a till do not read that."),
    What.X_DIMENSION: mark("The narrowest element as it would be printed."),
    (What.X_DIMENSION, Grade.NOT_MEASURED): mark("Not measured, because the size in print is not known."),
    (What.X_DIMENSION, Grade.STOP): mark("Smaller than any of GS1's tables allows."),
    (What.X_DIMENSION, Grade.LOOK): mark("Outside the range for where such a code is scanned as a rule."),
    What.MAGNIFICATION: mark("At 100 %, X is 0.330 mm."),
    What.BAR_HEIGHT: mark("High enough to be scanned from any side."),
    (What.BAR_HEIGHT, Grade.LOOK): mark("Lower than asked for, so the code has to be turned to be scanned."),
    What.QUIET_ZONE: mark("The narrowest light margin beside the code, in X."),
    (What.QUIET_ZONE, Grade.STOP): mark("Print or an edge stands too near to the code, {side}."),
    (What.QUIET_ZONE, Grade.LOOK): mark("The light margin is narrow, {side}."),
    What.PIXELS: mark("A module has too few pixels to grade edges and modules."),
    What.SYMBOL_CONTRAST: mark("From the darkest to the lightest: grade {letter}."),
    What.RED_CONTRAST: mark("Phones can tell these colours apart, and scanners with red light may not."),
    What.MINIMUM_REFLECTANCE: mark("The darkest bar in red light; at most half of the lightest ground."),
    (What.MINIMUM_REFLECTANCE, Grade.STOP): mark("The bars are too light in the red light of scanners."),
    What.EDGE_CONTRAST: mark("The weakest edge between a bar and a space."),
    What.MODULATION: mark("How alike the contrast is everywhere: grade {letter}."),
    What.DEFECTS: mark("The worst spot or gap within a bar or space: grade {letter}."),
    What.DECODABILITY: mark("How much of the bars' tolerance is left for the press: grade {letter}."),
    What.FIXED_PATTERN: mark("Wrong modules in the patterns by which the code is found: grade {letter}."),
    What.AXIAL: mark("How much longer modules are one way than the other: grade {letter}."),
    What.GRID: mark("How far modules lie beside their places: grade {letter}."),
    What.ERROR_CORRECTION: mark("What is left to make up for damage: grade {letter}."),
    What.NOT_GRADED: mark("Its bars or modules could not be told apart well enough to measure them."),
    What.CHECK_DIGIT: mark("The check digit of {gtin} is right."),
    (What.CHECK_DIGIT, Grade.STOP): mark("The check digit is wrong: {text}. No till will take this number."),
    What.MALFORMED: mark("What the code says breaks the rules of its kind, so readers refuse it or read it wrongly."),
    What.OTHER_GTIN: mark("The code names {gtin}, and the label is for {wanted}."),
    What.CODES_DIFFER: mark("Codes name different products: {gtins}"),
    What.NO_PRODUCT: mark("The code says something that names no product, so there is nothing to compare."),
    What.NOT_REGISTERED: mark("The register holds no product with the number {gtin}."),
    (What.NOT_REGISTERED, Grade.LOOK): mark("The register holds no product with the number {gtin}."),
    What.REGISTER_UNKNOWN: mark("This device's copy of the register is missing, too old or too small to tell."),
    What.CERTIFICATE: mark("{name}: certificate {number}, {stars} stars, is valid to {valid_to}."),
    What.NO_CERTIFICATE: mark("The register holds this product without a certificate in force."),
    What.CERTIFICATE_SOON: mark("{name}: certificate {number}, {stars} stars, ends on {valid_to}. Days left: {days}."),
    What.CERTIFICATE_LAPSED: mark("{name}: certificate {number} ended on {valid_to}; no newer one is known."),
    What.CERTIFICATE_WITHDRAWN: mark("{name}: certificate {number} was withdrawn."),
    What.STARS: mark("The label shows {label} stars, and the certificate gives {stars}."),
    What.STARS_TOO_MANY: mark("The label shows {label} stars, and the certificates in force give {stars}."),
    What.STARS_UNASKED: mark("How many stars the label shows was not told, so they were not compared."),
    What.DIGITAL_LINK: mark("The address has the form of a GS1 Digital Link."),
    What.LINK_KNOWN: mark("The register knows {host}."),
    What.LINK_UNKNOWN: mark("The register does not know this address: {host}"),
    What.LINK_DOUBTFUL: mark("Something about this address calls for care: {host}"),
    What.STATEMENT: mark("The register's signed statement in the code is good."),
    (What.STATEMENT, Grade.NOT_MEASURED): mark("Whether the signed statement is good cannot be told on this device."),
    What.STATEMENT_BAD: mark("The signed statement in the code is not what the register signed for this product."),
}

_TODO = {
    What.NO_CODE: mark("If the label is to have a code, place it in the artwork and check again."),
    What.SIZE_UNKNOWN: mark("Give the width in millimetres, or export a PDF in its final size."),
    What.PAGES_LEFT_OUT: mark("Check the other pages as files of their own. At most {pages} pages are looked at."),
    What.TRANSPARENT: mark("Put a white field behind each code, whatever the label is printed on."),
    What.CODE_UNREAD: mark("Draw the code anew from its data. If this is no code, there is nothing to do."),
    What.READ_BACK: mark("See what else is said of this code; then draw it larger, or with more room around it."),
    What.READS_DIFFER: mark("Draw the code anew, and keep other bars away from it."),
    What.MIRRORED: mark("Turn it over, unless the artwork is to be printed on the back of a clear film."),
    What.INVERTED: mark("Print it dark on light, or on a light field."),
    What.X_DIMENSION: mark("Draw the code anew in a size within the range; do not stretch the picture of it."),
    What.MAGNIFICATION: mark("Draw the code anew in a size within the range; do not stretch the picture of it."),
    What.BAR_HEIGHT: mark("Make the bars higher. They are made lower only where there is no room at all."),
    What.QUIET_ZONE: mark("Keep at least this room free of print, edges and folds."),
    What.PIXELS: mark("Export the artwork as a PDF with vectors, or with at least {pixels} pixels a module."),
    What.SYMBOL_CONTRAST: mark("Print black, dark blue or dark green on white. Red, orange and yellow count as white."),
    What.MINIMUM_REFLECTANCE: mark(
        "Print black, dark blue or dark green on white. Red, orange and yellow count as white."
    ),
    What.RED_CONTRAST: mark("Print black, dark blue or dark green on white. Red, orange and yellow count as white."),
    What.EDGE_CONTRAST: mark("Draw the code anew, without shades, patterns or pictures behind it."),
    What.MODULATION: mark("Draw the code anew, without shades, patterns or pictures behind it."),
    What.DEFECTS: mark("Draw the code anew, without spots, gaps or pictures in it."),
    What.DECODABILITY: mark("Draw the code anew as vectors, so that all bars have whole widths."),
    What.FIXED_PATTERN: mark("Keep logos and rounded corners away from the corner squares and the dashed lines."),
    What.AXIAL: mark("Draw the code anew; do not stretch the picture of it."),
    What.GRID: mark("Draw the code anew; do not bend or warp the picture of it."),
    What.ERROR_CORRECTION: mark("Take away what covers the code, or draw it with more error correction."),
    What.NOT_GRADED: mark("Export the artwork in a higher resolution, or as a PDF with vectors."),
    What.CHECK_DIGIT: mark(
        "Compute the last digit anew from the others, and compare the number with your certificate."
    ),
    What.MALFORMED: mark("Draw the code anew with a program that knows GS1's rules."),
    What.OTHER_GTIN: mark("Put in this product's own code."),
    What.CODES_DIFFER: mark("If all of them are on one label, find out which is wrong and draw it anew."),
    What.NOT_REGISTERED: mark("See whether the number is right. A label without the OCOP mark may go on."),
    What.REGISTER_UNKNOWN: mark("Connect to fetch the register, then check again."),
    What.NO_CERTIFICATE: mark("Leave out the OCOP mark and the stars until there is a certificate."),
    What.CERTIFICATE_SOON: mark("Print no more than is sold by then, or wait for the renewal."),
    What.CERTIFICATE_LAPSED: mark("Leave out the OCOP mark and the stars until there is a certificate."),
    What.CERTIFICATE_WITHDRAWN: mark("Leave out the OCOP mark and the stars until there is a certificate."),
    What.STARS_TOO_MANY: mark("Show as many stars as the certificate gives."),
    What.STARS_UNASKED: mark("Say how many stars the label shows, then check again."),
    What.LINK_UNKNOWN: mark("See whether the address is yours and right. The register's office can add it."),
    What.LINK_DOUBTFUL: mark("Use the full https address of your own or the register's site."),
    What.STATEMENT: mark("Connect to fetch the register, then check again."),
    What.STATEMENT_BAD: mark("Fetch the product's signed code from the register anew."),
}

_SIDES = {
    "left": mark("to its left"),
    "right": mark("to its right"),
    "top": mark("above it"),
    "bottom": mark("below it"),
}
_AT_EDGE = mark("The picture ends there, so keep the room free where the code is placed.")

REFUSED = {
    "too_big": mark("The file has more pixels or bytes than can be checked. Export it smaller, or as a PDF."),
    "too_small": mark("The picture is too small to hold a code that can be measured."),
    "locked": mark("The PDF is locked with a password. Save it without one, and check again."),
    "no_pages": mark("The PDF has no pages."),
    "no_reader": mark("PDFs cannot be opened on this device. Export the artwork as PNG, or use a computer."),
    "bad_width": mark("The width of a label is between 5 and 5,000 millimetres."),
    "pdf": mark("The PDF is broken or takes too long to draw. Export it anew, or as PNG."),
    "heic": mark("HEIC pictures are not read. Save it as PNG or as a PDF."),
    "other_picture": mark("This kind of picture is not read. Save it as PNG or as a PDF."),
    "video": mark("This is a video. Choose the artwork as a PDF or PNG."),
    "unreadable": mark("This is no PDF and no picture that can be read."),
}
"""Why an artwork cannot be checked, by BadArtwork's reason."""

NOT_MEASURED = (
    mark("The print itself: ink, paper, gloss, folds and how the press spreads the ink."),
    mark("Reflectance at 660 nm: for bars the red part of the picture's colours stands for it."),
    mark("Modulation by codeword and contrast uniformity of matrix codes: it was taken module by module."),
    mark("Whether bars are mirrored: they read the same from both sides."),
    mark("The OCOP mark and the stars in the picture: the number of stars was asked."),
)
"""What no finding says, because a picture cannot tell."""


@dataclass(frozen=True)
class Told:
    """A finding in words; `todo` is empty where there is nothing to do, `measured` where there is no figure."""

    title: str
    sentence: str
    measured: str
    todo: str
    source: str


def told(finding: Finding, language: Saying) -> Told:
    """Say a finding in a language."""
    _ = language.gettext
    values: dict[str, object] = {"pages": MOST_PAGES, "pixels": round(LEAST_PIXELS)}
    for name, value in finding.values:
        values[name] = language.day(value) if isinstance(value, date) else value
    if values.get("side") in _SIDES:
        values["side"] = _(_SIDES[str(values["side"])])
    words = _SENTENCES.get((finding.what, finding.grade)) or _SENTENCES[finding.what]
    sentence = _(words).format(**values)
    if values.get("edge"):
        sentence = f"{sentence} {_(_AT_EDGE)}"
    todo = _TODO.get(finding.what, "") if finding.grade is not Grade.IN_ORDER else ""
    return Told(
        _(TITLES[finding.what]),
        sentence,
        measured(finding, language),
        _(todo).format(**values) if todo else "",
        finding.source,
    )


def measured(finding: Finding, language: Saying) -> str:
    """The figure and its range: 0.205 mm (0.264 to 0.660 mm)."""
    if finding.measured is None:
        return ""
    _, unit = language.gettext, finding.unit

    def figure(value: float) -> str:
        places = {"mm": 3 if value < 5 else 1, "X": 2 if value < 1 else 1, "%": 0, "px": 1}.get(unit, 0)
        written = f"{value:.{places}f}"
        return written.replace(".", ",") if language.language == "vi" else written

    found = f"{figure(finding.measured)} {unit}".strip()
    if finding.least is not None and finding.most is not None:
        words = _("{least} to {most}").format(least=figure(finding.least), most=figure(finding.most))
    elif finding.least is not None:
        words = _("at least {least}").format(least=figure(finding.least))
    elif finding.most is not None:
        words = _("at most {most}").format(most=figure(finding.most))
    else:
        return found
    return f"{found} ({words})"
