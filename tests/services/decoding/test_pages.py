"""Picture files that show more than one picture: pages, frames, and transparent ones on light and on dark ground."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from services.decoding import load
from services.decoding.images import load_pages
from services.decoding.pages import MOST, MOST_JOINED, joined
from services.decoding.pixels import Gray
from tests.services.decoding.pictures import GTIN, LINK, desktop, ean13, phone, qr

WHITE = np.full((60, 90), 255, np.uint8)


def file_of(kind: str, *pages: Any, **options: Any) -> bytes:
    first, *others = [Image.fromarray(page) for page in pages]
    target = io.BytesIO()
    first.save(target, kind, save_all=True, append_images=others, **options)
    return target.getvalue()


def inked(gray: Gray, alpha: Gray) -> bytes:
    return file_of("PNG", np.dstack([gray, gray, gray, alpha]))


def texts(picture: Gray) -> list[str]:
    told = sorted(symbol.text for symbol in desktop(picture))
    assert sorted(symbol.text for symbol in phone(picture)) == told
    return told


TRANSPARENT = {
    "light modules on nothing": (np.full_like(qr(), 255), 255 - qr()),
    "dark modules on nothing": (np.zeros_like(qr()), 255 - qr()),
    "dark modules are holes in white": (np.full_like(qr(), 255), qr()),
    "light modules are holes in black": (np.zeros_like(qr()), qr()),
}


@pytest.mark.parametrize("cut", [0, 40])
@pytest.mark.parametrize("name", TRANSPARENT)
def test_a_transparent_picture_is_seen_on_the_ground_that_shows_it(name: str, cut: int) -> None:
    """`cut`: without the quiet zone, for the ground goes on."""
    gray, alpha = (part[cut : part.shape[0] - cut, cut : part.shape[1] - cut] for part in TRANSPARENT[name])
    assert texts(load(inked(gray, alpha))) == [LINK]


def test_a_picture_with_light_and_dark_ink_is_seen_on_both_grounds() -> None:
    light, dark = qr(), ean13()
    gray = np.zeros((max(light.shape[0], dark.shape[0]), light.shape[1] + dark.shape[1]), np.uint8)
    alpha = gray.copy()
    gray[: light.shape[0], : light.shape[1]] = 255
    alpha[: light.shape[0], : light.shape[1]] = 255 - light
    alpha[: dark.shape[0], light.shape[1] :] = 255 - dark
    on_white, on_black = load_pages(inked(gray, alpha)).pictures
    assert (texts(on_white), texts(on_black)) == ([GTIN], [LINK])


def test_an_opaque_picture_has_one_ground_and_no_margin() -> None:
    assert (load(inked(qr(), np.full_like(qr(), 255))) == qr()).all()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_every_page_and_frame_is_looked_at(kind: str) -> None:
    one, other = np.pad(qr(), ((0, 245 - 179), (0, 419 - 179)), constant_values=255), ean13()
    picture = load(file_of(kind, np.full_like(other, 255), one, one, other))
    assert picture.ndim == 2
    assert texts(picture) == [GTIN, LINK]


@pytest.mark.parametrize("kind", ["GIF", "TIFF"])
def test_empty_and_repeated_pages_are_left_out(kind: str) -> None:
    pages = load_pages(file_of(kind, WHITE, qr()[: WHITE.shape[0], : WHITE.shape[1]], WHITE, WHITE))
    assert (len(pages.pictures), pages.more) == (1, 0)
    pages = load_pages(file_of(kind, WHITE, WHITE))
    assert (len(pages.pictures), pages.more) == (1, 0)


def test_pages_beyond_the_bound_are_counted() -> None:
    rng = np.random.default_rng(1)
    pages = load_pages(file_of("TIFF", *(rng.integers(0, 256, (20, 20), np.uint8) for _ in range(MOST + 3))))
    assert (len(pages.pictures), pages.more) == (MOST, 3)


def test_pages_with_too_many_pixels_together_are_counted() -> None:
    large = np.zeros((6400, 6300), np.uint8)
    large[0, 0] = 255
    pages = load_pages(file_of("TIFF", large, large[::-1], WHITE, compression="packbits"))
    assert (len(pages.pictures), pages.more) == (1, 2)


def test_the_whole_pages_of_a_broken_file_are_read() -> None:
    data = file_of("TIFF", qr(), ean13())
    pages = load_pages(data[: len(data) - 500])
    assert [[symbol.text for symbol in desktop(page)] for page in pages.pictures] == [[LINK]]
    assert pages.more == 1


def test_pages_of_odd_shapes_are_not_joined_beyond_the_limit() -> None:
    wide, high = np.zeros((8, 40_000), np.uint8), np.zeros((40_000, 8), np.uint8)
    assert joined([wide, high]).shape == wide.shape
    assert joined([wide] * 24).size <= MOST_JOINED


def test_a_page_is_turned_as_its_own_exif_says() -> None:
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(WHITE).save(target, "TIFF", exif=exif, save_all=True, append_images=[])
    assert load(target.getvalue()).shape == (90, 60)
