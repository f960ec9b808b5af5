from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from services.notes.photos import MOST_BYTES, BadPicture, prepare
from tests.services.conftest import picture

TURNED_RIGHT = 6  # EXIF orientation: the first row of pixels is the right side of the scene


def opened(jpeg: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg))
    image.load()
    return image


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_every_form_becomes_a_jpeg(form: str) -> None:
    result = opened(prepare(encoded(Image.new("RGB", (300, 200), "blue"), form)))
    assert (result.format, result.size, result.mode) == ("JPEG", (300, 200), "RGB")
    red, _, blue = result.getpixel((150, 100))  # type: ignore[misc]
    assert red < 30
    assert blue > 220


def test_orientation_is_applied_and_all_metadata_dropped() -> None:
    image = Image.new("RGB", (300, 200), "red")
    image.paste("blue", (0, 0, 300, 20))
    exif = Image.Exif()
    exif[0x0112] = TURNED_RIGHT
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[2] = (20.0, 57.0, 0.0)
    source = encoded(image, "JPEG", exif=exif, comment=b"Ha Long", icc_profile=b"profile" * 9, dpi=(300, 300))
    jpeg = prepare(source)
    result = opened(jpeg)
    assert result.size == (200, 300)
    assert result.getpixel((190, 150))[2] > 200  # type: ignore[index]
    assert not result.getexif()
    assert set(result.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for trace in (b"PhoneMaker", b"Ha Long", b"profile", b"Exif"):
        assert trace in source
        assert trace not in jpeg


def test_of_a_phones_picture_nothing_remains_but_the_picture() -> None:
    image = Image.new("RGB", (300, 200), "red")
    image.paste("blue", (0, 0, 300, 20))
    exif = Image.Exif()
    exif[0x0112] = TURNED_RIGHT
    exif[0x010F] = "PhoneMaker"
    exif[0x0132] = "2026:11:23 08:15:42"
    exif.get_ifd(0x8769)[0x927C] = b"MakerNoteSerial4711"
    exif.get_ifd(0x8769)[0xA430] = "Owner Nguyen"
    exif.get_ifd(0x8825)[0x001D] = "2026:11:23"
    exif.get_ifd(0x8825)[2] = (20.0, 57.0, 1.5)
    thumbnail = encoded(Image.new("RGB", (16, 12), "lime"), "JPEG", comment=b"ThumbnailComment")
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>20,57.1N</rdf></x:xmpmeta>'
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = encoded(
        image, "JPEG", quality=95, exif=exif, comment=b"Ha Long", icc_profile=profile, xmp=xmp, dpi=(300, 300)
    )
    photoshop = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0bCity Ha Long" + thumbnail
    source = source[:2] + b"\xff\xed" + struct.pack(">H", len(photoshop) + 2) + photoshop + source[2:]
    traces = (b"PhoneMaker", b"2026:11:23", b"MakerNoteSerial4711", b"Owner Nguyen", b"Ha Long", b"xmpmeta", b"8BIM")
    for trace in (*traces, b"ThumbnailComment", b"ICC_PROFILE", b"Exif", b"\xff\xd8\xff"):
        assert trace in source
    assert Image.open(io.BytesIO(source)).getexif().get_ifd(0x8825)[2] == (20.0, 57.0, 1.5)

    jpeg = prepare(source)
    assert set(markers(jpeg)) <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA}, "JFIF, tables and the picture itself"
    for trace in (*traces, b"ThumbnailComment", b"ICC_PROFILE", b"Exif"):
        assert trace not in jpeg
    assert jpeg.count(b"\xff\xd8\xff") == 1, "no second picture in it"
    assert jpeg.endswith(b"\xff\xd9"), "and nothing after it"
    result = opened(jpeg)
    assert result.size == (200, 300)
    assert result.getpixel((190, 150))[2] > 200  # type: ignore[index]


def markers(jpeg: bytes) -> list[int]:
    """The markers of a JPEG's segments (ITU-T T.81, B.1.1.3) up to the picture's data."""
    found, at = [], 2
    while True:
        assert jpeg[at] == 0xFF
        found.append(jpeg[at + 1])
        if found[-1] == 0xDA:
            return found
        at += 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]


