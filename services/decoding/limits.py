"""What reading a picture file may cost: memory, parts and scans, judged before a pixel is unpacked."""

from __future__ import annotations

import io

from PIL import Image, ImageFile, TiffImagePlugin

MAX_PIXELS = 80_000_000
MAX_BYTES = 300_000_000
"""The memory that reading a file may take beside the file itself."""


class BadImage(ValueError):
    """A picture that cannot be used. `reason` is `too_big` or one of file_kinds.KINDS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Counted(io.BytesIO):
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


def check(picture: ImageFile.ImageFile, data: bytes, header_end: int, held: int) -> None:
    """Raise BadImage where reading the page that Pillow is at would cost too much, with `held` bytes in use already.

    `header_end` is where the file's header ended when it was opened.
    """
    area = picture.width * picture.height
    if area > MAX_PIXELS:
        raise BadImage("too_big")
    if picture.mode in ("I", "F") or len(picture.tile) > _TILES:
        raise BadImage("unreadable")
    if area > _SLOW_PIXELS and any(tile.codec_name in Image.DECODERS for tile in picture.tile):
        raise BadImage("too_big")
    kept = area * (_KEPT.get(picture.mode, 4) + 1)  # kept by Pillow, and the gray picture
    if held + kept + _while_reading(picture, area, kept, data, header_end) > MAX_BYTES:
        raise BadImage("too_big")


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
        case "GIF" | "PNG" if picture.tell():  # the frame before, what is put back after it, and the frame's own part
            return 12 * area
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
