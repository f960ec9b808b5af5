"""Turns files and camera frames into pixels, within limits that a hostile file cannot pass."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageFile, ImageOps, TiffImagePlugin

from services.decoding.pixels import MAX_SIDE, Gray
from services.heic import is_heic

MAX_PIXELS = 80_000_000
MAX_BYTES = 300_000_000
"""The memory that reading a file may take beside the file itself."""
MAX_FILE = 100_000_000
MIN_SIDE = 8
# What phones, cameras, scanners and screenshots write. Others are refused: Pillow runs another program for EPS.
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM")
_BAND = 2_000_000  # pixels converted at a time


class BadImage(ValueError):
    """A picture that cannot be used. `reason` is `unreadable`, `heic` or `too_big`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def load(data: bytes) -> Gray:
    """The gray pixels of a picture file, upright as its EXIF says, the longest side at most MAX_SIDE.

    Of an animation the first frame; what is transparent is white. Raises BadImage for anything else than a whole
    picture of 8 or 16 bits a channel, up to MAX_PIXELS pixels and MAX_FILE bytes, that MAX_BYTES of memory can read.
    """
    if len(data) > MAX_FILE:
        raise BadImage("too_big")
    try:
        file = _Counted(data)
        with Image.open(file, formats=_FORMATS) as picture:
            return _pixels(picture, data, file)
    except BadImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage("too_big") from error
    except Exception as error:  # Pillow's readers raise nearly anything on a broken file
        raise BadImage("heic" if is_heic(data) else "unreadable") from error


