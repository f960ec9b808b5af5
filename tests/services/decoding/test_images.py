"""Picture files from outside: upright, on white, whole, and of a size that memory can hold."""

import io
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, features

from services.decoding import BadImage, load
from services.decoding.images import to_gray
from services.decoding.pixels import MAX_SIDE
from services.file_kinds import unread_kind
from tests.services.decoding.hostile_files import chunk
from tests.services.decoding.pictures import GTIN, LINK, desktop, ean13, qr

SAMPLES = Path(__file__).resolve().parents[3] / "assets" / "samples"


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing, as a decompression bomb does."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF"])
def test_the_kinds_of_file_that_devices_write_are_read(kind: str) -> None:
    assert [symbol.text for symbol in desktop(load(file_of(Image.fromarray(qr()), kind)))] == [LINK]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_way_to_keep_pixels_in_a_png_is_read(mode: str) -> None:
    pixels = qr()
    image = Image.fromarray(pixels.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(pixels).convert(mode)
    loaded = load(file_of(image))
    assert (str(loaded.dtype), loaded.shape) == ("uint8", pixels.shape)
    assert [symbol.text for symbol in desktop(loaded)] == [LINK]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_as_its_exif_says(orientation: int) -> None:
    """EXIF 2.32, tag 0x0112: after turning, the dark corner is at the top left and the grey one at the top right."""
    upright = np.full((40, 60), 255, np.uint8)
    upright[:10, :10], upright[:10, -10:] = 0, 128
    stored = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: upright.T, 6: np.rot90(upright), 7: upright[::-1, ::-1].T, 8: np.rot90(upright, 3),
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    loaded = load(file_of(Image.fromarray(np.ascontiguousarray(stored)), "JPEG", exif=exif, quality=95))
    assert loaded.shape == upright.shape
    assert np.abs(loaded.astype(int) - upright).max() < 40


def test_a_transparent_ground_is_white() -> None:
    ink = np.zeros((*ean13().shape, 4), np.uint8)
    ink[..., 3] = 255 - ean13()
    loaded = load(file_of(Image.fromarray(ink)))
    assert (loaded[0, 0], loaded.min()) == (255, 0)
    assert [symbol.text for symbol in desktop(loaded)] == [GTIN]


def test_a_colour_that_stands_for_transparent_is_white_too() -> None:
    """PNG 11.3.2.1, tRNS: one palette entry or one gray value, without an alpha channel."""
    ink = Image.fromarray(np.where(ean13() < 128, np.uint8(60), np.uint8(0)))  # black ground, until it is transparent
    for picture in (ink.convert("P"), ink):
        loaded = load(file_of(picture, transparency=0))
        assert [symbol.text for symbol in desktop(loaded)] == [GTIN]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_an_animation_is_its_first_frame(kind: str) -> None:
    first = Image.fromarray(qr())
    loaded = load(file_of(first, kind, save_all=True, append_images=[Image.new("L", first.size, 255)]))
    assert [symbol.text for symbol in desktop(loaded)] == [LINK]


def test_a_photo_made_for_print_is_read() -> None:
    assert [symbol.text for symbol in desktop(load(file_of(Image.fromarray(qr()).convert("CMYK"), "JPEG")))] == [LINK]


def test_a_photo_with_a_second_one_in_its_file_is_the_first() -> None:
    """Multi-picture objects (CIPA DC-007), as phones write them for depth and brightness."""
    first = Image.fromarray(qr()).convert("RGB")
    loaded = load(file_of(first, "MPO", save_all=True, append_images=[Image.new("RGB", first.size, "white")]))
    assert [symbol.text for symbol in desktop(loaded)] == [LINK]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_turned_photo_with_a_colour_profile_is_read_upright(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    upright = np.full((40, 60), 255, np.uint8)
    upright[:10, :10] = 0
    stored = Image.fromarray(np.ascontiguousarray(np.rot90(upright))).convert("RGB")
    loaded = load(file_of(stored, kind, exif=exif, icc_profile=profile))
    assert loaded.shape == upright.shape
    assert np.abs(loaded.astype(int) - upright).max() < 40


def test_good_pixels_are_read_whatever_the_exif_is() -> None:
    exif = b"Exif\0\0II*\0" + bytes(range(200))
    assert [symbol.text for symbol in desktop(load(file_of(Image.fromarray(qr()), "PNG", exif=exif)))] == [LINK]


def test_a_large_photo_keeps_its_size_and_is_shrunk_to_the_limit_for_a_look_at_all_of_it() -> None:
    loaded = load(file_of(Image.new("L", (6000, 3000), 255), "JPEG"))
    assert loaded.shape == (3000, 6000)
    whole = to_gray(loaded)
    assert whole is not None
    assert whole.shape == (MAX_SIDE // 2, MAX_SIDE)


@pytest.mark.parametrize("most", [4095, 65535])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_from_those_that_are_used(kind: str, most: int) -> None:
    ramp = np.linspace(0, most, 256).astype(np.uint16)[None].repeat(20, axis=0)
    assert np.abs(load(file_of(Image.fromarray(ramp), kind))[0].astype(int) - range(256)).max() <= 1


def test_a_tiff_in_lab_is_its_brightness() -> None:
    """TIFF 6.0, section 23."""
    lab = np.dstack([qr(), np.full_like(qr(), 128), np.full_like(qr(), 128)])
    assert (load(file_of(Image.frombytes("LAB", qr().shape[::-1], lab.tobytes()), "TIFF")) == qr()).all()


def test_a_png_that_comes_in_passes_is_read() -> None:
    """PNG 8.2, interlaced: seven passes, the first of every eighth pixel."""
    pixels, parts = qr(), []
    for left, top, across, down in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
                                    (0, 1, 1, 2)):  # fmt: skip
        parts += [b"\0" + row.tobytes() for row in pixels[top::down, left::across]]
    header = struct.pack(">IIBBBBB", *pixels.shape[::-1], 8, 0, 0, 0, 1)
    packed = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(parts))) + chunk(b"IEND", b"")
    assert (load(b"\x89PNG\r\n\x1a\n" + packed) == pixels).all()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(30_000, 30_000), (10_000, 9_000), (2_000_000_000, 1), (65_000, 65_000)])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_does(size: tuple[int, int]) -> None:
    with pytest.raises(BadImage) as caught:
        load(png_header(*size))
    assert caught.value.reason == "too_big"


