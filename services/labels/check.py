"""Checks an artwork from the file to its findings, page by page and code by code."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from services.checklists.document import Document
from services.codes import to_gtin14
from services.decoding import CodeKind
from services.decoding.symbol import Corners, Symbology, Unread, overlap
from services.labels import bars, modules
from services.labels.advice import Advice, advice
from services.labels.artwork import Artwork, Cancelled, Page, Progress, open_artwork
from services.labels.content import Said, checked_codes, content, together
from services.labels.finding import GS1, MATRIX, Finding, Grade, Place, What
from services.labels.quality import bars_quality, in_units, matrix_quality
from services.labels.quiet import quiet_zones
from services.labels.size import sizes
from services.labels.symbols import Found, find_codes
from services.register.catalogue import Catalogue
from services.register.products import Product
from services.verification.check import CheckedCode

_BUDGET = 4.0
"""The seconds in which the codes of a page are looked for."""
RED_LEAST = 0.40
"""The contrast in red light below which a matrix code is told to be light for tills (grade C of ISO/IEC 15415)."""
_ORDER = {grade: rank for rank, grade in enumerate((Grade.STOP, Grade.LOOK, Grade.NOT_MEASURED, Grade.IN_ORDER))}


@dataclass(frozen=True)
class Asked:
    """What the person says of the label.

    `width_mm` is the width of a picture in print; `gtin` the number that the label is for, `stars` the stars that it
    shows (0: none; None: not asked); `annex_group` the group of its goods in the law's annex.
    """

    width_mm: float | None = None
    gtin: str | None = None
    stars: int | None = None
    annex_group: str | None = None


@dataclass(frozen=True)
class LabelCode:
    """A code as it is numbered on the artwork; `text` is empty where nobody could read it."""

    number: int
    text: str
    symbology: str
    place: Place
    checked: CheckedCode | None = None


@dataclass(frozen=True, eq=False)
class CheckedLabel:
    """The result: findings by gravity, and within that by code. `as_of` is the date of the register's copy."""

    artwork: Artwork
    codes: tuple[LabelCode, ...]
    findings: tuple[Finding, ...]
    product: Product | None
    advice: Advice | None
    asked: Asked
    as_of: datetime | None
    made_at: datetime

    @property
    def worst(self) -> Grade:
        """The gravest grade; what was not measured counts for nothing."""
        found = {finding.grade for finding in self.findings}
        return next((grade for grade in (Grade.STOP, Grade.LOOK) if grade in found), Grade.IN_ORDER)

    def of_grade(self, grade: Grade) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.grade is grade)


def check_label(
    data: bytes,
    catalogue: Catalogue,
    now: datetime,
    document: Document,
    asked: Asked = Asked(),
    *,
    phone: bool = False,
    pdf: bool = True,
    budget: float = _BUDGET,
    annex_of: Callable[[str], str | None] = lambda _gtin: None,
    progress: Progress = lambda _done, _total: True,
) -> CheckedLabel:
    """Check the artwork in `data`. Raises BadArtwork, Cancelled, and ValueError where `asked.gtin` is no GTIN.

    `now` is an aware time, `document` the checklists of the day; `annex_of` gives the annex group that was chosen for a
    GTIN. With `phone` the engines of phones are used; without `pdf` no PDF is opened.
    """
    if asked.gtin is not None:
        asked = replace(asked, gtin=to_gtin14(asked.gtin))
    artwork = open_artwork(data, asked.width_mm, pdf=pdf)
    total = 4 * len(artwork.pages) + 2
    done = 0

    def step(steps: int = 1) -> None:
        nonlocal done
        done += steps
        if not progress(done, total):
            raise Cancelled

    step()
    codes: list[LabelCode] = []
    findings = list(_whole(artwork))
    for page in artwork.pages:
        seen = find_codes(page, budget=budget, phone=phone)
        step(2)
        read: list[tuple[Said, list[Finding]]] = []
        lost: list[tuple[LabelCode, list[Finding]]] = []
        for found in seen.found:
            said, told = _measured(page, found, len(codes) + len(read) + 1)
            read.append((said, told))
        step()
        for unread in seen.unread:
            told_bars = _raw_bars(page, unread)
            if told_bars and any(overlap(told_bars.corners, said.place.corners) for said, _told in read):
                continue
            number = len(codes) + len(read) + len(lost) + 1
            lost.append(_unread(page, unread, told_bars, number))
        step()
        if lost or read:
            spoken = [said for said, _told in read]
            checked = checked_codes(spoken, catalogue, now, asked.stars)
            for (said, told), each in zip(read, checked, strict=True):
                codes.append(LabelCode(said.number, said.text, said.symbology, said.place, each))
                findings += [*told, *content(said, each, asked.stars)]
            findings += together(spoken, checked, asked.gtin)
        for code, told in lost:
            codes.append(code)
            findings += told
    product = next((code.checked.product for code in codes if code.checked and code.checked.product), None)
    if not codes:
        findings.append(Finding(What.NO_CODE, Grade.LOOK))
    if asked.stars is None and any(code.checked and code.checked.names_product for code in codes):
        findings.append(Finding(What.STARS_UNASKED, Grade.NOT_MEASURED))
    findings = _said_once(findings)
    findings.sort(key=lambda finding: (_ORDER[finding.grade], finding.code or 0))
    group = asked.annex_group or (annex_of(product.gtin) if product else None)
    today = codes[0].checked.verdict.today.day if codes and codes[0].checked else now.date()
    listed = advice(document, product.group if product else None, group, today)
    progress(total, total)
    return CheckedLabel(artwork, tuple(codes), tuple(findings), product, listed, asked, catalogue.copy.as_of, now)


