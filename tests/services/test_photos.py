from __future__ import annotations

import hashlib
import io
import resource
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from services.photos import MOST_BYTES, BadPicture, PhotoFolder, PhotoLost, prepare
from services.storage import StoreWriteError
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


def test_the_longest_side_shrinks_to_2560_and_never_grows() -> None:
    assert opened(prepare(picture(size=(5120, 1000)))).size == (2560, 500)
    assert opened(prepare(encoded(Image.new("L", (1000, 4000)), "PNG"))).size == (640, 2560)
    assert opened(prepare(picture(size=(40, 30)))).size == (40, 30)


def test_transparent_parts_become_white() -> None:
    result = opened(prepare(encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG")))
    assert result.getpixel((25, 25)) == (255, 255, 255)


def test_even_noise_fits_what_the_server_takes() -> None:
    noise = Image.effect_noise((2560, 2560), 255).convert("RGB")
    assert len(prepare(encoded(noise, "JPEG", quality=95))) <= MOST_BYTES


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


def test_a_photo_is_kept_under_its_hash(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path / "photos")
    jpeg = picture()
    photo = folder.keep(jpeg)
    assert folder.keep(jpeg) == photo
    assert (photo.sha256, photo.size, photo.type) == (hashlib.sha256(jpeg).hexdigest(), len(jpeg), "image/jpeg")
    assert folder.read(photo.sha256) == jpeg
    assert [p.name for p in folder.folder.iterdir()] == [f"{photo.sha256}.jpg"]


def test_a_photo_that_was_damaged_or_lost_is_not_passed_on(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path)
    photo = folder.keep(picture())
    folder.path(photo.sha256).write_bytes(picture("blue"))
    with pytest.raises(PhotoLost) as damaged:
        folder.read(photo.sha256)
    folder.path(photo.sha256).unlink()
    with pytest.raises(PhotoLost) as missing:
        folder.read(photo.sha256)
    assert (damaged.value.reason, missing.value.reason) == ("photo_damaged", "photo_missing")


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63])
def test_a_name_that_is_no_hash(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        PhotoFolder(tmp_path).path(name)


def test_a_full_disk_leaves_no_half_photo(tmp_path: Path) -> None:
    folder = PhotoFolder(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(StoreWriteError):
            folder.keep(b"x" * 20_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
