"""Small files that ask for much: memory, or time. Run as a program it loads each and says what that cost."""

from __future__ import annotations

import io
import json
import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PIL import Image

from services.decoding.images import BadImage, load


@dataclass(frozen=True)
class Hostile:
    """A file, and what loading it must end in: a BadImage's reason, or `read` at the limit of what is allowed."""

    make: Callable[[], bytes]
    outcome: str


def _saved(mode: str, size: tuple[int, int], kind: str, **options: Any) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size).save(target, kind, **options)
    return target.getvalue()


def png(width: int, height: int, *chunks: bytes, channels: int = 1, rows: int | None = None) -> bytes:
    """A PNG of nothing but zeros, of which only `rows` are there. `chunks` come before them."""
    kind = {1: 0, 3: 2, 4: 6}[channels]
    pack = zlib.compressobj(1)
    row = bytes(1 + width * channels)
    pixels = b"".join(pack.compress(row) for _ in range(height if rows is None else rows)) + pack.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    """PNG 5.3: length, type, data, CRC."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _tiff(tile: int, tiles: int, body: bytes, compression: int) -> bytes:
    """A TIFF of 64 x 64 pixels that claims tiles of any size and number (TIFF 6.0, section 15)."""
    tags = {256: 64, 257: 64, 258: 8, 259: compression, 262: 1, 277: 1, 284: 1, 322: tile, 323: tile}
    start = 8 + 2 + 12 * (len(tags) + 2) + 4
    entries = [(tag, 4, 1, value) for tag, value in tags.items()] + [(324, 4, tiles, start), (325, 4, 1, len(body))]
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + packed + bytes(4) + body


def _colours_end(gif: bytes) -> int:
    """Where a GIF's blocks begin, behind its table of colours (GIF89a, 19)."""
    return 13 + 3 * (2 << (gif[10] & 7)) * (gif[10] >> 7)


def _gif_with_comments() -> bytes:
    gif = _saved("1", (50, 50), "GIF")
    start = _colours_end(gif)
    return gif[:start] + b"\x21\xfe" + (b"\xff" + bytes(255)) * 40_000 + b"\0" + gif[start:]


def _gif_of_large_frames(side: int, count: int) -> bytes:
    """An animation that puts back what each frame covered, and is transparent (GIF89a, 23)."""
    gif = _saved("P", (side, side), "GIF")
    start = _colours_end(gif)
    frame = b"\x21\xf9\x04" + bytes([3 << 2 | 1, 10, 0, 0]) + b"\0" + gif[gif.index(b",", start) : -1]
    return gif[:start] + frame * count + gif[-1:]


def _png_of_large_frames(side: int, count: int) -> bytes:
    """An animation that puts back what each frame covered (PNG, third edition, 11.3.6)."""

    def frame(number: int) -> bytes:
        return chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, side, side, 0, 0, 1, 10, 2, 1))

    still = png(side, side, chunk(b"acTL", struct.pack(">II", count, 0)), frame(0), channels=4)
    at = still.index(b"IDAT")
    pixels = still[at + 4 : at + 4 + int.from_bytes(still[at - 4 : at])]
    others = [frame(2 * n - 1) + chunk(b"fdAT", struct.pack(">I", 2 * n) + pixels) for n in range(1, count)]
    return still[:-12] + b"".join(others) + still[-12:]


def _jpeg_of_many_scans(scans: int) -> bytes:
    jpeg = _saved("L", (3000, 3000), "JPEG", progressive=True)
    last = jpeg.rfind(b"\xff\xda")
    return jpeg[:last] + jpeg[last:-2] * scans + jpeg[-2:]


def _jpeg_of_many_segments(marker: bytes, body: bytes, count: int) -> bytes:
    jpeg = _saved("L", (50, 50), "JPEG")
    return jpeg[:2] + (marker + struct.pack(">H", len(body) + 2) + body) * count + jpeg[2:]


def _frames(kind: str, size: tuple[int, int], count: int, mode: str = "P", **options: Any) -> bytes:
    """An animation in which each frame is a little different."""
    frames = [Image.new(mode, size, number) for number in range(count)]
    target = io.BytesIO()
    frames[0].save(target, kind, save_all=True, append_images=frames[1:], **options)
    return target.getvalue()