def test_colours_of_another_space_are_converted() -> None:
    # A profile with red and green exchanged shows whether it is heeded.
    exchanged = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(exchanged[at : at + 4]): at + 4 for at in range(132, 132 + 12 * exchanged[131], 12)}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    exchanged[red : red + 8], exchanged[green : green + 8] = exchanged[green : green + 8], exchanged[red : red + 8]
    source = encoded(Image.new("RGB", (40, 30), "red"), "PNG", icc_profile=bytes(exchanged))
    r, g, b = opened(prepare(source)).getpixel((20, 15))  # type: ignore[misc]
    assert (r < 40, g > 200, b < 40) == (True, True, True)


@pytest.mark.parametrize("profile", [b"no profile at all", b""])
def test_a_profile_that_cannot_be_read_is_not_heeded(profile: bytes) -> None:
    source = encoded(Image.new("RGB", (40, 30), "red"), "PNG", icc_profile=profile)
    assert opened(prepare(source)).getpixel((20, 15))[0] > 200  # type: ignore[index]


def test_a_picture_of_sixteen_bits_keeps_its_greys() -> None:
    ramp = Image.fromarray(np.repeat(np.linspace(0, 65535, 256)[:, None], 8, axis=1).astype(np.uint16))
    assert ramp.mode == "I;16"
    result = opened(prepare(encoded(ramp, "PNG")))
    greys = [result.getpixel((4, y))[0] for y in (0, 64, 128, 192, 255)]  # type: ignore[index]
    assert greys == pytest.approx([0, 64, 128, 192, 255], abs=4)


@pytest.mark.parametrize("colour", ["cyan", "magenta", "yellow"])
def test_a_printers_jpeg_has_its_colours(colour: str) -> None:
    source = encoded(Image.new("RGB", (40, 30), colour).convert("CMYK"), "JPEG", quality=95)
    expected = Image.new("RGB", (1, 1), colour).getpixel((0, 0))
    assert opened(prepare(source)).getpixel((20, 15)) == pytest.approx(expected, abs=12)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "MPO"])
def test_of_several_pictures_in_a_file_the_first_is_taken(form: str) -> None:
    first, second = Image.new("RGB", (64, 48), "red"), Image.new("RGB", (64, 48), "blue")
    source = encoded(first, form, save_all=True, append_images=[second])
    red, _, blue = opened(prepare(source)).getpixel((30, 20))  # type: ignore[misc]
    assert red > 200
    assert blue < 60


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1"])
def test_an_iphones_heic_is_refused_by_its_name(brand: bytes) -> None:
    with pytest.raises(BadPicture) as error:
        prepare(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + bytes(200))
    assert error.value.reason == "heic"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_half_a_picture_is_none(form: str, part: float) -> None:
    noise = Image.effect_noise((400, 300), 90).convert("RGB")
    whole = encoded(noise, form)
    assert prepare(whole)
    with pytest.raises(BadPicture) as error:
        prepare(whole[: int(len(whole) * part)])
    assert error.value.reason == "unreadable"


def test_the_longest_side_shrinks_to_2560_and_never_grows() -> None:
    assert opened(prepare(picture(size=(5120, 1000)))).size == (2560, 500)
    assert opened(prepare(encoded(Image.new("L", (1000, 4000)), "PNG"))).size == (640, 2560)
    assert opened(prepare(picture(size=(40, 30)))).size == (40, 30)


def test_transparent_parts_become_white() -> None:
    result = opened(prepare(encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG")))
    assert result.getpixel((25, 25)) == (255, 255, 255)


def test_even_noise_fits_what_the_server_takes() -> None:
    pixels = np.random.default_rng(20261123).integers(0, 2, (2560, 2560, 3), np.uint8) * 255
    assert len(prepare(encoded(Image.fromarray(pixels), "PNG", compress_level=1))) <= MOST_BYTES


def png_header(width: int, height: int) -> bytes:
    ihdr = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = (struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (ihdr, data, b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("size", [(10_000, 6_001), (10_000, 9_000), (60_000, 60_000)])
def test_a_decompression_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(BadPicture) as error:
        prepare(png_header(*size))
    assert error.value.reason == "too_big"


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"%PDF-1.7", b"GIF89a\1\0\1\0\0\0\0;", picture()[:200], b"\xff\xd8\xff\xe0", png_header(10, 10)],
)
def test_what_is_no_picture(content: bytes) -> None:
    with pytest.raises(BadPicture) as error:
        prepare(content)
    assert error.value.reason == "unreadable"