def to_gray(image: object) -> Gray | None:
    """Gray uint8 pixels of a BGR, BGRA or gray array, the longest side at most MAX_SIDE pixels.

    None where it is no picture: not an array, empty, too narrow, of the wrong shape, or not uint8 (the range of floats
    or of uint16 would be a guess). An array more than twice as long is sampled before it is averaged, so that even a
    huge one costs little time.
    """
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim not in (2, 3):
        return None
    if image.ndim == 3 and image.shape[2] not in (1, 3, 4):
        return None
    longest = max(image.shape[:2])
    if min(image.shape[:2]) * min(1.0, MAX_SIDE / max(longest, 1)) < MIN_SIDE:
        return None
    step = max(1, longest // MAX_SIDE)
    image = image[::step, ::step]
    if image.ndim == 2:
        return _shrunk(np.ascontiguousarray(image))
    if image.shape[2] == 1:
        return _shrunk(np.ascontiguousarray(image[:, :, 0]))
    code = cv2.COLOR_BGR2GRAY if image.shape[2] == 3 else cv2.COLOR_BGRA2GRAY
    height, width = image.shape[:2]
    gray = np.empty((height, width), np.uint8)
    rows = max(1, _BAND // width)
    for top in range(0, height, rows):  # in bands, so that the copy that OpenCV makes of a turned array stays small
        gray[top : top + rows] = cv2.cvtColor(np.ascontiguousarray(image[top : top + rows]), code)
    return _shrunk(gray)


def _shrunk(gray: Gray) -> Gray:
    height, width = gray.shape
    longest = max(height, width)
    if longest <= MAX_SIDE:
        return gray
    size = tuple(max(1, round(length * MAX_SIDE / longest)) for length in (width, height))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


class _Counted(io.BytesIO):
    """A file that raises BadImage after too many reads.

    Pillow goes through the parts of a file in Python, and keeps or joins what it finds in the header, so a file of a
    million tiny parts would cost minutes or gigabytes.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.header_end = 0
        self._header = 1 << 20 if data[:2] in (b"II", b"MM") else 8 << 20  # a TIFF's header holds no thumbnail
        self._reads = 10_000
        self._for_pixels = len(data) // 256  # parts as small as a GIF's blocks

    def opened(self) -> None:
        """Allow the reads for pixels: the header has been read."""
        self._header = MAX_BYTES
        self._reads += self._for_pixels

    def read(self, size: int | None = -1, /) -> bytes:
        """As BytesIO does. Raises BadImage after too many reads."""
        part = super().read(size)
        self._reads -= 1
        if size is not None and size >= 0:
            self._header -= len(part)
            self.header_end = self.tell()
        if self._reads < 0 or self._header < 0:
            raise BadImage("unreadable")
        return part


def _pixels(picture: ImageFile.ImageFile, data: bytes, file: _Counted) -> Gray:
    area, header_end = picture.width * picture.height, file.header_end
    file.opened()
    if area > MAX_PIXELS:
        raise BadImage("too_big")
    if picture.mode in ("I", "F") or len(picture.tile) > _TILES:
        raise BadImage("unreadable")
    if area > _SLOW_PIXELS and any(tile.codec_name in Image.DECODERS for tile in picture.tile):
        raise BadImage("too_big")
    picture.draft("L", (MAX_SIDE, MAX_SIDE))
    kept = picture.width * picture.height * (_KEPT.get(picture.mode, 4) + 1)  # kept by Pillow, and the gray picture
    if kept + _while_reading(picture, area, kept, data, header_end) > MAX_BYTES:
        raise BadImage("too_big")
    picture.load()
    return _upright(_shrunk(_on_white(picture)), picture)


_KEPT = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}  # bytes a pixel; four in every other mode
_TILES = 10_000
_SLOW_PIXELS = 1_000_000  # for Pillow's readers in Python: a microsecond for every value


def _while_reading(picture: Image.Image, area: int, kept: int, data: bytes, header_end: int) -> int:
    """The most bytes that a reader takes besides the pixels that it returns.

    tests/services/decoding/test_hostile.py measures whether they keep to it.
    """
    match picture.format:
        case "JPEG" | "MPO":
            return _coefficients(picture, area, data, header_end)
        case "WEBP":  # two canvases and a copy of the frame
            return 12 * area
        case "AVIF":  # four planes of 16 bits, four bytes a pixel and their copy
            return 16 * area
        case "TIFF":  # one strip or tile, and another picture where it is turned
            return kept + _strip(picture)
    return 0


_SCAN = b"\xff\xda"  # ISO/IEC 10918-1 B.2.3: the marker, two bytes of length, the number of components
_SCANS = 100


def _coefficients(picture: Image.Image, area: int, data: bytes, header_end: int) -> int:
    """The bytes that libjpeg keeps where the first scan is not complete: 16 bits for each value of each component."""
    components: list[tuple[int, int, int, int]] = getattr(
        picture, "layer", []
    )  # number, samples across and down, table
    first = data.rfind(_SCAN, 0, header_end)
    if 0 <= first < len(data) - 4 and data[first + 4] >= len(components) and not picture.info.get("progressive"):
        return 0
    if data.count(_SCAN, header_end) > _SCANS:  # each scan goes over all pixels, but may be only a few bytes
        raise BadImage("unreadable")
    samples = sum(across * down for _, across, down, _ in components)
    most = max(across for _, across, _, _ in components) * max(down for _, _, down, _ in components)
    return 2 * area * samples // most


def _strip(picture: Image.Image) -> int:
    """The bytes of one strip or tile of a TIFF, whose own width and height need not be the picture's."""
    tags = getattr(picture, "tag_v2", {})
    bits = sum(tags.get(TiffImagePlugin.BITSPERSAMPLE, (1,)))
    width, height = tags.get(TiffImagePlugin.TILEWIDTH), tags.get(TiffImagePlugin.TILELENGTH)
    if width is None or height is None:
        width, height = picture.width, min(picture.height, tags.get(TiffImagePlugin.ROWSPERSTRIP, picture.height))
    return int(width * height * max(bits, 32)) // 8  # libtiff makes YCbCr into 32 bits


def _on_white(picture: Image.Image) -> Gray:
    """Convert to gray, transparent ground to white. In bands, so that the copies stay small."""
    width, height = picture.size
    gray = np.empty((height, width), np.uint8)
    rows = max(1, _BAND // width)
    for top in range(0, height, rows):
        band = picture.crop((0, top, width, min(top + rows, height)))
        if band.has_transparency_data:
            rgba = band.convert("RGBA")
            band = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
        gray[top : top + rows] = np.asarray(band.convert("L"))
    return gray


def _upright(gray: Gray, picture: Image.Image) -> Gray:
    """Turn a picture as its EXIF says (EXIF 2.32, tag 0x0112); a broken EXIF is ignored, since the pixels are good."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # Pillow's readers raise nearly anything
        return gray
    if orientation not in range(2, 9):
        return gray
    turned = Image.fromarray(gray)
    turned.getexif()[ExifTags.Base.Orientation] = orientation
    return np.array(ImageOps.exif_transpose(turned), np.uint8)