def _half_transparent(side: int) -> bytes:
    picture = Image.new("LA", (side, side), (255, 0))
    picture.paste((0, 255), (0, 0, side, side // 4))
    picture.paste((255, 255), (0, side // 2, side, side))
    target = io.BytesIO()
    picture.save(target, "PNG", compress_level=1)
    return target.getvalue()


def _tiff_in_a_circle() -> bytes:
    """A TIFF whose second page says that the first is next (TIFF 6.0, section 2)."""
    data = bytearray(_frames("TIFF", (50, 50), 2, "L"))
    first = int.from_bytes(data[4:8], "little")
    second_at = first + 2 + 12 * int.from_bytes(data[first : first + 2], "little")
    second = int.from_bytes(data[second_at : second_at + 4], "little")
    end = second + 2 + 12 * int.from_bytes(data[second : second + 2], "little")
    data[end : end + 4] = first.to_bytes(4, "little")
    return bytes(data)


FILES = {
    "a PNG of 900 million pixels": Hostile(lambda: png(30_000, 30_000, rows=300), "too_big"),
    "a PNG at the limit": Hostile(lambda: png(7700, 7700, channels=4), "read"),
    "a PNG over the limit": Hostile(lambda: png(8000, 8000, channels=4, rows=10), "too_big"),
    "a PNG in a million parts": Hostile(lambda: png(50, 50, chunk(b"gAMA", bytes(4)) * 1_000_000), "unreadable"),
    "pixels in a million parts": Hostile(lambda: png(50, 50, chunk(b"IDAT", b"") * 1_000_000), "unreadable"),
    "a GIF with a canvas of four billion": Hostile(
        lambda: b"GIF89a\xff\xff\xff\xff" + _saved("1", (9, 9), "GIF")[10:], "too_big"
    ),
    "a GIF of comments": Hostile(_gif_with_comments, "unreadable"),
    "a GIF of frames at the limit": Hostile(lambda: _gif_of_large_frames(3900, 3), "read"),
    "a GIF of frames over the limit": Hostile(lambda: _gif_of_large_frames(4450, 3), "read"),
    "a PNG of large frames": Hostile(lambda: _png_of_large_frames(3000, 8), "read"),
    "a GIF of many frames": Hostile(lambda: _frames("GIF", (9, 9), 200), "read"),
    "a TIFF in a circle": Hostile(_tiff_in_a_circle, "read"),
    "a transparent PNG on two grounds": Hostile(lambda: _half_transparent(4700), "read"),
    "a WebP at the limit": Hostile(lambda: _saved("RGB", (4100, 4100), "WEBP", lossless=True, method=0), "read"),
    "a WebP over the limit": Hostile(lambda: _saved("RGB", (16383, 1100), "WEBP", lossless=True, method=0), "too_big"),
    "an AVIF at the limit": Hostile(
        lambda: _saved("RGBA", (3700, 3700), "AVIF", speed=10, subsampling="4:4:4"), "read"
    ),
    "a JPEG that keeps too many": Hostile(
        lambda: _saved("CMYK", (8000, 4000), "JPEG", progressive=True, subsampling=0), "too_big"
    ),
    "a photo of 50 million pixels in scans": Hostile(
        lambda: _saved("RGB", (8160, 6120), "JPEG", progressive=True, subsampling=2), "read"
    ),
    "a JPEG of 90 scans": Hostile(lambda: _jpeg_of_many_scans(90), "read"),
    "a JPEG of 1000 scans": Hostile(lambda: _jpeg_of_many_scans(1000), "unreadable"),
    "a JPEG of empty segments": Hostile(lambda: _jpeg_of_many_segments(b"\xff\xe5", b"", 1_000_000), "unreadable"),
    "a JPEG of long segments": Hostile(
        lambda: _jpeg_of_many_segments(b"\xff\xe1", b"Exif\0\0" + bytes(60_000), 300), "unreadable"
    ),
    "a TIFF of one strip": Hostile(
        lambda: _saved("RGB", (4000, 4000), "TIFF", compression="tiff_deflate", tiffinfo={278: 4000}), "read"
    ),
    "a TIFF with a huge tile": Hostile(lambda: _tiff(40_000, 1, zlib.compress(bytes(1 << 24)), 8), "too_big"),
    "a TIFF of many tiles": Hostile(lambda: _tiff(1, 250_000, bytes(1_000_000), 1), "unreadable"),
    "a PPM read in Python": Hostile(lambda: b"P6 2000 2000 65535\n" + bytes(24_000_000), "too_big"),
    "a PPM of digits": Hostile(lambda: b"P3 2000 2000 255\n" + b"1 " * 12_000_000, "too_big"),
    "a PPM of comments": Hostile(lambda: b"P5 #" + bytes(20_000_000), "unreadable"),
    "a file of 100 MB": Hostile(lambda: bytes(100_000_001), "too_big"),
}


OUTCOMES = ("read", "too_big", "unreadable")


def _outcome(data: bytes) -> str:
    try:
        load(data)
    except BadImage as error:
        return error.reason
    return "read"


def _in_a_child(task: Callable[[], str]) -> tuple[str, float, int]:
    """What a process of its own says, the seconds of the processor that it took, and its memory at most."""
    child = os.fork()
    if child == 0:
        os._exit(OUTCOMES.index(task()))
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    outcome = OUTCOMES[code] if 0 <= code < len(OUTCOMES) else f"exit {code}"
    return outcome, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def _report() -> None:
    load(png(50, 50))  # Pillow's readers are there
    for name, hostile in FILES.items():
        data = hostile.make()
        _, _, idle = _in_a_child(lambda: "read")
        outcome, seconds, most = _in_a_child(partial(_outcome, data))
        print(json.dumps({"name": name, "outcome": outcome, "seconds": seconds, "grown": most - idle}), flush=True)


if __name__ == "__main__":
    _report()