BROKEN = {
    "empty": b"",
    "text": "đây không phải là ảnh".encode(),
    "page": b"<!doctype html><html></html>",
    "half a PNG": (SAMPLES / "certified.png").read_bytes()[:4000],
    "half a JPEG": file_of(Image.fromarray(np.tile(qr(), (4, 4))), "JPEG")[:3000],
    "a PNG without pixels": png_header(500, 500),
    "a header alone": b"\xff\xd8\xff\xe0",
    "a kind that no camera writes": file_of(Image.fromarray(qr()), "PCX"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_picture_is_unreadable(name: str) -> None:
    with pytest.raises(BadImage) as caught:
        load(BROKEN[name])
    assert caught.value.reason == "unreadable"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF"])
def test_a_file_of_which_the_end_is_missing_is_unreadable(kind: str) -> None:
    chance = np.random.default_rng(1)
    whole = file_of(Image.fromarray(chance.integers(0, 256, (60, 60), np.uint8)), kind)
    for share in (0.3, 0.6, 0.9):
        with pytest.raises(BadImage) as caught:
            load(whole[: int(len(whole) * share)])
        assert caught.value.reason == "unreadable"


def test_pixels_without_a_common_scale_are_unreadable() -> None:
    with pytest.raises(BadImage) as caught:
        load(file_of(Image.fromarray(qr().astype(np.float32) / 255), "TIFF"))
    assert caught.value.reason == "unreadable"


@pytest.mark.filterwarnings("ignore")  # Pillow warns of odd metadata, as it should
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "AVIF"])
def test_a_file_with_bytes_changed_is_read_or_refused_and_nothing_else(kind: str) -> None:
    whole, chance = file_of(Image.fromarray(qr()), kind), random.Random(kind)
    refused = 0
    for _ in range(150):
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            changed[chance.randrange(min(len(changed), chance.choice([40, 200, len(changed)])))] = chance.randrange(256)
        try:
            load(bytes(changed))
        except BadImage:
            refused += 1
    assert refused > 0


def test_gray_pixels_weigh_the_colours_as_the_eye_does() -> None:
    blue_green_red = np.zeros((8, 24, 3), np.uint8)
    for channel in range(3):
        blue_green_red[:, 8 * channel : 8 * channel + 8, channel] = 255
    gray = to_gray(blue_green_red)
    assert gray is not None
    assert [int(gray[0, x]) for x in (0, 8, 16)] == [29, 150, 76]  # ITU-R BT.601


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1"])
def test_an_iphones_heic_is_refused_by_its_name(brand: bytes) -> None:
    with pytest.raises(BadImage) as error:
        load(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + bytes(200))
    assert error.value.reason == "heic"


OTHERS = {
    "a PDF": (b"%PDF-1.7\n", "pdf"),
    "JPEG XL": (b"\xff\x0a" + bytes(50), "other_picture"),
    "JPEG XL in boxes": (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(50), "other_picture"),
    "JPEG 2000": (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(50), "other_picture"),
    "a drawing": (b'\n<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "other_picture"),
    "a camera's raw": (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "other_picture"),
    "a broken AVIF": (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf" + bytes(50), "unreadable"),
    "a phone's video": (b"\0\0\0\x18ftypqt  \0\0\0\0qt  mp42", "video"),
    "a WebM": (b"\x1aE\xdf\xa3" + bytes(50), "video"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_is_not_read_is_refused_as_what_it_is(name: str) -> None:
    data, reason = OTHERS[name]
    with pytest.raises(BadImage) as error:
        load(data)
    assert error.value.reason == reason


def test_an_avif_is_another_kind_where_pillow_does_not_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda _: False)
    assert unread_kind(b"\0\0\0\x1cftypavif\0\0\0\0avifmiaf") == "other_picture"
