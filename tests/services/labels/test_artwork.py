"""Files: where their millimetres come from, and what is said of those that cannot be checked."""

from __future__ import annotations

import io
import re
import zlib

import numpy as np
import pytest
from fpdf import FPDF
from PIL import Image

from services.labels.artwork import BadArtwork, Cancelled, open_artwork
from services.labels.finding import Grade, What
from tests.services.labels.artworks import DPI, Put, drawn, ean, label, pdf, png
from tests.services.labels.conftest import Check, alarms, found

BLANK = Image.new("RGB", (600, 300), "white")


def saved(picture: Image.Image, kind: str, **told: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **told)  # type: ignore[arg-type]
    return content.getvalue()


def exif(across: float, down: float, unit: int = 2, turn: int = 1) -> bytes:
    told = Image.Exif()
    told[282], told[283], told[296], told[274] = across, down, unit, turn
    return told.tobytes()


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (saved(BLANK, "PNG", dpi=(300, 300)), (50.8, 25.4)),
        (saved(BLANK, "PNG", dpi=(600, 300)), (25.4, 25.4)),
        (saved(BLANK, "JPEG", dpi=(300, 300)), (50.8, 25.4)),
        (saved(BLANK, "WEBP", exif=exif(300, 300)), (50.8, 25.4)),
        (saved(BLANK, "JPEG", exif=exif(118.11, 118.11, unit=3)), (50.8, 25.4)),
        (saved(BLANK, "JPEG", exif=exif(300, 150, turn=6)), (50.8, 50.8)),
        (saved(BLANK, "PNG"), None),
        (saved(BLANK, "PNG", dpi=(72, 72)), None),  # what programs write that were told nothing
        (saved(BLANK, "JPEG", dpi=(96, 96)), None),
        (saved(BLANK, "PNG", dpi=(1, 1)), None),
        (pdf(size=(60, 40)), (60, 40)),
        (pdf(size=(60, 40)).replace(b"/Type /Page\n", b"/Type /Page\n/UserUnit 2.0\n"), (120, 80)),
    ],
)
def test_millimetres_are_what_the_file_says(data: bytes, size: tuple[float, float] | None) -> None:
    (page,) = open_artwork(data).pages
    assert page.size == (pytest.approx(size, rel=0.003) if size else None)


def test_a_unit_within_a_packed_object_is_found_and_two_units_are_asked_for() -> None:
    plain = pdf(size=(60, 40))
    packed = (
        b"9 0 obj\n<</Type /ObjStm /N 1 /First 4>>\nstream\n"
        + zlib.compress(b"3 0 <</UserUnit 2.0>>")
        + b"\nendstream\n"
    )
    assert open_artwork(plain + packed).pages[0].size == pytest.approx((120, 80), rel=0.003)
    twice = plain.replace(b"/Type /Page\n", b"/Type /Page\n/UserUnit 2.0\n") + packed.replace(b"2.0", b"3.0")
    twice += b"\n% /UserUnit 3.0\n"
    assert open_artwork(twice).pages[0].density is None
    assert open_artwork(twice, 120).pages[0].size == pytest.approx((120, 80), rel=0.003)


def test_the_width_that_was_asked_stands_for_what_the_file_does_not_say(check: Check) -> None:
    page = drawn([Put(ean())])
    unknown = check(png(page, None), stars=4)
    assert found(unknown, What.SIZE_UNKNOWN).grade is Grade.NOT_MEASURED
    assert found(unknown, What.X_DIMENSION).grade is Grade.NOT_MEASURED
    assert found(unknown, What.QUIET_ZONE).grade is Grade.IN_ORDER  # counted in modules
    half = check(png(page, None), stars=4, width_mm=30)
    assert found(half, What.X_DIMENSION).measured == pytest.approx(0.165, rel=0.005)


def _locked() -> bytes:
    document = FPDF()
    document.set_encryption(owner_password="owner", user_password="user")
    document.add_page()
    return bytes(document.output())


def _huge() -> bytes:
    """A PNG of 300 megapixels that says so in its header and nowhere else."""
    data = bytearray(png(drawn([])))
    data[16:24] = (20_000).to_bytes(4, "big") + (15_000).to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_locked(), "locked"),
        (re.sub(rb"/Count 1.*?/Kids \[3 0 R\]", b"/Count 0\n/Kids []", pdf(), flags=re.DOTALL), "no_pages"),
        (b"%PDF-1.7\nnothing", "pdf"),
        (_huge(), "too_big"),
        (saved(Image.new("L", (20, 900)), "PNG"), "too_small"),
        (b"", "unreadable"),
        (png(drawn([Put(ean())]))[:900], "unreadable"),
        (b"\0\0\0\x18ftypheic", "heic"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "other_picture"),
    ],
)
def test_files_that_cannot_be_checked_are_named(data: bytes, reason: str) -> None:
    with pytest.raises(BadArtwork) as refused:
        open_artwork(data)
    assert refused.value.reason == reason


def test_no_pdf_is_opened_where_none_may_be() -> None:
    with pytest.raises(BadArtwork, match="no_reader"):
        open_artwork(pdf(), pdf=False)


def test_colours_for_print_and_transparent_grounds_are_read(check: Check) -> None:
    page = Image.fromarray(drawn([Put(ean())]))
    cmyk = check(saved(page.convert("CMYK"), "JPEG", dpi=(DPI, DPI), quality=95), stars=4)
    assert alarms(cmyk) == []
    layer = page.convert("RGBA")
    layer.putalpha(Image.fromarray(255 - np.asarray(page.convert("L"))))
    clear = check(saved(layer, "PNG", dpi=(DPI, DPI)), stars=4)
    assert alarms(clear) == []
    assert found(clear, What.TRANSPARENT).grade is Grade.NOT_MEASURED


def test_pages_are_all_looked_at_and_no_code_is_said(check: Check) -> None:
    checked = check(pdf(Put(ean()), pages=2), stars=4)
    assert [(code.number, code.place.page) for code in checked.codes] == [(1, 1), (2, 2)]
    assert alarms(check(label(), budget=0.3)) == [("no_code", "look_at_it")]


def test_a_check_ends_when_it_is_cancelled(check: Check) -> None:
    from services.labels.check import check_label
    from services.register.catalogue import Catalogue
    from tests.services.labels.conftest import DOCUMENT, NOW

    asked = []

    def cancel(done: int, total: int) -> bool:
        asked.append((done, total))
        return done < 3

    register: Catalogue = check.__kwdefaults__["register"]  # type: ignore[attr-defined]
    with pytest.raises(Cancelled):
        check_label(label(Put(ean())), register, NOW, DOCUMENT, progress=cancel)
    assert asked == [(1, 6), (3, 6)]