_OF_THE_PRODUCT = frozenset({
    What.CERTIFICATE, What.CERTIFICATE_SOON, What.CERTIFICATE_LAPSED, What.CERTIFICATE_WITHDRAWN, What.NO_CERTIFICATE,
    What.NOT_REGISTERED, What.REGISTER_UNKNOWN, What.STARS, What.STARS_TOO_MANY,
})  # fmt: skip


def _said_once(findings: Sequence[Finding]) -> list[Finding]:
    """What the register says of a product is told once, however many codes name it."""
    told: dict[Finding, None] = {}
    for finding in findings:
        about = finding.what in _OF_THE_PRODUCT
        told[replace(finding, code=None, place=None) if about else finding] = None
    unknown = [finding for finding in told if finding.what is What.REGISTER_UNKNOWN]
    return [finding for finding in told if finding not in unknown[1:]]


def _whole(artwork: Artwork) -> Iterator[Finding]:
    if any(page.density is None for page in artwork.pages):
        yield Finding(What.SIZE_UNKNOWN, Grade.NOT_MEASURED)
    if artwork.more:
        yield Finding(What.PAGES_LEFT_OUT, Grade.NOT_MEASURED, measured=float(artwork.more))
    if artwork.transparent:
        yield Finding(What.TRANSPARENT, Grade.NOT_MEASURED)


def _place(page: Page, corners: Corners) -> Place:
    millimetres = None
    if page.density:
        across, down = page.density
        millimetres = tuple((x / across, y / down) for x, y in corners)
    return Place(page.number, corners, millimetres)  # type: ignore[arg-type]


def _measured(page: Page, found: Found, number: int) -> tuple[Said, list[Finding]]:
    """What was measured of a code that was read, and its place."""
    corners, told = found.corners, list[Finding]()
    if found.symbology in (Symbology.QR_CODE, Symbology.DATA_MATRIX):
        grid = modules.measure(page.gray, found.corners, found.symbology)
        if grid:
            corners = _clockwise(grid.corners)
            told = list(_matrix(page, found, grid, number, _place(page, corners)))
    elif lined := bars.measure(page.red, found.corners, found.symbology, page.density):
        corners = lined.corners
        told = list(_linear(page, found, lined, number, _place(page, corners)))
    elif bars.measure(255 - page.red, found.corners, found.symbology, page.density):
        told = [Finding(What.INVERTED, Grade.STOP, f"{GS1}, 5.2.1", number, _place(page, corners))]
    place = _place(page, corners)
    told = told or [_not_graded(page, found, number, place)]
    told = [*_read_back(found, number, place), *told]
    return Said(number, found.text, found.symbology.value, found.gs1, place), told


def _not_graded(page: Page, found: Found, number: int, place: Place) -> Finding:
    """Why nothing was measured: in red light there may be no contrast where the eye sees one."""
    points = np.asarray(found.corners)
    left, top = np.maximum(points.min(0).astype(int), 0).tolist()
    right, bottom = (points.max(0).astype(int) + 1).tolist()
    gray, red = page.gray[top:bottom, left:right], page.red[top:bottom, left:right]
    if gray.size and float(np.ptp(gray)) > 80 and float(np.ptp(red)) < 60:
        share = bars.linear_light(float(red.max())) - bars.linear_light(float(red.min()))
        return Finding(
            What.SYMBOL_CONTRAST, Grade.STOP, f"{GS1}, 5.12.2", number, place, share * 100, "%", 40,
            values=(("letter", "F"), ("red", 1)),
        )  # fmt: skip
    return Finding(What.NOT_GRADED, Grade.NOT_MEASURED, "", number, place)


def _read_back(found: Found, number: int, place: Place) -> Iterator[Finding]:
    for engine, text in found.differed:
        values = (("engine", engine), ("text", text))
        yield Finding(What.READS_DIFFER, Grade.LOOK, "", number, place, values=values)
    if not found.agreed and not found.missed:  # of a kind that only the cascade as a whole reads
        return
    names = (("engines", ", ".join(found.agreed)), ("missed", ", ".join(found.missed)))
    alone = len(found.agreed) < 2 and bool(found.missed)
    yield Finding(What.READ_BACK, Grade.LOOK if alone else Grade.IN_ORDER, "", number, place, values=names)


def _linear(page: Page, found: Found, lined: bars.Bars, number: int, place: Place) -> Iterator[Finding]:
    x = height = None
    if page.density:
        turn = math.radians(lined.across)
        across, down = page.density
        x = lined.module * math.hypot(math.cos(turn) / across, math.sin(turn) / down)
        height = lined.height * math.hypot(math.sin(turn) / across, math.cos(turn) / down)
    yield from sizes(found.symbology, x, height, number, place, gs1=found.gs1)
    narrowest = [min(zone, key=lambda one: one[0]) for zone in _zones(lined)]
    yield from quiet_zones(
        found.symbology, [zone for zone, _cut in narrowest], [cut for _zone, cut in narrowest], number, place
    )
    yield from bars_quality(lined, number, place)


def _zones(lined: bars.Bars) -> Iterator[list[tuple[float, bool]]]:
    """The zones of all lines, before and after the bars; each with whether it ends with the page."""
    for side in range(2):
        yield [(line.quiet[side], line.to_edge[side]) for line in lined.profiles]


def _matrix(page: Page, found: Found, grid: modules.Grid, number: int, place: Place) -> Iterator[Finding]:
    """What is said of a matrix code. Phones see it in all colours; tills, which read GS1's, in red light."""
    x = min(in_units(grid, page.density)) if page.density else None
    gs1 = found.gs1 or "/01/" in found.text
    yield from sizes(found.symbology, x, None, number, place, gs1=gs1)
    yield from quiet_zones(found.symbology, grid.quiet, grid.to_edge, number, place)
    if grid.mirrored:
        yield Finding(What.MIRRORED, Grade.STOP, "", number, place)
    if grid.inverted:
        yield Finding(What.INVERTED, Grade.LOOK, f"{GS1}, 5.12.2", number, place)
    for finding in matrix_quality(grid, page.density, number, place):
        torn = finding.what is What.FIXED_PATTERN and finding.grade is Grade.STOP
        yield replace(finding, grade=Grade.LOOK) if torn and not found.missed else finding
    if gs1:
        red = modules.measure(page.red, grid.corners, found.symbology)
        contrast = red.contrast if red else 0.0
        if contrast < RED_LEAST <= grid.contrast:
            yield Finding(
                What.RED_CONTRAST, Grade.LOOK, f"{MATRIX}, 7.8.2", number, place, contrast * 100, "%", RED_LEAST * 100
            )


def _clockwise(corners: Corners) -> Corners:
    """The corners clockwise on the page, also those of a mirrored symbol."""
    area = sum(x * corners[(n + 1) % 4][1] - corners[(n + 1) % 4][0] * y for n, (x, y) in enumerate(corners))
    return corners if area >= 0 else (corners[0], corners[3], corners[2], corners[1])


def _raw_bars(page: Page, unread: Unread) -> bars.Bars | None:
    """What bars say that no engine would believe, such as those with a wrong check digit."""
    if unread.kind is not CodeKind.BARCODE:
        return None
    found = bars.measure(page.red, unread.corners, None, page.density)
    if found is None:
        return None
    alike = [line.told.text for line in found.profiles if line.told]
    return found if alike.count(found.told.text) > bars.LINES // 2 else None


def _unread(page: Page, unread: Unread, lined: bars.Bars | None, number: int) -> tuple[LabelCode, list[Finding]]:
    """A place that looks like a code: bars with a wrong check digit, or what nobody can read."""
    if lined and not lined.told.checked:
        place = _place(page, lined.corners)
        told = lined.told
        found = Found(page.number, told.text, told.symbology, False, lined.corners, (), (), ())
        wrong = Finding(What.CHECK_DIGIT, Grade.STOP, f"{GS1}, 7.9", number, place, values=(("text", told.text),))
        return LabelCode(number, told.text, told.symbology.value, place), [
            wrong, *_linear(page, found, lined, number, place),
        ]  # fmt: skip
    place = _place(page, _upright_box(unread.corners))
    sure = unread.kind is CodeKind.QR_CODE
    values = (("kind", unread.kind.value),)
    told_of = Finding(What.CODE_UNREAD, Grade.STOP if sure else Grade.LOOK, "", number, place, values=values)
    return LabelCode(number, "", unread.kind.value, place), [told_of]


def _upright_box(corners: Sequence[tuple[float, float]]) -> Corners:
    xs, ys = zip(*corners, strict=True)
    left, top, right, bottom = (float(side) for side in (min(xs), min(ys), max(xs), max(ys)))
    return (left, top), (right, top), (right, bottom), (left, bottom)
